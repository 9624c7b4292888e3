import BackendTestKit
import Compute
import Foundation
import JobRecords
import ReferenceBackend
import Testing
import WideKernels

/// A device of its own memory that can multiply and nothing else.
private final class ToyBackend: HostFallback, PartialJobVisitor {
  typealias Failure = ComputeError

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
  func perform(_ job: BackendJob) throws(ComputeError) { try job.visit(self) }
  func others(_ job: BackendJob) throws(ComputeError) { try performOnHost(job) }
  func gemm(_ job: GEMMJob) throws(ComputeError) {
    try memory.perform(BackendJob.gemm(job).mapTensors { operand throws(ComputeError) in try hostCopy(operand.tensor) })
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

  private static let sources = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

  /// Operations of whose name a method of a job stands in the sources of a backend.
  private static func withCode(_ backend: String) throws -> Set<String> {
    let folders = try FileManager.default.contentsOfDirectory(at: sources, includingPropertiesForKeys: nil)
    let folder = try #require(folders.first { $0.lastPathComponent.lowercased() == "\(backend)backend" })
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    let names = try files.flatMap { file in
      try String(contentsOf: file, encoding: .utf8).matches(of: /func (\w+)\(_ job: \w+Job\)/).map { String($0.1) }
    }
    return Set(names).intersection(BackendOperation.allCases.map(\.rawValue))
  }

  /// A method of another signature is not found by the compiler, and the host would compute in its place.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: sources.path), "the sources are not beside the tests"), arguments: Target.all)
  func devicesPerformWhatTheyHaveCodeFor(_ target: Target) throws {
    let withCode = try Self.withCode(target.engine.device.backend)
    #expect(withCode.count > 10, "too few methods were found for this test to mean anything")
    for one in BackendOperation.smallCases { _ = ConformanceSuite.run(one, on: target.engine) }
    let onHost = target.engine.backend.fallbacks
    #expect(withCode.isDisjoint(with: onHost), "\(onHost) on the host and not on \(target.testDescription)")
  }

  @Test func whatRanOnTheHostIsSaid() throws {
    let report = ConformanceSuite.run(on: try Engine(ToyBackend()), filter: "reduceRows sum")
    #expect(report.fallbacks == ["reduceRows"] && report.text.contains("on the host for want of a device implementation: reduceRows"))
    let (metered, recorded) = (MeteredBackend(ToyBackend()), RecordedBackend(ToyBackend()))
    for backend in [metered, recorded] as [any Backend] {
      let engine = try Engine(backend)
      _ = try engine.rows(.sum, engine.gram(engine.tensor([1, 2], rows: 2, columns: 1)))
      #expect(backend.fallbacks == ["reduceRows"])
    }
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
