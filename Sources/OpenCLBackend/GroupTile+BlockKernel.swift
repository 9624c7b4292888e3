import Compute

/// Tiles of block_kernel.cl: pairs of points, in steps of their coordinates.
///
/// m is a multiple of n. Local memory holds 2 k (m + n) numbers and some padding: at most 27 KB here, of the 32 KB that every device has.
extension GroupTile {
  /// Tiles of pairs from large to small. 64 sums per work-item need 16 numbers of local memory a step; in float64 they would not leave
  /// registers enough, so half as many.
  package static func blocks(_ precision: Precision) -> [GroupTile] {
    let most =
      switch precision {
      case .float32: GroupTile(m: 128, n: 128, k: 8, workM: 8, workN: 8)
      case .float64: GroupTile(m: 128, n: 64, k: 8, workM: 8, workN: 4)
      }
    return [most, GroupTile(m: 64, n: 64, k: 8, workM: 4, workN: 4), GroupTile(m: 32, n: 32, k: 8, workM: 4, workN: 4)]
  }

  /// Side, in rows of tiles, of the squares in which tiles follow each other: few tiles are one square each.
  func band(rows: Int) -> Int { rows > 4 * m ? 4 : 1 }

  /// Work-groups of an item, those included that have nothing to do.
  package func groups(rows: Int, columns: Int, lower: Bool) -> Int {
    let band = band(rows: rows)
    let side = band * m
    let (down, across) = ((rows + side - 1) / side, (columns + side - 1) / side)
    return (lower ? down * (down + 1) / 2 : down * across) * band * band * (m / n)
  }
}

extension KernelSizes {
  /// The largest tile of which there are two work-groups for each compute unit, else the smallest. Every sum runs in order whatever the
  /// tile, so that it changes no bit.
  package func blockTile(_ precision: Precision, rows: Int, columns: Int, batch: Int, lower: Bool) -> GroupTile {
    let choices = GroupTile.blocks(precision)
    return choices.first {
      2 * batch * $0.groups(rows: rows, columns: columns, lower: lower) * $0.workItems >= parallelism
    } ?? choices[choices.count - 1]
  }
}
