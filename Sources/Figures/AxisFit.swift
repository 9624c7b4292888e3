import Foundation

/// An axis with its range and ticks settled for given data.
package struct AxisFit {
  /// A mark of an axis with its label.
  package struct Tick: Equatable {
    let value: Double
    /// Text at the tick; empty for a tick without text.
    package let label: String
  }

  /// Values that the axis shows.
  package let range: ClosedRange<Double>
  let isLog: Bool
  /// Ticks of the axis; nil leaves those of a linear axis to gnuplot.
  package let ticks: [Tick]?

  /// What gnuplot can place, with room for margins and for quotients of ends.
  private static let largest = 1e250, smallest = 1e-250

  /// - Returns: nil where no value can be drawn.
  package init?(_ axis: Axis, values: [Double]) {
    isLog = axis.scale == .log
    let drawable = values.filter { AxisFit.isDrawable($0, axis) }
    if let given = axis.range, AxisFit.isDrawable(given.lowerBound, axis), AxisFit.isDrawable(given.upperBound, axis) {
      guard !drawable.isEmpty else { return nil }
      range = given
    } else {
      guard let low = drawable.min(), let high = drawable.max() else { return nil }
      range = AxisFit.padded(low, high, isLog: axis.scale == .log)
    }
    if !axis.categories.isEmpty {
      ticks = axis.categories.enumerated().map { Tick(value: Double($0.offset), label: $0.element) }
    } else {
      ticks = isLog ? AxisFit.logTicks(range) : nil
    }
  }

  /// Whether the axis can show a value.
  package static func isDrawable(_ value: Double, _ axis: Axis) -> Bool {
    abs(value) <= largest && (axis.scale == .linear || value >= smallest)
  }

  /// The end of an error bar: beyond every axis where `value` is.
  static func clamped(_ value: Double) -> Double { min(max(value, -largest), largest) }

  /// Where `value` lies between the ends: 0 at the lower, 1 at the upper.
  func fraction(of value: Double) -> Double {
    func position(_ x: Double) -> Double { isLog ? log10(max(x, range.lowerBound)) : x }
    let low = position(range.lowerBound), high = position(range.upperBound)
    return high > low ? (position(value) - low) / (high - low) : 0.5
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

  /// Decades with text, thinned to at most seven; 2, …, 9 between them without text, or 2 and 5 with text on a short axis.
  private static func logTicks(_ range: ClosedRange<Double>) -> [Tick] {
    let decades = log10(range.upperBound) - log10(range.lowerBound)
    guard let first = Int(exactly: log10(range.lowerBound).rounded(.down)), let last = Int(exactly: log10(range.upperBound).rounded(.up)),
      let stride = Int(exactly: max(1, (decades / 7).rounded(.up)))
    else { return [] }
    var ticks: [Tick] = []
    for exponent in first...last {
      for digit in 1...9 where digit == 1 || stride == 1 {
        let value = Double(digit) * pow(10, Double(exponent))
        guard range.contains(value) else { continue }
        let isMajor = digit == 1 && exponent % stride == 0
        let hasText = isMajor || (decades < 1.5 && (digit == 2 || digit == 5)) || decades < 0.5
        ticks.append(Tick(value: value, label: hasText ? text(digit, exponent) : ""))
      }
    }
    return ticks
  }

  /// `digit`·10^`exponent`: plainly from 0.001 to 5000, else with a superscript.
  private static func text(_ digit: Int, _ exponent: Int) -> String {
    if (0...3).contains(exponent) { return String(digit) + String(repeating: "0", count: exponent) }
    if (-3..<0).contains(exponent) { return "0." + String(repeating: "0", count: -exponent - 1) + String(digit) }
    let superscripts: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹",
    ]
    return (digit == 1 ? "" : "\(digit)·") + "10" + String(String(exponent).compactMap { superscripts[$0] })
  }
}
