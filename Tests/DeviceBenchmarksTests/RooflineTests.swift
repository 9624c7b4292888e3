import BackendCatalog
import Compute
import Testing

@Suite struct RooflineTests {
  static let probes: [any RooflineProbe] = BackendCatalog.all().compactMap { (try? $0.backend.get()) as? any RooflineProbe }

  @Test func theProcessorHasOne() { #expect(Self.probes.contains { $0.device.backend == "cpu" }) }

  @Test(arguments: probes.indices) func theLoopCountsItsMultiplyAdds(_ index: Int) throws {
    let probe = Self.probes[index]
    for precision in probe.device.precisions {
      let count = try probe.multiplyAddLoop(precision, rounds: 100)
      #expect(count >= 800)
      #expect(try probe.multiplyAddLoop(precision, rounds: 300) == 3 * count)
      try probe.synchronize()
    }
  }

  @Test(arguments: probes.indices) func theCopyIsWholeAndNoMore(_ index: Int) throws {
    let probe = Self.probes[index]
    let engine = try Engine(probe, precision: .float32)
    // Not a multiple of a part, and beyond one part.
    for count in [4, 300_004] {
      let source = try engine.normal(rows: 1, columns: count + 4, stream: RandomStream(seed: 5, name: "copied"))
      let target = try engine.zeros(rows: 1, columns: count + 4)
      try probe.streamCopy(source.buffer, to: target.buffer, byteCount: 4 * count)
      let (expected, got) = (try engine.read(source), try engine.read(target))
      #expect(got[..<count] == expected[..<count] && got[count...].allSatisfy { $0 == 0 }, "\(probe.device.identifier), \(count)")
    }
  }
}
