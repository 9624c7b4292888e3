import ArgumentParser

/// Settings of the experiment `bottleneck-scaling`: those of `bottleneck`, of which training points and target scale become lists.
public struct BottleneckScalingSettings: ParsableArguments, Sendable {
  @Option(help: "Numbers of training points; more of them include those of fewer.") public var points = "250,500,1000"
  @Option(help: "Target scales: the lazy/feature knob.") public var scales = "1,3,10"
  @OptionGroup public var bottleneck: BottleneckSettings

  public init() {}

  /// The settings of every combination: points in the order given, and for each the scales in theirs.
  func combinations() throws(ExperimentError) -> [BottleneckSettings] {
    let scales = try Self.numbers(scales, of: "scales", expected: "positive numbers, such as 1,3,10") { $0 > 0 && $0.isFinite }
    guard bottleneck.loss == .squared || scales.count == 1 else {
      throw .invalidSetting(name: "scales", expected: "one scale with --loss softmax, whose targets have none", got: self.scales)
    }
    let points = try Self.numbers(points, of: "points", expected: "numbers of at least 2, such as 250,500") { (count: Int) in count >= 2 }
    return points.flatMap { points in
      scales.map { scale in
        var settings = bottleneck
        settings.train = points
        settings.targetScale = scale
        return settings
      }
    }
  }

  /// Without duplicates, in the order given.
  private static func numbers<Number: LosslessStringConvertible & Equatable>(
    _ text: String, of name: String, expected: String, where isValid: (Number) -> Bool
  ) throws(ExperimentError) -> [Number] {
    var numbers: [Number] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let number = Number(part.trimmingWhitespace()), isValid(number) else {
        throw .invalidSetting(name: name, expected: expected, got: text)
      }
      if !numbers.contains(number) { numbers.append(number) }
    }
    return numbers
  }
}
