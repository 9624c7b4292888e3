import Foundation

/// A mark of an axis with its label.
package struct Tick: Equatable {
  let value: Double
  /// Text at the tick; empty for a tick without text.
  package let label: FigureText
}

/// Places and labels of ticks. Every axis has two with a label, or is left to gnuplot.
enum AxisTicks {
  /// Given values with text, as far as they have room.
  static func at(_ values: [Double], _ axis: AxisFit) -> [Tick] {
    var last = -1.0
    return values.filter(axis.range.contains).sorted().map { value in
      let place = axis.fraction(of: value), hasText = place - last >= 0.08
      if hasText { last = place }
      return Tick(value: value, label: hasText ? FigureText(number: value) : "")
    }
  }

  /// Decades with text, thinned to at most seven; 2, …, 9 between them without text, or 2 and 5 with text on a short axis. An axis on which
  /// these leave fewer than two labels has evenly spaced ones.
  static func logarithmic(_ range: ClosedRange<Double>) -> [Tick]? {
    let decades = log10(range.upperBound) - log10(range.lowerBound)
    guard let first = Int(exactly: log10(range.lowerBound).rounded(.down)), let last = Int(exactly: log10(range.upperBound).rounded(.up)),
      let stride = Int(exactly: max(1, (decades / 7).rounded(.up)))
    else { return nil }
    let all = (first...last).flatMap { exponent in (1...9).map { (digit: $0, exponent: exponent) } }.filter {
      ($0.digit == 1 || stride == 1) && range.contains(value($0.digit, $0.exponent))
    }
    // As few as say enough: those of whole decades, of 2 and 5 too, or all.
    func count(_ digits: Set<Int>) -> Int { all.count { isLabelled($0, digits) } }
    func isLabelled(_ tick: (digit: Int, exponent: Int), _ digits: Set<Int>) -> Bool {
      digits.contains(tick.digit) && (digits.count > 1 || tick.exponent % stride == 0)
    }
    let decadesAlone: Set = [1], fives: Set = [1, 2, 5]
    let choices = decades < 1.5 ? [fives, Set(1...9)] : [decadesAlone, fives]
    guard let digits = choices.first(where: { count($0) >= 2 }) else { return linear(range) }
    // Powers on the whole axis where one number would be long.
    let isPlain = all.allSatisfy { !isLabelled($0, digits) || (-3...3).contains($0.exponent) }
    return all.map { tick in
      let label = !isLabelled(tick, digits) ? "" : isPlain ? plain(tick.digit, tick.exponent) : power(tick.digit, tick.exponent)
      return Tick(value: value(tick.digit, tick.exponent), label: label)
    }
  }

  private static func value(_ digit: Int, _ exponent: Int) -> Double { Double(digit) * pow(10, Double(exponent)) }

  private static func plain(_ digit: Int, _ exponent: Int) -> FigureText {
    FigureText(String(format: "%.\(max(-exponent, 0))f", value(digit, exponent)))
  }

  /// `2·10^−5`.
  private static func power(_ digit: Int, _ exponent: Int) -> FigureText {
    "\(digit == 1 ? "" : "\(digit)·")10\(raised: String(exponent).withMinusSigns)"
  }

  /// Multiples of 1, 2 or 5 powers of ten, four to eight of them; nil where float64 hardly tells them apart.
  static func linear(_ range: ClosedRange<Double>) -> [Tick]? {
    let length = range.upperBound - range.lowerBound, size = max(abs(range.lowerBound), abs(range.upperBound))
    guard length > 1e-9 * size, length > 1e-200, size < 1e200 else { return nil }
    let power = pow(10, log10(length / 6).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { length / $0 <= 7 } ?? 10 * power
    let first = (range.lowerBound / step).rounded(.up), last = (range.upperBound / step).rounded(.down)
    guard last - first >= 1, last - first < 20 else { return nil }
    // Plainly where the digits are few, else as a multiple of a power of ten.
    let isPlain = step >= 1e-4 && size < 1e6, digits = max(0, Int(-log10(step).rounded(.down)))
    return Swift.stride(from: first, through: last, by: 1).map { multiple in
      let value = multiple * step
      let plain = FigureText(String(format: "%.\(digits)f", multiple == 0 ? 0 : value).withMinusSigns)
      return Tick(value: value, label: isPlain ? plain : FigureText(number: multiple == 0 ? 0 : value))
    }
  }
}
