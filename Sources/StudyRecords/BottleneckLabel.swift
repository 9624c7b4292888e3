/// Which bottlenecks a network has, as settings and records write it: `2`, `2x2` (two of width 2), `inf` (the wide network of one
/// bottleneck's depth) or `inf/2` (that of two).
package struct BottleneckLabel: Hashable, Comparable, RecordedText, CustomStringConvertible {
  /// Widths from the input on; empty for an infinitely wide network.
  package let widths: [Int]
  /// Number of bottlenecks, or of places where one could be.
  package let count: Int

  /// Far beyond what any experiment can train.
  private static let most = 1000

  package init(widths: [Int]) { (self.widths, count) = (widths, max(widths.count, 1)) }

  /// The network without bottlenecks that chains of `count` are compared with, which has the same blocks' layers.
  package init(infinite count: Int) { (widths, self.count) = ([], max(count, 1)) }

  /// - Returns: nil for a text of another form, or more than 1000 bottlenecks.
  package init?(_ text: String) {
    func number(_ digits: Substring) -> Int? { Int(digits).flatMap { $0 > 0 && String($0) == digits ? $0 : nil } }
    let parts = text.split(separator: "x", omittingEmptySubsequences: false), widths = parts.compactMap(number)
    if text == "inf" {
      self.init(infinite: 1)
    } else if text.hasPrefix("inf/"), let count = number(text.dropFirst(4)), count <= Self.most {
      self.init(infinite: count)
    } else if widths.count == parts.count, parts.count <= Self.most {
      self.init(widths: widths)
    } else {
      return nil
    }
  }

  package static let expected =
    "names no bottlenecks; expected widths such as 2 or 2x2, inf or inf/2, at most \(most) of them"

  /// Whether no bottleneck is finite.
  package var isInfinite: Bool { widths.isEmpty }

  package var text: String { isInfinite ? count == 1 ? "inf" : "inf/\(count)" : widths.map(String.init).joined(separator: "x") }
  package var description: String { text }

  /// The wide network of the same depth.
  package var baseline: BottleneckLabel { BottleneckLabel(infinite: count) }

  /// The label for readers: `2`, `2×2`, `∞`, `∞×∞`.
  package var name: String {
    (isInfinite ? Array(repeating: "∞", count: count) : widths.map(String.init)).joined(separator: "×")
  }

  /// Orders by number of bottlenecks, then width; infinite last.
  package static func < (first: BottleneckLabel, second: BottleneckLabel) -> Bool {
    if first.count != second.count { return first.count < second.count }
    if first.isInfinite != second.isInfinite { return second.isInfinite }
    return first.widths.lexicographicallyPrecedes(second.widths)
  }
}
