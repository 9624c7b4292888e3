import Compute
import Datasets
import Learning
import Networks
import Results

/// What finite bottlenecks do to the training of an infinitely wide network: chains of wide blocks with finite
/// bottlenecks, trained in the exact limit, beside the network without a bottleneck of the same depth.
///
/// Source: Littwin et al. 2021 (arXiv 2107.00364); the method is described in `Documentation/the-limit.md`.
public enum Bottleneck: Experiment {
  public typealias Settings = BottleneckSettings
  public static let name = "bottleneck"
  public static let summary = "Training dynamics of infinitely wide networks with finite bottlenecks, in the exact limit."
  public static let extendingSettings: Set<String> = ["steps", "draws"]

  public static func plan(_ settings: BottleneckSettings, on engine: Engine) throws -> any ExperimentPlan {
    try settings.validate()
    return try BottleneckPlan(settings, on: engine)
  }
}
