import Compute

/// What a work-group of block_kernel computes: m × n pairs, workM × workN of them per work-item, in steps of k coordinates.
///
/// m is a multiple of n. Local memory holds 2 k (m + n) numbers and some padding: at most 27 KB here, of the 32 KB that every device has.
struct BlockTile: Sendable, Equatable {
  var m: Int
  var n: Int
  var k: Int
  var workM: Int
  var workN: Int

  /// Tiles from large to small. 64 sums per work-item need 16 numbers of local memory a step; in float64 they would not leave registers
  /// enough, so half as many.
  static func all(_ precision: Precision) -> [BlockTile] {
    let most =
      switch precision {
      case .float32: BlockTile(m: 128, n: 128, k: 8, workM: 8, workN: 8)
      case .float64: BlockTile(m: 128, n: 64, k: 8, workM: 8, workN: 4)
      }
    return [most, BlockTile(m: 64, n: 64, k: 8, workM: 4, workN: 4), BlockTile(m: 32, n: 32, k: 8, workM: 4, workN: 4)]
  }

  var workItems: Int { m / workM * (n / workN) }

  /// Side, in rows of tiles, of the squares in which tiles follow each other: few tiles are one square each.
  func band(rows: Int) -> Int { rows > 4 * m ? 4 : 1 }

  /// Work-groups of an item, those included that have nothing to do.
  func groups(rows: Int, columns: Int, lower: Bool) -> Int {
    let band = band(rows: rows)
    let side = band * m
    let (down, across) = ((rows + side - 1) / side, (columns + side - 1) / side)
    return (lower ? down * (down + 1) / 2 : down * across) * band * band * (m / n)
  }
}

extension KernelSizes {
  /// The largest tile of which there are two work-groups for each compute unit, else the smallest. Every sum runs in order whatever the
  /// tile, so that it changes no bit.
  func blockTile(_ precision: Precision, rows: Int, columns: Int, batch: Int, lower: Bool) -> BlockTile {
    let choices = BlockTile.all(precision)
    return choices.first {
      2 * batch * $0.groups(rows: rows, columns: columns, lower: lower) * $0.workItems >= parallelism
    } ?? choices[choices.count - 1]
  }
}
