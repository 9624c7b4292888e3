import Results
import StudyRecords

/// Deep linear networks with bottlenecks become multilinear functions of their parameters as the other layers widen: of degree one more
/// than the number of bottlenecks, whatever the depth.
///
/// Source: Zhu, Pandit & Belkin 2022 (arXiv 2206.15058); what is measured is described in `Documentation/experiments/multilinearity.md`.
public enum Multilinearity: Experiment {
  public typealias Settings = MultilinearitySettings
  public static let name = "multilinearity"
  public static let summary = "Derivatives of deep linear networks against width: B − 1 bottlenecks leave a function of degree B."
  public static let paper = [
    "networks": "4,6,2+2,3+3,2+2+2,3+3+3", "widths": "32,64,128,256,512,1024", "members": "10", "restarts": "4", "iterations": "300",
  ]
  // Networks, widths and members are independent of one another.
  public static let extendingSettings: Set<String> = ["networks", "widths", "members"]
  public static let firstRun = FirstRun(["widths": "32,64,128", "members": "4"], seconds: 10)

  /// Differences between networks and their limit are measured: they would drown in float32.
  public static func allowsFloat32Passes(_ settings: MultilinearitySettings) -> Bool { false }

  public static func excess(over settings: MultilinearitySettings) throws -> (Record) -> Excess? {
    excess(over: [
      .members("networks", MultilinearityFields.network, try settings.kinds()),
      .members("widths", MultilinearityFields.width, settings.widths.values),
      .indices("members", MultilinearityFields.member, below: settings.members),
    ])
  }

  public static func plan(_ settings: MultilinearitySettings, on device: PlannedDevice) throws -> any ExperimentPlan {
    guard device.passEngine.precision == .float64 else {
      throw ExperimentError.invalidSetting(
        name: "precision", expected: "float64: small differences are measured", got: device.passEngine.precision.rawValue)
    }
    return try MultilinearityStudy(settings, on: device)
  }
}
