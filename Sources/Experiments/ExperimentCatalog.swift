/// Every experiment, by name. A new one is a folder in `Catalog` and a line here.
public enum ExperimentCatalog {
  /// All experiments, in the order of listings.
  public static let all: [any Experiment.Type] = [
    Bottleneck.self,
    BottleneckDepth.self,
    BottleneckScaling.self,
    LazyFeature.self,
    LinearAcceleration.self,
    Multilinearity.self,
    FiniteWidth.self,
  ]
}
