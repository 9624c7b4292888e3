/// A deep linear network by its segments, numbers of weight matrices between consecutive bottlenecks, as settings and records write
/// it: `4`, `2+2`.
package struct LinearKind: Hashable, Comparable, RecordedText, CustomStringConvertible {
  /// Weight matrices of each segment, from the input on.
  package let depths: [Int]

  package init(depths: [Int]) { self.depths = depths }

  /// - Returns: nil for a text of another form, or more than 1000 segments or layers of one.
  package init?(_ text: String) {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false)
    depths = parts.compactMap { part in Int(part).flatMap { (1...1000).contains($0) && String($0) == part ? $0 : nil } }
    guard depths.count == parts.count, parts.count <= 1000 else { return nil }
  }

  package static let expected = "names no network; expected the layers of its segments, such as 4 or 2+2"

  package var text: String { depths.map(String.init).joined(separator: "+") }
  package var description: String { text }

  /// B: the degree in the limit.
  package var degree: Int { depths.count }
  /// Weight matrices in all.
  package var layers: Int { depths.reduce(0, +) }
  /// Name for readers: `4 layers`, `2 + 2 layers`.
  package var name: String { "\(depths.map(String.init).joined(separator: " + ")) layers" }

  /// Orders by number of bottlenecks, then layers.
  package static func < (first: LinearKind, second: LinearKind) -> Bool {
    first.degree == second.degree ? first.depths.lexicographicallyPrecedes(second.depths) : first.degree < second.degree
  }
}
