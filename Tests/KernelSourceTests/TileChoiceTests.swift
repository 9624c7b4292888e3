import Compute
import OpenCLBackend
import Testing

@Suite struct TileChoiceTests {
  @Test func namesChooseTheTilesOfThatKindOfDevice() throws {
    for name in [nil, ""] as [String?] { #expect(try KernelSizes.chosen(name)?.group == nil) }
    #expect(try #require(try KernelSizes.chosen("gpu")).group > 1, "a GPU's work-items share local memory")
    #expect(try #require(try KernelSizes.chosen("processor")).group == 1)
  }

  /// Work-groups of an item are as many as whole squares of tiles need, and no more where there are few tiles.
  @Test func tilesCoverTheResult() {
    for precision in Precision.allCases {
      for tile in GroupTile.blocks(precision) {
        #expect(tile.m % tile.n == 0 && tile.workItems <= 256)
        let few = tile.groups(rows: tile.m + 1, columns: tile.m + 1, lower: true)
        #expect(few == 3 * tile.m / tile.n, "the lower triangle of two by two")
        let many = tile.groups(rows: 9 * tile.m, columns: 8 * tile.m, lower: false)
        #expect(many == 12 * 8 * tile.m / tile.n, "three by two squares of four by four")
      }
    }
  }

  @Test func manyTilesAreLarge() {
    let tiles = KernelSizes.gpu(units: 100)
    func side(_ n: Int, _ precision: Precision) -> Int {
      tiles.blockTile(precision, rows: n, columns: n, batch: 1, lower: true).m
    }
    for precision in Precision.allCases { #expect(side(100, precision) == 32 && side(32768, precision) == 128) }
  }

  @Test func anotherNameIsRefused() {
    let error = #expect(throws: ComputeError.self) { try KernelSizes.chosen("tpu") }
    #expect("\(String(describing: error))".contains("expected gpu or processor"))
  }
}
