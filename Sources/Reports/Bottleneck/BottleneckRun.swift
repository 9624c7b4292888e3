import Results
import Statistics

/// The records of one training run of the experiment `bottleneck`: one network, one draw, one rate.
struct BottleneckRun {
  enum Quantity: String, CaseIterable {
    case trainLoss, initialLoss, testError, kernelChange, alignment, amplification
  }

  /// Fractions of the initial loss, with the keys of the steps that reach them.
  static let fractions: [(fraction: Double, key: String, name: String)] = [
    (0.5, "steps50", "50 %"), (0.1, "steps10", "10 %"), (0.01, "steps1", "1 %"), (0.001, "steps0.1", "0.1 %"),
  ]

  private var values: [Quantity: [Double: Double]] = [:]
  /// The line of kind `end`; nil while the run goes on.
  private(set) var end: Record?
  /// The label of the network it is compared with, where recorded.
  private(set) var baseline: String?
  /// Largest rank of any block at any step.
  private(set) var largestRank: Double?

  /// A line of kind `step` or `end`; of two lines for one step the later counts.
  mutating func add(_ record: Record) {
    baseline = record.string("baseline") ?? baseline
    if record.string("kind") == "end" {
      end = record
      return
    }
    guard let step = record.number("step") else { return }
    if let rank = record.numbers("rank")?.max() { largestRank = max(largestRank ?? rank, rank) }
    for quantity in Quantity.allCases {
      if let value = record.number(quantity.rawValue) { values[quantity, default: [:]][step] = value }
    }
  }

  func curve(_ quantity: Quantity) -> DrawSummary.Curve {
    (values[quantity] ?? [:]).sorted { $0.key < $1.key }.map { (step: $0.key, value: $0.value) }
  }

  /// Training loss as a fraction of the initial loss; empty where the initial loss is not recorded or not positive.
  var relativeLoss: DrawSummary.Curve {
    let loss = curve(.trainLoss)
    guard let initial = curve(.initialLoss).first?.value ?? loss.first.flatMap({ $0.step == 0 ? $0.value : nil }), initial > 0 else {
      return []
    }
    return loss.map { ($0.step, $0.value / initial) }
  }

  var isDiverged: Bool { end?.string("status") == "diverged" }

  /// Steps until the loss was `fractions[index]` of the initial one; nil if not reached.
  ///
  /// From the `end` line, and while there is none the first recorded step at or below the fraction.
  func steps(_ index: Int) -> Double? {
    let target = BottleneckRun.fractions[index]
    if let end { return end.number(target.key) }
    return relativeLoss.first { $0.value <= target.fraction }?.step
  }

  var finalTestError: Double? { end?.number("finalTestError") ?? curve(.testError).last?.value }
  /// Test error of a wide network trained to the end of time, where that is known.
  var convergedTestError: Double? { end?.number("convergedTestError") }
  var bestTestError: Double? { end?.number("bestTestError") ?? curve(.testError).map(\.value).min() }

  /// The largest factor by which a perturbation was seen to grow.
  var amplification: Double? { (curve(.amplification).map(\.value) + [end?.number("amplification")].compactMap { $0 }).max() }
}
