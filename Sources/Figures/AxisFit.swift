import Foundation

/// An axis with its range and ticks settled for given data.
package struct AxisFit {
  /// Values that the axis shows.
  package let range: ClosedRange<Double>
  let isLog: Bool
  private let categories: [String]
  private let given: [Double]

  /// What gnuplot can place, with room for margins and for quotients of ends.
  private static let largest = 1e250, smallest = 1e-250

  /// - Returns: nil where no value can be drawn.
  package init?(_ axis: Axis, values: [Double]) {
    (isLog, categories, given) = (axis.scale == .log, axis.categories, axis.ticks)
    let drawable = values.filter { AxisFit.isDrawable($0, axis) }
    if let given = axis.range, AxisFit.isDrawable(given.lowerBound, axis), AxisFit.isDrawable(given.upperBound, axis) {
      guard !drawable.isEmpty else { return nil }
      range = given
    } else {
      guard let low = drawable.min(), let high = drawable.max() else { return nil }
      range = AxisFit.padded(low, high, isLog: axis.scale == .log)
    }
  }

  /// An axis like `fit` over another range.
  init(_ fit: AxisFit, range: ClosedRange<Double>) {
    (self.range, isLog, categories, given) = (range, fit.isLog, fit.categories, fit.given)
  }

  /// Ticks of the axis; nil leaves them to gnuplot.
  package var ticks: [Tick]? {
    if !categories.isEmpty { return categories.enumerated().map { Tick(value: Double($0.offset), label: FigureText($0.element)) } }
    let own = AxisTicks.at(given, self)
    if own.count(where: { !$0.label.isEmpty }) > 1 { return own }
    return isLog ? AxisTicks.logarithmic(range) : AxisTicks.linear(range)
  }

  /// Whether the axis can show a value.
  package static func isDrawable(_ value: Double, _ axis: Axis) -> Bool {
    abs(value) <= largest && (axis.scale == .linear || value >= smallest)
  }

  /// The end of an error bar: beyond every axis where `value` is.
  static func clamped(_ value: Double) -> Double { min(max(value, -largest), largest) }

  /// Where `value` lies between the ends: 0 at the lower, 1 at the upper.
  func fraction(of value: Double) -> Double {
    func position(_ x: Double) -> Double { isLog ? log(max(x, range.lowerBound)) : x }
    let low = position(range.lowerBound), high = position(range.upperBound)
    return high > low ? (position(value) - low) / (high - low) : 0.5
  }

  /// The value at a part of the way from the lower end to the upper.
  func value(at fraction: Double) -> Double {
    let (low, high) = (range.lowerBound, range.upperBound)
    return isLog ? exp(log(low) + fraction * (log(high) - log(low))) : low + fraction * (high - low)
  }

  private static func padded(_ low: Double, _ high: Double, isLog: Bool) -> ClosedRange<Double> {
    if isLog {
      // Of the logarithms: the quotient of the ends may be beyond every number.
      let factor = high > low ? exp(0.04 * (log(high) - log(low))) : 2
      return low / factor...high * factor
    }
    let margin = high > low ? 0.05 * (high - low) : max(abs(high) * 0.1, 1)
    return low - margin...high + margin
  }
}
