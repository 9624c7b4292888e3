import Compute
import OpenCLBackend
import Testing

@Suite struct GEMMTileTests {
  /// On 132 compute units, those of the device that the tiles are made for.
  @Test func tilesFillTheDeviceAndTheirOutput() {
    func size(_ rows: Int, _ columns: Int, batch: Int = 1) -> GroupTile.SizeClass {
      GroupTile.sizeClass(.float32, rows: rows, columns: columns, batch: batch, units: 132)
    }
    #expect(size(4096, 4096) == .large)
    #expect(size(1024, 1024) == .medium, "64 large tiles would leave half of the units idle")
    #expect(size(300, 300) == .small)
    #expect(size(128, 128, batch: 1000) == .large, "items fill the device together")
    #expect(size(40, 40, batch: 1000) == .small, "most of a larger tile would lie outside")
  }

  @Test(arguments: GroupTile.SizeClass.allCases, Precision.allCases)
  func standardTilesKeepTheKernelsRules(_ sizeClass: GroupTile.SizeClass, _ precision: Precision) {
    let tile = GroupTile.standard(sizeClass, precision), piece = 16 / precision.byteCount
    let (groupM, groupN) = (tile.m / tile.workM, tile.n / tile.workN)
    #expect([tile.k, tile.workM, tile.workN].allSatisfy { $0 % piece == 0 } && groupM % 4 == 0 && groupN % 8 == 0)
    #expect(groupM * tile.workM == tile.m && groupN * tile.workN == tile.n && tile.workItems <= 256)
    #expect(2 * tile.k * (tile.m + tile.n + 2 * piece) * precision.byteCount <= 32 << 10, "local memory")
    #expect(tile.workM * tile.workN * precision.byteCount <= 256, "registers of sums")
  }
}
