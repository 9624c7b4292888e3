import BackendTestKit
import Compute
import ReferenceBackend
import Testing
import WideKernels

/// A device of its own memory that can multiply and nothing else.
private final class ToyBackend: HostFallback {
  final class Buffer: DeviceBuffer {
    let hostCopy: any DeviceBuffer
    init(_ hostCopy: any DeviceBuffer) { self.hostCopy = hostCopy }
    var byteCount: Int { hostCopy.byteCount }
  }

  let device = DeviceDescription(backend: "toy", identifier: "toy", name: "Toy", driver: "", precisions: Precision.allCases)
  let fallbackLog = FallbackLog()
  private let memory = ReferenceBackend()

  private func hostCopy(_ buffer: any DeviceBuffer) throws(ComputeError) -> any DeviceBuffer {
    guard let own = buffer as? Buffer else {
      throw .deviceFailure(device: "toy", operation: "memory", reason: "the tensor lies on another device")
    }
    return own.hostCopy
  }
  private func hostCopy(_ tensor: Tensor) throws(ComputeError) -> Tensor {
    var copy = tensor
    copy.buffer = try hostCopy(tensor.buffer)
    return copy
  }

  func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer { Buffer(try memory.allocate(byteCount: byteCount)) }
  func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
    try memory.copyIn(bytes, to: hostCopy(buffer), at: byteOffset)
  }
  func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError) {
    try memory.copyOut(hostCopy(buffer), at: byteOffset, into: bytes)
  }
  func synchronize() throws(ComputeError) {}
  func perform(_ job: BackendJob) throws(ComputeError) {
    guard case .gemm = job else { return try performOnHost(job) }
    try memory.perform(job.mapTensors { operand throws(ComputeError) in try hostCopy(operand.tensor) })
  }
}

@Suite struct HostFallbackTests {
  @Test(arguments: Precision.allCases)
  func aBackendOfMemoryAndGemmIsComplete(precision: Precision) throws {
    let toy = ToyBackend()
    #expect(toy.fallbacks.isEmpty)
    let engine = try Engine(toy, precision: precision)
    for conformanceCase in ConformanceSuite.cases(filter: " b1 ") + ConformanceSuite.cases(filter: "strided") {
      // Enough of every operation; the loops of the reference itself are covered elsewhere.
      if conformanceCase.seed % 3 != 0 { continue }
      let result = ConformanceSuite.run(conformanceCase, on: engine)
      #expect(result.passed, "\(result.failures) \(result.repro)")
    }
    let others = BackendOperation.allCases.map(\.rawValue).filter { $0 != "gemm" }
    #expect(toy.fallbacks.sorted() == others.sorted(), "every operation is noted once")
  }

  @Test func theReferenceRefusesTensorsOfAnotherDevice() throws {
    let foreign = try Engine(ToyBackend()).zeros(rows: 2, columns: 2)
    let reference = try Engine(ReferenceBackend())
    #expect(throws: ComputeError.self) { try reference.read(foreign) }
    #expect(throws: ComputeError.self) { try reference.map(.square, foreign) }
  }

  @Test func aHopelessAllocationIsATypedError() {
    #expect(throws: ComputeError.self) { try ReferenceBackend().allocate(byteCount: 1 << 62) }
  }
}
