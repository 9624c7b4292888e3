import COpenCL
import Compute

/// Memory of one OpenCL context. OpenCL keeps a released object until the queued commands that use it end, so letting go of
/// a temporary right after a launch is safe.
final class OpenCLBuffer: DeviceBuffer {
  let byteCount: Int
  nonisolated(unsafe) let memory: cl_mem
  private let library: OpenCLLibrary

  init(memory: cl_mem, byteCount: Int, library: OpenCLLibrary) {
    self.memory = memory
    self.byteCount = byteCount
    self.library = library
  }

  deinit { _ = library.call.clReleaseMemObject(memory) }
}
