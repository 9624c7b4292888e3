import COpenCL
import Compute

/// Memory of one OpenCL context, returned to the backend's with its last tensor.
package final class OpenCLBuffer: DeviceBuffer {
  package let byteCount: Int
  /// The memory object, released with the buffer.
  package nonisolated(unsafe) let memory: cl_mem
  private let free: @Sendable (cl_mem) -> Void

  init(memory: cl_mem, byteCount: Int, free: @escaping @Sendable (cl_mem) -> Void) {
    self.memory = memory
    self.byteCount = byteCount
    self.free = free
  }

  deinit { free(memory) }
}
