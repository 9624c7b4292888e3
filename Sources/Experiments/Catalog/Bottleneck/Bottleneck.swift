import Datasets
import Results
import StudyRecords

/// What finite bottlenecks do to the training of an infinitely wide network: chains of wide blocks with finite
/// bottlenecks, trained in the exact limit, beside the network without a bottleneck of the same depth.
///
/// Source: Littwin et al. 2021 (arXiv 2107.00364); the method is described in `Documentation/the-limit.md`.
public enum Bottleneck: Experiment {
  public typealias Settings = BottleneckSettings
  public static let name = "bottleneck"
  public static let summary = "Training dynamics of infinitely wide networks with finite bottlenecks, in the exact limit."
  public static let extendingSettings: Set<String> = [
    "steps", "draws", "memory", "checkpoint-seconds", "save-outputs", "output-steps", "at",
  ]
  public static let firstRun = FirstRun(["train": "200", "draws": "2", "bottlenecks": "1,4,inf"], seconds: 15)

  public static let exclusiveSettings: [String: Set<String>] = [
    "network": ["depth", "upper-depth", "activation", "weight-variance", "bias-variance", "theta", "nngp"], "rate": ["rate-fraction"],
  ]
  public static let defaultsBeside = ["network": ["bottlenecks": SettingList.ofNetwork]]
  public static let laterSettings: Set<String> = ["network", "rate"]

  public static func allowsFloat32Passes(_ settings: BottleneckSettings) -> Bool { settings.allowsFloat32Passes }

  public static func plan(_ settings: BottleneckSettings, on device: PlannedDevice) throws -> any ExperimentPlan {
    try checkedPlan(settings, loaded: DataSource.parse(settings.data).load(), on: device)
  }

  public static func excess(over settings: BottleneckSettings) -> (Record) -> Excess? {
    typealias Fields = BottleneckFields
    let step = Extent.amount("steps", Fields.step, to: settings.steps)
    return excess(over: [
      .indices("draws", Fields.draw, below: settings.draws), .amount("steps", Fields.steps, to: settings.steps),
      // Curves of networks without bottleneck go on to where the slowest fraction is reached.
      Extent { record in record[Fields.bottlenecks]?.isInfinite == true ? nil : step.excess(record) },
    ])
  }

  /// - Parameters:
  ///   - loaded: what the setting `data` names.
  ///   - isTimed: whether the time of each chain is recorded.
  static func checkedPlan(
    _ settings: BottleneckSettings, loaded: LoadedData, isTimed: Bool = false, on device: PlannedDevice
  ) throws -> BottleneckStudy {
    try settings.checkAll()
    guard device.passEngine.precision == .float64 || settings.allowsFloat32Passes else {
      throw ExperimentError.invalidSetting(
        name: "tolerance", expected: "at least 1e-4 with --precision float32 (or float64)", got: "\(settings.tolerance)")
    }
    return try BottleneckStudy(settings, loaded: loaded, isTimed: isTimed, on: device)
  }
}
