import Compute
import OpenCLBackend
import Testing

@Suite(.needsOpenCL) struct MemoryTests {
  @Test(arguments: OpenCLTarget.all) func freedMemoryIsUsedAgain(_ target: OpenCLTarget) throws {
    let backend = target.backend
    // Large enough for large pages, and to be kept on every kind of device.
    let bytes = 5 << 20
    var first: OpenCLBuffer? = try backend.own(backend.allocate(byteCount: bytes))
    let other = try backend.own(backend.allocate(byteCount: bytes))
    let handle = try #require(first).memory
    #expect(other.memory != handle)
    first = nil
    let again = try backend.own(backend.allocate(byteCount: bytes - 100))
    #expect(again.memory == handle && again.byteCount == bytes - 100)
    #expect(try backend.own(backend.allocate(byteCount: bytes)).memory != handle)
  }

  /// A temporary is let go while commands that read it wait in the queue, and its memory is written by the next ones.
  @Test(arguments: OpenCLTarget.all) func aNextOwnerWaitsForTheLast(_ target: OpenCLTarget) throws {
    let engine = try target.engine
    let zeros = try engine.zeros(rows: 1, columns: 1 << 19)
    var copies: [Tensor] = []
    for value in 0..<20 {
      let temporary = try engine.map(.scaled(by: 1, plus: Double(value)), zeros)
      copies.append(try engine.map(.scaled(by: 2, plus: 1), temporary))
    }
    for (value, copy) in copies.enumerated() {
      #expect(try engine.read(copy).allSatisfy { $0 == Double(2 * value + 1) }, "temporary \(value)")
    }
  }
}
