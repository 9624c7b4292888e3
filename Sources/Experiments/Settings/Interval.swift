/// The values that a setting may have, from a least to a largest one. Not a number lies in none.
public struct Interval<Bound: Comparable & Sendable>: Sendable {
  private let lower: Bound
  private let upper: Bound
  private let includesLower: Bool
  private let includesUpper: Bool

  init(_ lower: Bound, _ upper: Bound, includesLower: Bool = true, includesUpper: Bool = true) {
    (self.lower, self.upper, self.includesLower, self.includesUpper) = (lower, upper, includesLower, includesUpper)
  }

  func contains(_ value: Bound) -> Bool {
    (includesLower ? value >= lower : value > lower) && (includesUpper ? value <= upper : value < upper)
  }
}

extension Interval: CustomStringConvertible {
  /// `from 2 to 1000`, `above 0 and below 1`.
  public var description: String {
    func text(_ bound: Bound) -> String {
      let text = "\(bound)"
      return bound is Double && text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
    return (includesLower ? "from " : "above ") + text(lower) + (includesUpper ? includesLower ? " to " : " up to " : " and below ")
      + text(upper)
  }
}
