import ArgumentParser

/// Settings of the experiment `bottleneck-scaling`: those of `bottleneck`, of which training points and target scale become lists.
public struct BottleneckScalingSettings: ExperimentSettings {
  @Option(help: "Numbers of training points; more of them include those of fewer.") @Within(2...10_000_000) public var points:
    NumberList<Int> = "250,500,1000"
  @Option(help: "Target scales: the lazy/feature knob.") @Within(1e-100...1e100) public var scales: NumberList<Double> = "1,3,10"
  @OptionGroup public var bottleneck: BottleneckSettings

  public static let sections = BottleneckSettings.sections.merging(["points": .data]) { own, _ in own }

  public init() {}

  public func checkTogether() throws {
    let isOne = bottleneck.loss == .squared || scales.values.count == 1
    try require(isOne, "scales", "one scale with --loss softmax, whose targets have none", scales.text)
    try RunCount.check([("points", points.values.count), ("scales", scales.values.count), ("draws", bottleneck.draws)])
  }

  /// The settings of every combination: points in the order given, and for each the scales in theirs.
  var combinations: [BottleneckSettings] {
    points.values.flatMap { points in
      scales.values.map { scale in
        var settings = bottleneck
        settings.train = points
        settings.targetScale = scale
        return settings
      }
    }
  }
}
