import Compute

/// A backend with an allocator that refuses what is larger than its room, as a device does that has less than it said.
final class TightDevice: Backend {
  let room: Int
  private let backend: any Backend

  init(_ backend: any Backend, room: Int) { (self.backend, self.room) = (backend, room) }

  var device: DeviceDescription { backend.device }

  func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer {
    guard byteCount <= room else { throw .outOfMemory(device: device.name, requestedBytes: byteCount, hint: "Take fewer points.") }
    return try backend.allocate(byteCount: byteCount)
  }

  func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
    try backend.copyIn(bytes, to: buffer, at: byteOffset)
  }
  func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError) {
    try backend.copyOut(buffer, at: byteOffset, into: bytes)
  }
  func synchronize() throws(ComputeError) { try backend.synchronize() }
  func gemm(_ operation: GEMM, _ a: Tensor, _ b: Tensor, _ c: Tensor) throws(ComputeError) { try backend.gemm(operation, a, b, c) }
  func recursion(_ job: RecursionJob) throws(ComputeError) { try backend.recursion(job) }
  func recursionVJP(_ job: RecursionVJPJob) throws(ComputeError) { try backend.recursionVJP(job) }
  func blockKernel(_ job: BlockKernelJob) throws(ComputeError) { try backend.blockKernel(job) }
  func widePass(_ job: WidePassJob) throws(ComputeError) { try backend.widePass(job) }
  func featurePass(_ job: FeaturePassJob) throws(ComputeError) { try backend.featurePass(job) }
  func map(_ function: PointFunction, _ inputs: [Tensor], into out: Tensor) throws(ComputeError) {
    try backend.map(function, inputs, into: out)
  }
  func reduceRows(_ reduction: Reduction, _ input: Tensor, into out: Tensor) throws(ComputeError) {
    try backend.reduceRows(reduction, input, into: out)
  }
  func fillNormal(_ out: Tensor, stream: RandomStream, firstElement: Int) throws(ComputeError) {
    try backend.fillNormal(out, stream: stream, firstElement: firstElement)
  }
  func copyRows(_ job: RowCopyJob) throws(ComputeError) { try backend.copyRows(job) }
  func triangularSolve(_ operation: TriangularSolve, _ l: Tensor, _ b: Tensor) throws(ComputeError) {
    try backend.triangularSolve(operation, l, b)
  }
}
