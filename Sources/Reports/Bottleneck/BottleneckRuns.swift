import Results
import StudyRecords

/// All runs in the records of the experiment `bottleneck`, by comparison, network, rate and draw.
package struct BottleneckRuns: RunReading {
  typealias Fields = BottleneckFields

  struct Key: Hashable {
    let comparison: Fields.Comparison
    let label: BottleneckLabel
    let rate: TrainingRate
  }

  /// Runs of equal key, by draw.
  private(set) var runs: [Key: [Int: BottleneckRun]] = [:]

  package init() {}

  /// Lines of other kinds, and lines without comparison, bottlenecks, rate or draw, are passed over.
  package mutating func add(_ record: Record) throws(RecordFault) {
    guard let kind = record[Fields.kind], kind == .step || kind == .end, let comparison = record[Fields.comparison],
      let recorded = try record.checked(Fields.bottlenecks), let rate = try TrainingRate(record),
      let draw = try record.checked(Fields.draw)
    else { return }
    // A wide network is named by its depth, also where only `baseline` tells the depth.
    let label = recorded == BottleneckLabel(infinite: 1) ? try record.checked(Fields.baseline) ?? recorded : recorded
    let key = Key(comparison: comparison, label: label, rate: rate)
    try checkCombinations(runs.count + (runs[key] == nil ? 1 : 0), of: "combinations of networks and rates")
    runs[key, default: [:]][draw, default: BottleneckRun()].add(record)
  }

  /// What tells how good the networks are at test points.
  var measure: TestMeasure { TestMeasure(runs.values.lazy.flatMap(\.values)) }

  /// The runs of one network at one rate, by increasing draw.
  func draws(_ comparison: Fields.Comparison, _ label: BottleneckLabel, _ rate: TrainingRate) -> [BottleneckRun] {
    let draws = runs[Key(comparison: comparison, label: label, rate: rate)] ?? [:]
    return draws.sorted { $0.key < $1.key }.map(\.value)
  }
}
