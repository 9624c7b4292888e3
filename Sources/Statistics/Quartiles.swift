/// Median and quartiles of a few values, some of which may be out of reach.
public struct Quartiles: Equatable, Sendable {
  /// Lower quartile; nil beyond every value reached.
  public let lower: Double?
  /// Median; nil beyond every value reached.
  public let median: Double?
  /// Upper quartile; nil beyond every value reached.
  public let upper: Double?

  /// - Parameter values: nil stands for "not reached" and counts as larger than any number. Empty gives nil throughout.
  public init(_ values: [Double?]) {
    let sorted = values.map { $0 ?? .infinity }.sorted()
    func quantile(_ fraction: Double) -> Double? {
      guard !sorted.isEmpty else { return nil }
      // Linear between order statistics: Hyndman & Fan 1996, definition 7.
      let position = fraction * Double(sorted.count - 1), index = Int(position), weight = position - Double(index)
      let value = weight > 0 ? sorted[index] * (1 - weight) + sorted[index + 1] * weight : sorted[index]
      return value.isFinite ? value : nil
    }
    (lower, median, upper) = (quantile(0.25), quantile(0.5), quantile(0.75))
  }
}
