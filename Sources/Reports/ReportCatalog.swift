/// The experiments that have a report. One without is recorded all the same.
public enum ReportCatalog {
  /// All reports, in the order of experiments in listings.
  public static let all: [RunReport] = [
    .bottleneck, .bottleneckDepth, .bottleneckScaling, .lazyFeature, .linearAcceleration, .multilinearity, .finiteWidth,
  ]

  /// The report of an experiment; nil where it has none.
  public static func report(_ experiment: String) -> RunReport? { all.first { $0.experiment == experiment } }
}
