import Compute
import OpenCLBackend
import Testing

@Suite struct DirectTileTests {
  private static let tables: [KernelSizes] = [
    .processor(doubleLanes: 8, floatLanes: 16, units: 2), .processor(doubleLanes: 4, floatLanes: 8, units: 64),
  ]
  private static let shapes = [
    (1, 8192, 21, 8192), (1, 4096, 64, 4096), (1, 21, 4096, 4096), (1, 2048, 2048, 1024), (8192, 8, 8, 8), (1024, 64, 64, 64),
    (128, 128, 128, 128), (2, 100, 100, 100), (40, 5, 3, 11), (1, 1, 1, 0), (1, 900, 1, 64),
  ]

  /// The rules of gemm_direct.cl, which has no checks of its own.
  @Test(arguments: tables, Precision.allCases) func tilesKeepTheKernelsRules(_ table: KernelSizes, _ precision: Precision) {
    for (batch, m, n, k) in Self.shapes {
      for operation in [GEMM(), GEMM(transposeA: true), GEMM(transposeB: true)] {
        let c = Tensor(buffer: NoBuffer(), precision: precision, batch: batch, rows: m, columns: n)
        let tile = table.directTile(operation, c, inner: k), shape: Comment = "\(batch) \(m) \(n) \(k)"
        #expect(tile.columns % (tile.vectors * tile.lanes) == 0 && tile.lanes <= table.lanes(precision), shape)
        #expect(tile.registerRows * tile.vectors <= (table.doubleLanes == 8 ? 24 : 12), shape)
        #expect(!tile.copiesA || tile.rows <= DirectTile.mostRows, shape)
        #expect(tile.copiesB || (!operation.transposeB && tile.lanes <= n), shape)
        #expect(tile.depth == 384 && tile.items >= 1 && tile.share >= 1, shape)
        let grid = tile.grid(c)
        #expect(grid[0] * tile.rows >= m && grid[1] * tile.columns >= n && grid[2] * tile.items >= batch, shape)
      }
    }
  }

  /// With at least as many work-items as compute units, and no more than it takes to share them evenly.
  @Test func largeProductsAndBatchesFillTheDevice() {
    let table = Self.tables[0]
    for (batch, m, n, k) in [(1, 8192, 21, 8192), (1, 21, 4096, 4096), (1, 1024, 1024, 1024), (1024, 64, 64, 64), (8192, 8, 8, 8)] {
      let c = Tensor(buffer: NoBuffer(), precision: .float64, batch: batch, rows: m, columns: n)
      let groups = table.directTile(GEMM(), c, inner: k).grid(c).reduce(1, *)
      #expect((8...256).contains(groups), "\(batch) \(m) \(n) \(k): \(groups)")
    }
  }
}

private final class NoBuffer: DeviceBuffer {
  let byteCount = 0
}
