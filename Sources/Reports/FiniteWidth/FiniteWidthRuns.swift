import Results
import Statistics
import StudyRecords

/// The records of the experiment `finite-width`, by network and width.
package struct FiniteWidthRuns: RunReading {
  private typealias Fields = FiniteWidthFields

  /// One finite network beside its limit.
  struct Draw: Sendable {
    /// Lines of readings by step.
    fileprivate(set) var readings: [Int: Record] = [:]
    /// Record of the end; nil while the draw is not done.
    fileprivate(set) var end: Record?

    var isDiverged: Bool { end?[Fields.status] == .diverged }
    /// How much a perturbation of the limit grew; infinite where the perturbed twin alone diverged.
    var amplification: Double { end?[Fields.amplification] ?? .infinity }
    var isSensitive: Bool { !isDiverged && !(amplification <= Sensitivity.threshold) }

    /// A quantity by step, steps increasing.
    func curve(_ value: (Record) -> Double?) -> DrawSummary.Curve {
      readings.sorted { $0.key < $1.key }.compactMap { step, record in value(record).map { (step: Double(step), value: $0) } }
    }
  }

  /// Draws of one network at one width that are done.
  struct Group: Sendable {
    let label: BottleneckLabel
    let width: Int
    let draws: [Draw]

    /// Neither sensitive nor diverged: only these can agree with finite networks, and only they count in medians.
    var calm: [Draw] { draws.filter { !$0.isDiverged && !$0.isSensitive } }

    func ends(_ value: (Record) -> Double?) -> [Double] { calm.compactMap { $0.end.flatMap(value) } }
    func quartiles(_ field: Field<Double?>) -> Quartiles { Quartiles(ends { $0[field] }) }
    /// One for each bottleneck.
    func quartiles(_ field: Field<[Double]?>) -> [Quartiles] {
      label.widths.indices.map { index in Quartiles(ends { $0.number(field, at: index) }) }
    }
  }

  private struct Key: Hashable {
    let label: BottleneckLabel
    let width: Int
    let draw: Int
  }

  private var draws: [Key: Draw] = [:]

  package init() {}

  package mutating func add(_ record: Record) throws(RecordFault) {
    guard let label = try record.checked(Fields.bottlenecks), let width = try record.checked(Fields.width),
      let draw = try record.checked(Fields.draw)
    else { return }
    let key = Key(label: label, width: width, draw: draw)
    switch record[Fields.kind] {
    case .end: draws[key, default: Draw()].end = record
    case .reading: if let step = try record.checked(Fields.step) { draws[key, default: Draw()].readings[step] = record }
    case nil: break
    }
  }

  /// Draws by network, then width, in their order.
  var networks: [(label: BottleneckLabel, groups: [Group])] {
    let done = draws.filter { $0.value.end != nil }.sorted {
      ($0.key.label, $0.key.width, $0.key.draw) < ($1.key.label, $1.key.width, $1.key.draw)
    }
    return done.runs { $0.key.label }.map { label, draws in
      (label, draws.runs { $0.key.width }.map { width, draws in Group(label: label, width: width, draws: draws.map(\.value)) })
    }
  }
}
