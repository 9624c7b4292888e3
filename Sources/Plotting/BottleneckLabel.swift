/// Which bottlenecks a network has, as the records write it: `2`, `2x2` (two of width 2), `inf` (the wide network of one
/// bottleneck's depth) or `inf/2` (that of two).
public struct BottleneckLabel: Hashable, Comparable, Sendable {
  /// As in the records.
  public let text: String
  /// Empty for an infinitely wide network.
  public let widths: [Int]
  /// Number of bottlenecks, or of places where one could be.
  public let count: Int

  public var isInfinite: Bool { widths.isEmpty }

  /// - Returns: nil for a text of another form.
  public init?(_ text: String) {
    self.text = text
    if text == "inf" {
      (widths, count) = ([], 1)
    } else if text.hasPrefix("inf/") {
      guard let count = Int(text.dropFirst(4)), count > 0 else { return nil }
      (widths, self.count) = ([], count)
    } else {
      let parts = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
      guard !parts.isEmpty, parts.allSatisfy({ ($0 ?? 0) > 0 }) else { return nil }
      (widths, count) = (parts.compactMap { $0 }, parts.count)
    }
  }

  /// The label of the wide network of the same depth.
  public var baseline: String { count == 1 ? "inf" : "inf/\(count)" }

  /// For readers: `2`, `2×2`, `∞`, `∞×∞`.
  public var name: String {
    (isInfinite ? Array(repeating: "∞", count: count) : widths.map(String.init)).joined(separator: "×")
  }

  /// By number of bottlenecks, then width; infinite last.
  public static func < (first: BottleneckLabel, second: BottleneckLabel) -> Bool {
    if first.count != second.count { return first.count < second.count }
    if first.isInfinite != second.isInfinite { return second.isInfinite }
    return first.widths.lexicographicallyPrecedes(second.widths)
  }
}
