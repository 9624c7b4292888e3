import Compute
import ReferenceBackend
import WideKernels

/// The reference with one operation whose last number is wrong by a hundredth and a thousandth.
struct SpoiledBackend: Backend {
  let operation: String
  private let reference = ReferenceBackend()

  init(_ operation: String) { self.operation = operation }

  var device: DeviceDescription { reference.device }

  private func spoil(_ name: String, _ out: Tensor?) throws(ComputeError) {
    guard name == operation, let out else { return }
    let engine = try Engine(reference, precision: out.precision)
    let place = out.item(out.batch - 1).rows(out.rows - 1..<out.rows).columns(out.columns - 1..<out.columns)
    try engine.write([1.01 * engine.read(place)[0] + 1e-3], into: place)
  }

  func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer { try reference.allocate(byteCount: byteCount) }
  func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
    try reference.copyIn(bytes, to: buffer, at: byteOffset)
  }
  func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError) {
    try reference.copyOut(buffer, at: byteOffset, into: bytes)
  }
  func synchronize() throws(ComputeError) { try reference.synchronize() }
  func copyRows(_ job: RowCopyJob) throws(ComputeError) { try reference.copyRows(job) }
  func gemm(_ operation: GEMM, _ a: Tensor, _ b: Tensor, _ c: Tensor) throws(ComputeError) {
    try reference.gemm(operation, a, b, c)
    try spoil("gemm", c)
    // Of the products of a training step, only those of gradients are transposed so.
    if operation.transposeA { try spoil("gradient", c) }
  }
  func recursion(_ job: RecursionJob) throws(ComputeError) {
    try reference.recursion(job)
    try spoil("recursion", job.ntk)
  }
  func recursionVJP(_ job: RecursionVJPJob) throws(ComputeError) {
    try reference.recursionVJP(job)
    try spoil("recursionVJP", job.rowCotangent)
  }
  func blockKernel(_ job: BlockKernelJob) throws(ComputeError) {
    try reference.blockKernel(job)
    try spoil("blockKernel", job.nngp)
  }
  func widePass(_ job: WidePassJob) throws(ComputeError) {
    try reference.widePass(job)
    try spoil("widePass", job.jacobian ?? job.value)
  }
  func featurePass(_ job: FeaturePassJob) throws(ComputeError) {
    try reference.featurePass(job)
    try spoil("featurePass", job.jacobian ?? job.value)
  }
  func map(_ function: PointFunction, _ inputs: [Tensor], into out: Tensor) throws(ComputeError) {
    try reference.map(function, inputs, into: out)
  }
  func reduceRows(_ reduction: Reduction, _ input: Tensor, into out: Tensor) throws(ComputeError) {
    try reference.reduceRows(reduction, input, into: out)
  }
  func fillNormal(_ out: Tensor, stream: RandomStream, firstElement: Int) throws(ComputeError) {
    try reference.fillNormal(out, stream: stream, firstElement: firstElement)
  }
  func triangularSolve(_ operation: TriangularSolve, _ l: Tensor, _ b: Tensor) throws(ComputeError) {
    try reference.triangularSolve(operation, l, b)
    try spoil("triangularSolve", b)
  }
}
