import Results
import Statistics
import StudyRecords

/// The records of the experiment `linear-acceleration`, by what they are of. Of two lines for one thing the later counts.
package struct LinearAccelerationRecords: RunReading {
  typealias Fields = LinearAccelerationFields

  /// Inputs, start, norm and bottlenecks of a run.
  struct Case: Hashable, Comparable {
    let decay: Double
    let start: Fields.Start
    let norm: Double
    let bottlenecks: BottleneckLabel

    /// The random start first.
    static func < (first: Case, second: Case) -> Bool {
      let (a, b) = ((first.decay, first.start == .raw ? 0 : 1, first.norm), (second.decay, second.start == .raw ? 0 : 1, second.norm))
      return a == b ? first.bottlenecks < second.bottlenecks : a < b
    }
  }

  struct RegressionCase: Hashable, Comparable {
    let problem: Fields.Problem
    let power: Int
    let depth: Int

    /// The problem in two dimensions first.
    static func < (first: RegressionCase, second: RegressionCase) -> Bool {
      (second.problem.rawValue, first.power, first.depth) < (first.problem.rawValue, second.power, second.depth)
    }
  }

  /// Records that are alike but for their draw.
  struct Group<Key: Sendable>: Sendable {
    let key: Key
    let records: [Record]

    func quartiles(_ field: Field<Double>) -> Quartiles { Quartiles(records.compactMap { $0[field] }) }
    func quartiles(_ field: Field<Double?>) -> Quartiles { Quartiles(records.compactMap { $0[field] }) }
  }

  private var byKey: [String: Record] = [:]
  private var order: [String] = []

  package init() {}

  /// Lines that miss what tells them apart are passed over.
  package mutating func add(_ record: Record) throws(RecordFault) {
    guard let kind = record[Fields.kind] else { return }
    let names = Fields.keys(kind).map(\.name)
    let parts = names.compactMap { name in record.string(name) ?? record.number(name).map { "\($0)" } }
    guard parts.count == names.count else { return }
    for field in [Fields.depth, Fields.power, Fields.width] where names.contains(field.name) { _ = try record.checked(field) }
    if kind == .speedUp { _ = try record.checked(Fields.bottlenecks) }
    let key = "\(kind.rawValue) " + parts.joined(separator: " ")
    if byKey.updateValue(record, forKey: key) == nil { order.append(key) }
  }

  /// Records of a kind, in the order in which they came.
  func records(_ kind: Fields.Kind) -> [Record] { order.compactMap { byKey[$0] }.filter { $0[Fields.kind] == kind } }

  var cases: [Group<Case>] {
    groups(.speedUp) { record in
      record[Fields.bottlenecks].map {
        Case(
          decay: record[Fields.spectrum] ?? 0, start: record[Fields.start] ?? .raw, norm: record[Fields.norm] ?? 0, bottlenecks: $0)
      }
    }
  }

  var regressions: [Group<RegressionCase>] {
    groups(.regression) { record in
      record[Fields.problem].map {
        RegressionCase(problem: $0, power: record[Fields.power] ?? 0, depth: record[Fields.depth] ?? 0)
      }
    }
  }

  var widths: [Group<Int>] { groups(.width) { $0[Fields.width] } }

  /// Groups by increasing key.
  private func groups<Key: Hashable & Comparable>(_ kind: Fields.Kind, _ key: (Record) -> Key?) -> [Group<Key>] {
    Dictionary(grouping: records(kind), by: key).compactMap { key, records in key.map { Group(key: $0, records: records) } }
      .sorted { $0.key < $1.key }
  }

  /// The largest deviation, by depth.
  func deviations(_ kind: Fields.Kind) -> [(depth: Int, largest: Double)] {
    let all: [Int: Double] = records(kind).reduce(into: [:]) { largest, record in
      guard let depth = record[Fields.depth], let deviation = record[Fields.deviation] else { return }
      largest[depth] = max(largest[depth] ?? 0, deviation)
    }
    return all.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Exponent of the width in the medians of an error; nil with fewer than two widths.
  func exponent(_ error: Field<Double?>) -> Double? {
    PowerLaw(widths.compactMap { group in group.quartiles(error).median.map { (Double(group.key), $0) } })?.exponent
  }
}

extension LinearAccelerationRecords.Group<LinearAccelerationRecords.Case> {
  /// Time without bottleneck over time with it; a draw that did not reach the fraction counts as 0.
  var speedUp: Quartiles { Quartiles(records.map { $0[LinearAccelerationFields.speedUp] ?? 0 }) }
  var notReached: Int { records.count { $0[LinearAccelerationFields.speedUp] == nil } }
  /// The largest of all draws.
  var drift: Double { records.compactMap { $0[LinearAccelerationFields.drift] }.max() ?? 0 }
}
