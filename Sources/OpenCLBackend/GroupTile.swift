/// What a work-group computes: m × n results, workM × workN of them per work-item, in steps of k summed elements.
package struct GroupTile: Sendable, Hashable {
  /// Sizes of the part of a product that a work-group computes.
  package var m, n, k: Int
  /// Rows and columns of a work-item.
  package var workM, workN: Int

  /// Work-items of a group.
  package var workItems: Int { m / workM * (n / workN) }
}
