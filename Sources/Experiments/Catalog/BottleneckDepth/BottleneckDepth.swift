import Results

/// One, two and three bottlenecks at the same number of hidden layers: does a further one accelerate further?
///
/// The experiment `bottleneck` with other defaults, and with a table and figures of its own. Every chain is compared with the
/// network without bottlenecks of its own blocks, and with the chain of one bottleneck of its width.
public enum BottleneckDepth: Experiment {
  public typealias Settings = BottleneckSettings
  public static let name = "bottleneck-depth"
  public static let summary = "One, two, three bottlenecks at the same total depth: does a further one accelerate further?"
  public static let extendingSettings = Bottleneck.extendingSettings
  public static let defaults = [
    "bottlenecks": "1,1x1,1x1x1,2,2x2,2x2x2", "train": "400", "draws": "5", "own-fractions": "0.05,0.1,0.2", "steps": "400",
    // A chain that is about to diverge would take most of the time for thousands of pivots; the others need a few hundred.
    "rank-limit": "2000",
  ]
  public static let firstRun = FirstRun(["train": "100", "draws": "2", "bottlenecks": "1,1x1", "steps": "100"], seconds: 10)

  public static let exclusiveSettings = Bottleneck.exclusiveSettings
  public static let defaultsBeside = Bottleneck.defaultsBeside
  public static let laterSettings = Bottleneck.laterSettings

  public static func allowsFloat32Passes(_ settings: BottleneckSettings) -> Bool { settings.allowsFloat32Passes }

  public static func excess(over settings: BottleneckSettings) -> (Record) -> Excess? { Bottleneck.excess(over: settings) }

  public static func plan(_ settings: BottleneckSettings, on device: PlannedDevice) throws -> any ExperimentPlan {
    try Bottleneck.plan(settings, on: device)
  }
}
