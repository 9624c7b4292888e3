/// A number of bytes or of numbers whose sums and products end at the largest `Int` instead of trapping: sizes that come from settings
/// are multiplied before anybody knows whether they make sense. Never negative.
public struct Size: Sendable, Comparable, ExpressibleByIntegerLiteral {
  /// The size, at least 0; `Int.max` stands for everything from there on.
  public let value: Int

  public init(_ value: Int) { self.value = max(value, 0) }
  public init(integerLiteral value: Int) { self.init(value) }
  /// Rounded up; what is no number is the largest.
  public init(estimate: Double) { self.init(Int(saturating: estimate.rounded(.up))) }

  public static func < (a: Size, b: Size) -> Bool { a.value < b.value }

  public static func + (a: Size, b: Size) -> Size {
    let (sum, overflows) = a.value.addingReportingOverflow(b.value)
    return overflows ? .largest : Size(sum)
  }
  public static func * (a: Size, b: Size) -> Size {
    let (product, overflows) = a.value.multipliedReportingOverflow(by: b.value)
    return overflows ? .largest : Size(product)
  }
  public static func * (a: Size, b: Int) -> Size { a * Size(b) }
  public static func / (a: Size, b: Int) -> Size { Size(a.value / max(b, 1)) }
  /// What is left, 0 where nothing is.
  public static func - (a: Size, b: Size) -> Size { a.value >= b.value ? Size(a.value - b.value) : 0 }
  public static func += (a: inout Size, b: Size) { a = a + b }

  /// The largest size, where sums and products end.
  public static let largest = Size(Int.max)
  /// Product of the factors; one below 0 counts as 0.
  public static func product(_ factors: [Int]) -> Size { factors.reduce(1) { $0 * Size($1) } }
  /// Sum of the sizes.
  public static func sum(_ sizes: some Sequence<Size>) -> Size { sizes.reduce(0, +) }
}

extension Int {
  /// Rounds towards zero, to the last integer beyond their range. What is no number is the largest: a size that is unknown.
  public init(saturating value: Double) {
    self = value.isNaN ? .max : Int(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
  }
}
