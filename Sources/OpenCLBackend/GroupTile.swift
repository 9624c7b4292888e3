/// What a work-group computes: m × n results, workM × workN of them per work-item, in steps of k summed elements.
struct GroupTile: Sendable, Hashable {
  var m, n, k: Int
  var workM, workN: Int

  var workItems: Int { m / workM * (n / workN) }
}
