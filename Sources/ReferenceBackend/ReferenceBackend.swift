import Compute
import Foundation
import WideKernels

/// Every operation as plain loops in float64: the specification that other backends are tested against.
///
/// A float32 tensor is read exactly, computed with in float64 and rounded once at the store. Sums run in the order of
/// the index. Nothing is fast and nothing is threaded; every call has ended when it returns.
public struct ReferenceBackend: Backend, JobVisitor {
  package typealias Failure = ComputeError

  public let device: DeviceDescription

  public init() {
    device = DeviceDescription(
      backend: "reference", identifier: "reference", name: "Reference (plain float64 loops)", driver: "Swift",
      precisions: Precision.allCases,
      memoryBytes: Int(clamping: ProcessInfo.processInfo.physicalMemory))
  }

  public func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer { try HostBuffer(byteCount: byteCount) }

  public func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
    guard let source = bytes.baseAddress else { return }
    try HostBuffer.of(buffer, operation: "copyIn").address.advanced(by: byteOffset).copyMemory(from: source, byteCount: bytes.count)
  }

  public func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError) {
    guard let target = bytes.baseAddress else { return }
    target.copyMemory(from: try HostBuffer.of(buffer, operation: "copyOut").address.advanced(by: byteOffset), byteCount: bytes.count)
  }

  public func synchronize() throws(ComputeError) {}

  public func perform(_ job: BackendJob) throws(ComputeError) { try job.visit(self) }
}
