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

  /// Lines of other kinds, and lines without comparison, bottlenecks, kappa or draw, are passed over.
  public init(_ records: [Record]) {
    for record in records { add(record) }
  }

  /// - Throws: `ResultsError` where `records.jsonl` of the folder cannot be read.
  public init(reading directory: URL) throws(ResultsError) {
    var result = BottleneckRuns([])
    try RunRecords.forEach(directory) { result.add($0) }
    self = result
  }

  mutating func add(_ record: Record) {
    guard let kind = record.string("kind"), kind == "step" || kind == "end",
      let comparison = record.string("comparison").flatMap({ Comparison(rawValue: $0) }),
      let text = record.string("bottlenecks"), let kappa = record.number("kappa"),
      let draw = record.number("draw").flatMap({ Int(exactly: $0) })
    else { return }
    // A wide network is named by its depth, also where only `baseline` tells the depth.
    let name = text == "inf" ? record.string("baseline") ?? text : text
    guard let label = BottleneckLabel(name) else { return }
    runs[Key(comparison: comparison, label: label, kappa: kappa), default: [:]][draw, default: BottleneckRun()].add(record)
  }

  /// The runs of one network at one rate, by increasing draw.
  func draws(_ comparison: Comparison, _ label: BottleneckLabel, kappa: Double) -> [BottleneckRun] {
    let draws = runs[Key(comparison: comparison, label: label, kappa: kappa)] ?? [:]
    return draws.sorted { $0.key < $1.key }.map(\.value)
  }
}
