/// What a work-group computes: m × n results, workM × workN of them per work-item, in steps of k summed elements.
package struct GroupTile: Sendable, Hashable {
  package var m, n, k: Int
  package var workM, workN: Int

  package var workItems: Int { m / workM * (n / workN) }
}
