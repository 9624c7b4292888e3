import Foundation
import Results

/// All runs in the records of the experiment `bottleneck`, by comparison, network, rate and draw.
public struct BottleneckRuns {
  /// How rates are chosen.
  public enum Comparison: String, CaseIterable, Sendable {
    /// Every network at the rate that suits the wide network.
    case same
    /// Each network at the best of several rates.
    case own
  }

  struct Key: Hashable {
    let comparison: Comparison
    let label: BottleneckLabel
    let kappa: Double
  }

  /// Runs of equal key, by draw.
  private(set) var runs: [Key: [Int: BottleneckRun]] = [:]

  /// More combinations of networks and rates are no run of this program's, and comparing all of them would not end.
  private static let mostKeys = 4096

  /// Lines of other kinds, and lines without comparison, bottlenecks, kappa or draw, are passed over.
  ///
  /// - Throws: `RecordFault` where one of these is not what it should be.
  public init(_ records: [Record]) throws(RecordFault) { for record in records { try add(record) } }

  init() {}

  /// - Throws: `ResultsError` where `records.jsonl` of the folder cannot be read.
  public init(reading directory: URL) throws(ResultsError) {
    try RunRecords.forEach(directory) { (record) throws(RecordFault) in try add(record) }
  }

  mutating func add(_ record: Record) throws(RecordFault) {
    guard let kind = record.string("kind"), kind == "step" || kind == "end",
      let comparison = record.string("comparison").flatMap({ Comparison(rawValue: $0) }),
      let text = try record.checkedString("bottlenecks"), let kappa = try record.checkedNumber("kappa"),
      let draw = try record.checkedWhole("draw")
    else { return }
    // A wide network is named by its depth, also where only `baseline` tells the depth.
    let name = text == "inf" ? record.string("baseline") ?? text : text
    let key = Key(comparison: comparison, label: try BottleneckLabel(recorded: name), kappa: kappa)
    guard runs[key] != nil || runs.count < BottleneckRuns.mostKeys else {
      throw RecordFault("more than \(BottleneckRuns.mostKeys) combinations of networks and rates")
    }
    runs[key, default: [:]][draw, default: BottleneckRun()].add(record)
  }

  /// The runs of one network at one rate, by increasing draw.
  func draws(_ comparison: Comparison, _ label: BottleneckLabel, kappa: Double) -> [BottleneckRun] {
    let draws = runs[Key(comparison: comparison, label: label, kappa: kappa)] ?? [:]
    return draws.sorted { $0.key < $1.key }.map(\.value)
  }
}
