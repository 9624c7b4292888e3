import Compute
import Matrices

extension Lockstep {
  /// F of runs that are active at the further points of the first block, `[furtherCount, outputs]`; empty where it has none.
  ///
  /// - Parameter wanted: runs whose start has g_0 there.
  public func furtherOutputs(of wanted: Set<Int>) throws -> [Int: Matrix] {
    guard let kernel = first.tangentFurther else { return [:] }
    var results: [Int: Matrix] = [:], column = 0
    for group in groups {
      let columns = column..<column + group.columns
      column = columns.upperBound
      guard group.members.contains(where: wanted.contains) else { continue }
      let start = try engine.stacked(group.members.map { try engine.tensor(runs[$0].start.further) })
      let change = try kernel.product(coefficients.columns(columns)).columnGroups(width: group.width)
      let outputs = try group.outputs(from: engine.map(.difference, start, engine.copied(change)))
      guard let last = try outputs.last.map({ try engine.matrices($0) }) else { continue }
      for (member, values) in zip(group.members, last) where wanted.contains(member) { results[member] = values }
    }
    return results
  }
}
