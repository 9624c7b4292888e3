import Compute
import Testing

@testable import OpenCLBackend

@Suite struct TileChoiceTests {
  @Test func namesChooseTheTilesOfThatKindOfDevice() throws {
    for name in [nil, ""] as [String?] { #expect(try TileTable.chosen(name)?.group == nil) }
    #expect(try #require(try TileTable.chosen("gpu")).group > 1, "a GPU's work-items share local memory")
    #expect(try #require(try TileTable.chosen("processor")).group == 1)
  }

  @Test func anotherNameIsRefused() {
    let error = #expect(throws: ComputeError.self) { try TileTable.chosen("tpu") }
    #expect("\(String(describing: error))".contains("expected gpu or processor"))
  }
}
