import Datasets
import Results
import StudyRecords

/// Finite networks of growing width against the exact infinite-width limit that starts from their own functions.
///
/// Source: Littwin et al. 2021 (arXiv 2107.00364) for one bottleneck; the limit is described in `Documentation/the-limit.md`.
public enum FiniteWidth: Experiment {
  public typealias Settings = FiniteWidthSettings
  public static let name = "finite-width"
  public static let summary = "Finite networks of growing width against the exact limit with bottlenecks: errors, kernels, sensitivity."
  // Networks, widths and draws are independent of one another.
  public static let extendingSettings: Set<String> = ["bottlenecks", "widths", "draws", "memory"]
  public static let firstRun = FirstRun(["bottlenecks": "2", "widths": "64,128,256", "draws": "8"], seconds: 10)
  public static let exclusiveSettings: [String: Set<String>] = [
    "network": ["first-depth", "upper-depth", "activation", "weight-variance", "bias-variance"], "rate": ["rate-fraction"],
  ]
  public static let defaultsBeside = ["network": ["bottlenecks": SettingList.ofNetwork]]
  public static let laterSettings: Set<String> = ["network"]

  /// One bottleneck up to width 16384, at a higher rate and on inputs as they are drawn.
  public static let paper = [
    "bottlenecks": "2", "widths": "256,512,1024,2048,4096,8192,16384", "rate": "0.7", "steps": "300", "times": "0,20,100,300",
    "preparation": "raw",
  ]

  /// Distances down to 10⁻⁶, those of the twins, are compared.
  public static func allowsFloat32Passes(_ settings: FiniteWidthSettings) -> Bool { false }

  public static func excess(over settings: FiniteWidthSettings) throws -> (Record) -> Excess? {
    excess(over: [
      .members("bottlenecks", FiniteWidthFields.bottlenecks, try settings.chains()),
      .members("widths", FiniteWidthFields.width, settings.widths.values),
      .indices("draws", FiniteWidthFields.draw, below: settings.draws),
    ])
  }

  public static func plan(_ settings: FiniteWidthSettings, on device: PlannedDevice) throws -> any ExperimentPlan {
    try settings.checkAll()
    guard device.passEngine.precision == .float64 else {
      throw ExperimentError.invalidSetting(
        name: "precision", expected: "float64, in which perturbations of 1e-6 are told apart", got: "\(device.passEngine.precision)")
    }
    return try FiniteWidthStudy(settings, loaded: DataSource.parse(settings.data).load(), on: device)
  }
}
