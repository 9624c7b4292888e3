import Compute

/// Tiles of gemm_tiled.cl: entries of C, in steps of the inner index.
extension GroupTile {
  /// Tiles that cover an output.
  func count(rows: Int, columns: Int) -> Int { ((rows + m - 1) / m) * ((columns + n - 1) / n) }

  /// Outputs by how many tiles they have for each compute unit of the device.
  package enum SizeClass: String, Sendable, CaseIterable { case large, medium, small }

  /// Tiles of at most 128 registers of 32 bits for each of 256 work-items, so that two groups fit a compute unit: 64 sums of float32, 32 of
  /// float64. Blocks take 9 to 25 KB, of the 32 KB of local memory that every device has.
  package static func standard(_ sizeClass: SizeClass, _ precision: Precision) -> GroupTile {
    switch (sizeClass, precision) {
    case (.large, .float32): GroupTile(m: 128, n: 128, k: 8, workM: 8, workN: 8)
    case (.large, .float64): GroupTile(m: 128, n: 64, k: 8, workM: 8, workN: 4)
    case (.medium, .float32): GroupTile(m: 64, n: 64, k: 16, workM: 4, workN: 4)
    case (.medium, .float64): GroupTile(m: 64, n: 64, k: 8, workM: 4, workN: 4)
    case (.small, .float32): GroupTile(m: 32, n: 32, k: 16, workM: 4, workN: 4)
    case (.small, .float64): GroupTile(m: 32, n: 32, k: 8, workM: 4, workN: 4)
    }
  }

  /// The largest class that gives every compute unit work and of whose tiles at least half lies inside an item's output.
  ///
  /// - Parameter units: compute units of the device.
  package static func sizeClass(_ precision: Precision, rows: Int, columns: Int, batch: Int, units: Int) -> SizeClass {
    func fits(_ sizeClass: SizeClass, halfTilesPerUnit: Int) -> Bool {
      let tile = standard(sizeClass, precision)
      let count = tile.count(rows: rows, columns: columns)
      return 2 * rows * columns >= count * tile.m * tile.n && 2 * count * batch >= halfTilesPerUnit * units
    }
    // Two groups share a unit: with fewer than three for two units, one waits for another that has its unit to itself.
    if fits(.large, halfTilesPerUnit: 3) { return .large }
    return fits(.medium, halfTilesPerUnit: 2) ? .medium : .small
  }
}
