import Results
import StudyRecords

/// How the effect of a bottleneck, its cost and the rank of its basis change with the number of training points, the width and the
/// target scale: the experiment `bottleneck` at every combination.
public enum BottleneckScaling: Experiment {
  public typealias Settings = BottleneckScalingSettings
  public static let name = "bottleneck-scaling"
  public static let summary = "Speed-up, test error, rank and cost of bottlenecks against training points and target scale."
  // Combinations are independent of one another.
  public static let extendingSettings = Bottleneck.extendingSettings.union(["points", "scales"])
  public static let defaults = [
    "bottlenecks": "1,2,4", "compare": "same", "draws": "3", "steps": "300", "twin": "none", "kernel-points": "0",
  ]
  public static let firstRun = FirstRun(["points": "50,100,200", "scales": "3", "bottlenecks": "1,4", "steps": "100"], seconds: 10)
  public static let replacedSettings = ["train": "points", "target-scale": "scales"]

  public static let exclusiveSettings = Bottleneck.exclusiveSettings
  public static let defaultsBeside = Bottleneck.defaultsBeside
  public static let laterSettings = Bottleneck.laterSettings

  public static func allowsFloat32Passes(_ settings: BottleneckScalingSettings) -> Bool { settings.bottleneck.allowsFloat32Passes }

  public static func excess(over settings: BottleneckScalingSettings) throws -> (Record) -> Excess? {
    excess(over: [
      .members("points", BottleneckFields.points, settings.points.values),
      .members("scales", BottleneckFields.scale, settings.scales.values),
      Extent(excess: Bottleneck.excess(over: settings.bottleneck)),
    ])
  }

  public static func plan(_ settings: BottleneckScalingSettings, on device: PlannedDevice) throws -> any ExperimentPlan {
    try BottleneckScalingStudy(settings, on: device)
  }
}
