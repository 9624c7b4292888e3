import Foundation
import Results

/// The records of the experiment `linear-acceleration`, by what they are of. Of two lines for one thing the later counts.
struct LinearAccelerationRecords {
  /// Inputs, start, norm and bottlenecks of a run.
  struct Case: Hashable, Comparable {
    let decay: Double
    let isCentred: Bool
    let norm: Double
    let bottlenecks: BottleneckLabel

    static func < (first: Case, second: Case) -> Bool {
      let (a, b) = ((first.decay, first.isCentred ? 1 : 0, first.norm), (second.decay, second.isCentred ? 1 : 0, second.norm))
      return a == b ? first.bottlenecks < second.bottlenecks : a < b
    }
  }

  struct RegressionCase: Hashable, Comparable {
    let problem: String
    let power: Int
    let depth: Int

    static func < (first: RegressionCase, second: RegressionCase) -> Bool {
      // The problem in two dimensions first.
      (second.problem, first.power, first.depth) < (first.problem, second.power, second.depth)
    }
  }

  private var byKey: [String: Record] = [:]
  private var order: [String] = []

  init() {}

  /// - Throws: `ResultsError` where `records.jsonl` of the folder cannot be read.
  init(reading directory: URL) throws(ResultsError) {
    try RunRecords.forEach(directory) { (record) throws(RecordFault) in try add(record) }
  }

  /// Lines that miss what tells them apart are passed over.
  ///
  /// - Throws: `RecordFault` where that is not what it should be.
  mutating func add(_ record: Record) throws(RecordFault) {
    let names: [String]
    switch record.string("kind") {
    case "speed-up": names = ["spectrum", "start", "norm", "bottlenecks", "draw"]
    case "rule": names = ["depth"]
    case "mode": names = ["depth", "mode"]
    case "regression": names = ["problem", "power", "depth", "draw"]
    case "width": names = ["width", "draw"]
    default: return
    }
    let parts = names.compactMap { name in record.string(name) ?? record.number(name).map { "\($0)" } }
    guard parts.count == names.count else { return }
    for name in ["depth", "power", "width"] where names.contains(name) { _ = try record.checkedWhole(name, in: 1...(1 << 53)) }
    if names.contains("bottlenecks") { _ = try BottleneckLabel(recorded: record.checkedString("bottlenecks") ?? "") }
    let key = "\(record.string("kind") ?? "") " + parts.joined(separator: " ")
    if byKey.updateValue(record, forKey: key) == nil { order.append(key) }
  }

  /// Records of a kind, in the order in which they came.
  func others(_ kind: String) -> [Record] { order.compactMap { byKey[$0] }.filter { $0.string("kind") == kind } }

  var cases: [Case: [Record]] {
    Dictionary(grouping: others("speed-up")) { record in
      BottleneckLabel(record.string("bottlenecks") ?? "").map {
        Case(
          decay: record.number("spectrum") ?? 0, isCentred: record.string("start") == "centred", norm: record.number("norm") ?? 0,
          bottlenecks: $0)
      }
    }.reduce(into: [:]) { cases, group in if let key = group.key { cases[key] = group.value } }
  }

  var regressions: [RegressionCase: [Record]] {
    Dictionary(grouping: others("regression")) { record in
      RegressionCase(
        problem: record.string("problem") ?? "", power: whole("power", of: record), depth: whole("depth", of: record))
    }
  }

  var widths: [Int: [Record]] { Dictionary(grouping: others("width")) { whole("width", of: $0) } }

  /// Checked when the record was added.
  private func whole(_ key: String, of record: Record) -> Int { record.number(key).flatMap { Int(exactly: $0) } ?? 0 }
}
