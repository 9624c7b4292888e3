extension Sequence<String> {
  /// The name that was meant by one that is not among these: at most two letters, and no more than half of them, make one of the other,
  /// whatever their case. Nil where none is so near.
  package func nearest(to name: String) -> String? {
    let wanted = name.lowercased()
    return map { (name: $0, changes: Self.changes($0.lowercased(), wanted)) }
      .filter { $0.changes <= 2 && 2 * $0.changes <= wanted.count }
      .min { $0.changes < $1.changes }?.name
  }

  /// Letters to insert, leave out or change. Source: Wagner & Fischer 1974.
  private static func changes(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let change = diagonal + (letter == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = Swift.min(change, Swift.min(row[j], row[j + 1]) + 1)
      }
    }
    return row[b.count]
  }
}
