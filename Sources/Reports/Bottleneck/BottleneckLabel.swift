import Results

/// Which bottlenecks a network has, as the records write it: `2`, `2x2` (two of width 2), `inf` (the wide network of one
/// bottleneck's depth) or `inf/2` (that of two).
public struct BottleneckLabel: Hashable, Comparable, Sendable {
  /// The label as in the records.
  public let text: String
  /// Widths from the input on; empty for an infinitely wide network.
  public let widths: [Int]
  /// Number of bottlenecks, or of places where one could be.
  public let count: Int

  /// Whether no bottleneck is finite.
  public var isInfinite: Bool { widths.isEmpty }

  /// Far beyond what any experiment can train.
  static let mostBottlenecks = 1000

  /// - Returns: nil for a text of another form, or more than 1000 bottlenecks.
  public init?(_ text: String) {
    func number(_ digits: Substring) -> Int? { Int(digits).flatMap { $0 > 0 && String($0) == digits ? $0 : nil } }
    self.text = text
    if text == "inf" {
      (widths, count) = ([], 1)
    } else if text.hasPrefix("inf/") {
      guard let count = number(text.dropFirst(4)), count <= BottleneckLabel.mostBottlenecks else { return nil }
      (widths, self.count) = ([], count)
    } else {
      let parts = text.split(separator: "x", omittingEmptySubsequences: false)
      widths = parts.compactMap(number)
      guard widths.count == parts.count, parts.count <= BottleneckLabel.mostBottlenecks else { return nil }
      count = parts.count
    }
  }

  /// The label in a record.
  ///
  /// - Throws: `RecordFault` for a text of another form.
  init(recorded text: String) throws(RecordFault) {
    guard let label = BottleneckLabel(text) else {
      throw RecordFault(
        "'\(text)' names no bottlenecks; expected widths such as 2 or 2x2, inf or inf/2, at most \(BottleneckLabel.mostBottlenecks) of them"
      )
    }
    self = label
  }

  /// The label of the wide network of the same depth.
  public var baseline: String { count == 1 ? "inf" : "inf/\(count)" }

  /// The label for readers: `2`, `2×2`, `∞`, `∞×∞`.
  public var name: String {
    (isInfinite ? Array(repeating: "∞", count: count) : widths.map(String.init)).joined(separator: "×")
  }

  /// Orders by number of bottlenecks, then width; infinite last.
  public static func < (first: BottleneckLabel, second: BottleneckLabel) -> Bool {
    if first.count != second.count { return first.count < second.count }
    if first.isInfinite != second.isInfinite { return second.isInfinite }
    return first.widths.lexicographicallyPrecedes(second.widths)
  }
}
