import Foundation
import Results
import Statistics

/// The records of the experiment `finite-width`, by network and width.
public struct FiniteWidthRuns: Sendable {
  /// One finite network beside its limit.
  struct Draw: Sendable {
    /// Lines of readings by step.
    fileprivate(set) var readings: [Int: Record] = [:]
    /// Record of the end; nil while the draw is not done.
    fileprivate(set) var end: Record?

    var isDiverged: Bool { end?.string("status") == "diverged" }
    /// How much a perturbation of the limit grew; infinite where the perturbed twin alone diverged.
    var amplification: Double { end?.number("amplification") ?? .infinity }
    var isSensitive: Bool { !isDiverged && !(amplification <= FiniteWidthRuns.sensitiveAbove) }

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
    func quartiles(_ value: (Record) -> Double?) -> Quartiles { Quartiles(ends(value)) }
  }

  /// Draws that amplify a perturbation more than this are set apart.
  static let sensitiveAbove = 100.0

  private struct Key: Hashable {
    let label: BottleneckLabel
    let width: Int
    let draw: Int
  }

  private var draws: [Key: Draw] = [:]

  /// - Throws: `RecordFault` where bottlenecks, width, draw or step of a line are not what they should be.
  public init(_ records: [Record]) throws(RecordFault) { for record in records { try add(record) } }

  /// - Throws: `ResultsError` where `records.jsonl` of the folder cannot be read.
  public init(reading directory: URL) throws(ResultsError) {
    try RunRecords.forEach(directory) { (record) throws(RecordFault) in try add(record) }
  }

  private mutating func add(_ record: Record) throws(RecordFault) {
    guard let text = try record.checkedString("bottlenecks"), let width = try record.checkedWhole("width", in: 1...(1 << 53)),
      let draw = try record.checkedWhole("draw")
    else { return }
    let key = Key(label: try BottleneckLabel(recorded: text), width: width, draw: draw)
    switch record.string("kind") {
    case "end": draws[key, default: Draw()].end = record
    case "reading": if let step = try record.checkedWhole("step") { draws[key, default: Draw()].readings[step] = record }
    default: break
    }
  }

  /// Draws by network, then width, in their order.
  var groups: [Group] {
    let done: [Key] = draws.filter { $0.value.end != nil }.map(\.key)
    let networks: [BottleneckLabel: [Key]] = Dictionary(grouping: done, by: \.label)
    return networks.keys.sorted().flatMap { label in groups(label, networks[label] ?? []) }
  }

  private func groups(_ label: BottleneckLabel, _ keys: [Key]) -> [Group] {
    let widths: [Int: [Key]] = Dictionary(grouping: keys, by: \.width)
    return widths.keys.sorted().map { width in
      let own: [Key] = (widths[width] ?? []).sorted { $0.draw < $1.draw }
      return Group(label: label, width: width, draws: own.compactMap { draws[$0] })
    }
  }
}
