import Foundation

/// Numbers from one to another, written as short as they are: steps in decimal arithmetic, others to twelve digits.
enum SweepRange {
  struct Fault: Error { let reason: String }

  static let keys = ["from", "to", "step", "count", "spacing"]

  /// - Parameter parts: texts by the keys.
  static func values(_ parts: [String: String]) throws(Fault) -> [String] {
    let from = try number("from", parts), to = try number("to", parts)
    switch (parts["step"], parts["count"]) {
    case (_?, nil):
      guard parts["spacing"] == nil else { throw Fault(reason: "'spacing' goes with 'count'; leave it out beside 'step'.") }
      return try stepped(from, to, by: number("step", parts))
    case (nil, let text?):
      guard let count = Int(text), 2...SweepFile.mostRuns ~= count else {
        throw Fault(reason: "'count': expected a number from 2 to \(SweepFile.mostRuns), got '\(text.prefix(60))'.")
      }
      return try spaced(from, to, count, spacing: parts["spacing"] ?? "linear")
    default: throw Fault(reason: "expected either 'step' or 'count' beside 'from' and 'to'.")
    }
  }

  private static func number(_ key: String, _ parts: [String: String]) throws(Fault) -> Decimal {
    guard let text = parts[key] else {
      throw Fault(reason: "'\(key)' is missing; expected {from, to, step} or {from, to, count, spacing}.")
    }
    guard text.wholeMatch(of: /[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]{1,2})?/) != nil,
      let value = Decimal(string: text, locale: Locale(identifier: "en_US_POSIX"))
    else { throw Fault(reason: "'\(key)': expected a number such as 64, 0.25 or 1e-3, got '\(text.prefix(60))'.") }
    return value
  }

  private static func stepped(_ from: Decimal, _ to: Decimal, by step: Decimal) throws(Fault) -> [String] {
    guard step != 0, from == to || (to > from) == (step > 0) else {
      throw Fault(reason: "'step': expected one that leads from \(from) to \(to), got \(step).")
    }
    let steps = double((to - from) / step)
    guard steps < Double(SweepFile.mostRuns) else {
      throw Fault(reason: "from \(from) to \(to) by \(step) are more than \(SweepFile.mostRuns) values.")
    }
    return (0...Int(steps)).map { "\(from + Decimal($0) * step)" }
  }

  private static func spaced(_ from: Decimal, _ to: Decimal, _ count: Int, spacing: String) throws(Fault) -> [String] {
    let (first, last) = (double(from), double(to))
    let inner: (Double) -> Double
    switch spacing {
    case "linear": inner = { first + (last - first) * $0 }
    case "log":
      guard from > 0, to > 0 else { throw Fault(reason: "'spacing: log' needs numbers above 0, got \(from) and \(to).") }
      inner = { first * pow(last / first, $0) }
    default: throw Fault(reason: "'spacing': expected log or linear, got '\(spacing.prefix(60))'.")
    }
    return (0..<count).map { place in
      if place == 0 { return "\(from)" }
      if place == count - 1 { return "\(to)" }
      return String(format: "%.12g", inner(Double(place) / Double(count - 1)))
    }
  }

  private static func double(_ value: Decimal) -> Double { NSDecimalNumber(decimal: value).doubleValue }
}
