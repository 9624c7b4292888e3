import Compute
import Results
import StudyRecords

/// One training run of a network, from one draw at one rate.
struct BottleneckUnit: StudyUnit {
  let comparison: BottleneckFields.Comparison
  let chain: BottleneckLabel
  let rate: TrainingRate
  let draw: Int

  var key: String {
    "\(comparison.rawValue) \(chain) \(rate.absolute.map { "rate\($0)" } ?? "\(rate.number)") \(draw)"
  }

  /// What tells its initial functions from others: runs at other rates begin alike.
  var startName: String { "draw/\(draw)/\(chain)" }

  static func key(_ record: Record) -> String? {
    guard let comparison = record[BottleneckFields.comparison], let chain = record[BottleneckFields.bottlenecks],
      let rate = (try? TrainingRate(record)).flatMap(\.self), let draw = record[BottleneckFields.draw]
    else { return nil }
    let own = chain.isInfinite ? record[BottleneckFields.baseline] ?? chain : chain
    return BottleneckUnit(comparison: comparison, chain: own, rate: rate, draw: draw).key
  }
}
