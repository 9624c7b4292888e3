import WideKernels

/// A device as a user sees it.
public struct DeviceDescription: Sendable, Codable, Equatable {
  /// The backend's name: reference, cpu or opencl.
  public var backend: String
  /// What `--device` takes, such as `cpu` or `opencl:0`.
  public var identifier: String
  /// The name that the driver or processor gives.
  public var name: String
  /// The driver or instruction set, with its version.
  public var driver: String
  /// The precisions that it computes in.
  public var precisions: [Precision]
  /// Bytes of memory, 0 where unknown.
  public var memoryBytes: Int
  /// The largest single allocation in bytes, 0 where unknown.
  public var largestAllocationBytes: Int
  /// Whether the device is anything but a processor.
  public var isGPU: Bool
  /// Digest of measured sizes of kernels that stand in place of the device's own (`MeasuredSizes`); nil where there are none.
  public var tiles: String?

  public init(
    backend: String, identifier: String, name: String, driver: String, precisions: [Precision], memoryBytes: Int = 0,
    largestAllocationBytes: Int = 0, isGPU: Bool = false
  ) {
    (self.backend, self.identifier, self.name, self.driver) = (backend, identifier, name, driver)
    (self.memoryBytes, self.largestAllocationBytes) = (memoryBytes, largestAllocationBytes)
    (self.precisions, self.isGPU) = (precisions, isGPU)
  }
}

/// The memory and the operations of one device, below `Engine`, which alone calls them.
///
/// Contract: jobs are already valid (`BackendJob.check` passes, they are not empty, buffers are the backend's own, precisions the device's,
/// an output overlaps no input but where the job says so). Bits of a result do not depend on what else a call computes, where
/// Documentation/numerics.md, "Neighbours", says so. Commands take effect in the order of the calls. A call may return before its
/// work is done; a device failure may surface at the next copy or `synchronize`, never silently. Callable from any thread. Memory is
/// required; `HostFallback` performs on the host what a backend has no code of its own for, and says so in `fallbacks`.
public protocol Backend: Sendable {
  /// The device as a user sees it.
  var device: DeviceDescription { get }
  /// Operations that ran on the host because the backend has none of its own.
  var fallbacks: [String] { get }

  /// Allocates memory on the device, with any content.
  func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer
  /// Copies bytes of the host to the device; they may change when it returns.
  func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError)
  /// Copies bytes of the device to the host, after the commands before it.
  func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError)
  /// Waits until everything before it has run; a failure of the device surfaces here.
  func synchronize() throws(ComputeError)

  /// Performs one job.
  func perform(_ job: BackendJob) throws(ComputeError)
}

extension Backend {
  /// Names of operations that ran on the host for want of code of the backend's own.
  public var fallbacks: [String] { [] }
}
