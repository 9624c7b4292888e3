import Results
import Statistics
import StudyRecords

/// The records of one training run of the experiment `bottleneck`: one network, one draw, one rate.
struct BottleneckRun {
  private typealias Fields = BottleneckFields

  private var values: [String: [Double: Double]] = [:]
  /// The line of kind `end`; nil while the run goes on.
  private(set) var end: Record?
  /// The network it is compared with, where recorded.
  private(set) var baseline: BottleneckLabel?
  /// Whether a network without bottlenecks was not trained: a trained one has ranks, if only of no block.
  var isSolved: Bool { hasSteps && !hasRanks }
  private var hasSteps = false, hasRanks = false
  /// Largest rank of any block at any step.
  private(set) var largestRank: Double?

  /// The quantities of steps that are shown.
  private static let quantities = [
    Fields.trainLoss.name, Fields.initialLoss.name, Fields.testLoss.name, Fields.testError.name, Fields.kernelChange.name,
    Fields.alignment.name,
    Fields.amplification.name,
  ]

  /// A line of kind `step` or `end`; of two lines for one step the later counts.
  mutating func add(_ record: Record) {
    baseline = record[Fields.baseline] ?? baseline
    if record[Fields.kind] == .end {
      end = record
      return
    }
    guard let step = record.number(Fields.step) else { return }
    (hasSteps, hasRanks) = (true, hasRanks || record[Fields.rank.name] != nil)
    if let rank = record[Fields.rank]?.max() { largestRank = max(largestRank ?? rank, rank) }
    for name in Self.quantities {
      if let value = record.number(name) { values[name, default: [:]][step] = value }
    }
  }

  func curve<Value>(_ field: Field<Value>) -> DrawSummary.Curve {
    (values[field.name] ?? [:]).sorted { $0.key < $1.key }.map { (step: $0.key, value: $0.value) }
  }

  /// Training loss as a fraction of the initial loss; empty where the initial loss is not recorded or not positive.
  var relativeLoss: DrawSummary.Curve {
    let loss = curve(Fields.trainLoss)
    guard let initial = curve(Fields.initialLoss).first?.value ?? loss.first.flatMap({ $0.step == 0 ? $0.value : nil }), initial > 0 else {
      return []
    }
    return loss.map { ($0.step, $0.value / initial) }
  }

  var isDiverged: Bool { end?[Fields.status] == .diverged }

  /// Steps until the loss was `fractions[index]` of the initial one; nil if not reached.
  ///
  /// From the `end` line, and while there is none the first recorded step at or below the fraction.
  func steps(_ index: Int) -> Double? {
    let target = Fields.fractions[index]
    if let end { return end[target.steps] }
    return relativeLoss.first { $0.value <= target.fraction }?.step
  }

  var finalTestError: Double? { end?[Fields.finalTestError] ?? curve(Fields.testError).last?.value }
  /// Test error of a wide network trained to the end of time, where that is known.
  var convergedTestError: Double? { end?[Fields.convergedTestError] }
  var bestTestError: Double? { end?[Fields.bestTestError] ?? curve(Fields.testError).map(\.value).min() }

  /// Test loss where training ended: the network without bottlenecks is also read beyond.
  var finalTestLoss: Double? {
    let last = end?.number(Fields.steps) ?? .infinity
    return end?[Fields.finalTestLoss] ?? curve(Fields.testLoss).last { $0.step <= last }?.value
  }
  var bestTestLoss: Double? { end?[Fields.bestTestLoss] ?? curve(Fields.testLoss).map(\.value).min() }

  /// The largest factor by which a perturbation was seen to grow.
  var amplification: Double? {
    (curve(Fields.amplification).map(\.value) + [end?[Fields.amplification]].compactMap { $0 }).max()
  }
}
