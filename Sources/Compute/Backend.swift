import WideKernels

/// A device as a user sees it.
public struct DeviceDescription: Sendable, Codable, Equatable {
  /// The backend's name: reference, cpu or opencl.
  public var backend: String
  /// What `--device` takes, such as `cpu` or `opencl:0`.
  public var identifier: String
  public var name: String
  public var driver: String
  public var precisions: [Precision]
  /// Bytes of memory, 0 where unknown.
  public var memoryBytes: Int
  /// The largest single allocation in bytes, 0 where unknown.
  public var largestAllocationBytes: Int
  public var isGPU: Bool
  /// Digest of measured sizes of kernels that stand in place of the device's own (`TileValues`); nil where there are none.
  public var tiles: String?

  public init(
    backend: String, identifier: String, name: String, driver: String, precisions: [Precision], memoryBytes: Int = 0,
    largestAllocationBytes: Int = 0, isGPU: Bool = false
  ) {
    self.backend = backend
    self.identifier = identifier
    self.name = name
    self.driver = driver
    self.precisions = precisions
    self.memoryBytes = memoryBytes
    self.largestAllocationBytes = largestAllocationBytes
    self.isGPU = isGPU
  }
}

/// The operations of one device, below `Engine`, which alone calls them.
///
/// Contract: arguments are already valid (shapes agree, indices exist, buffers are the backend's own, all tensors of a call have
/// one precision, in `copyRows` two, that the device supports, an output overlaps no input). Commands take effect in the order of the calls. A
/// call may return before its work is done; a device failure may surface at the next copy or `synchronize`, never
/// silently. Callable from any thread. Memory and `gemm` are required; `ReferenceBackend` supplies the rest on the host
/// for a backend that imports it, and says so in `fallbacks`.
public protocol Backend: Sendable {
  var device: DeviceDescription { get }
  /// Operations that ran on the host because the backend has none of its own.
  var fallbacks: [String] { get }

  func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer
  func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError)
  /// Waits for the commands before it.
  func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError)
  func synchronize() throws(ComputeError)

  /// The one operation whose tensors may have two precisions.
  func copyRows(_ job: RowCopyJob) throws(ComputeError)
  func gemm(_ operation: GEMM, _ a: Tensor, _ b: Tensor, _ c: Tensor) throws(ComputeError)
  func recursion(_ job: RecursionJob) throws(ComputeError)
  func recursionVJP(_ job: RecursionVJPJob) throws(ComputeError)
  func blockKernel(_ job: BlockKernelJob) throws(ComputeError)
  func widePass(_ job: WidePassJob) throws(ComputeError)
  func featurePass(_ job: FeaturePassJob) throws(ComputeError)
  /// `inputs` have the shape of `out`, or 1 in any of its sizes, which is repeated; `out` may be one of the inputs.
  func map(_ function: PointFunction, _ inputs: [Tensor], into out: Tensor) throws(ComputeError)
  /// `[batch, rows, columns]` to `[batch, rows, 1]`.
  func reduceRows(_ reduction: Reduction, _ input: Tensor, into out: Tensor) throws(ComputeError)
  /// Element e (row-major over the shape) of `out`, which is contiguous, becomes normal number `firstElement + e` of the stream.
  func fillNormal(_ out: Tensor, stream: RandomStream, firstElement: Int) throws(ComputeError)
  /// `l` `[batch, R, R]` (or batch 1, shared), `b` `[batch, R, m]` in place.
  func triangularSolve(_ operation: TriangularSolve, _ l: Tensor, _ b: Tensor) throws(ComputeError)
}

extension Backend {
  public var fallbacks: [String] { [] }
}
