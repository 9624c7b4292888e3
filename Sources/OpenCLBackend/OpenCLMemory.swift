import COpenCL
import Compute

/// Allocates buffers of one context and keeps some of what was freed.
///
/// Letting go of a temporary right after a launch is safe: the one queue takes commands in order, so the next owner's come after the
/// last one's; and a released object lives until the queued commands that use it end.
final class OpenCLMemory: Sendable {
  /// Processors compute in the host's memory, which is then asked for in large pages.
  private let isHost: Bool
  private let device: DeviceDescription
  private let library: OpenCLLibrary
  nonisolated(unsafe) private let context: cl_context
  private let freed: FreedBlocks<Block>

  private struct Block: @unchecked Sendable {
    var memory: cl_mem
  }

  init(context: cl_context, device: DeviceDescription, library: OpenCLLibrary) {
    self.context = context
    self.device = device
    self.library = library
    isHost = !device.isGPU
    let known = device.memoryBytes > 0 ? device.memoryBytes : 1 << 34
    // On processors the allocator of the C library is as good for small blocks; drivers of GPUs allocate slowly.
    freed = FreedBlocks(limit: known / 16, smallest: isHost ? 1 << 16 : 0) { _ = library.call.clReleaseMemObject($0.memory) }
  }

  func allocate(_ byteCount: Int) throws(ComputeError) -> OpenCLBuffer {
    var capacity = freed.capacity(byteCount)
    if device.largestAllocationBytes > 0, capacity > device.largestAllocationBytes { capacity = byteCount }
    if let block = freed.take(capacity: capacity) { return buffer(block.memory, byteCount, capacity) }
    do throws(ComputeError) {
      return buffer(try create(capacity), byteCount, capacity)
    } catch {
      guard case .outOfMemory = error, releaseFreed() else { throw error }
      return buffer(try create(capacity), byteCount, capacity)
    }
  }

  /// A buffer that holds these numbers from the start, without waiting for the queue.
  func allocate(_ values: [Int32]) throws(ComputeError) -> OpenCLBuffer {
    var values = values
    let byteCount = values.count * MemoryLayout<Int32>.stride
    let flags = cl_mem_flags(CL_MEM_READ_ONLY | CL_MEM_COPY_HOST_PTR)
    var status: cl_int = 0
    let memory = values.withUnsafeMutableBytes { library.call.clCreateBuffer(context, flags, byteCount, $0.baseAddress, &status) }
    let created = try checked(memory, status, byteCount)
    return OpenCLBuffer(memory: created, byteCount: byteCount) { [library] in _ = library.call.clReleaseMemObject($0) }
  }

  /// Gives what is kept back to the device.
  ///
  /// - Returns: whether there was any.
  func releaseFreed() -> Bool { freed.releaseAll() }

  private func buffer(_ memory: cl_mem, _ byteCount: Int, _ capacity: Int) -> OpenCLBuffer {
    OpenCLBuffer(memory: memory, byteCount: byteCount) { [freed] in freed.give(Block(memory: $0), capacity: capacity) }
  }

  private func create(_ byteCount: Int) throws(ComputeError) -> cl_mem {
    var status: cl_int = 0
    guard isHost, byteCount >= HostPages.large, let pages = HostPages.allocate(byteCount) else {
      return try checked(
        library.call.clCreateBuffer(context, cl_mem_flags(CL_MEM_READ_WRITE), byteCount, nil, &status), status, byteCount)
    }
    let flags = cl_mem_flags(CL_MEM_READ_WRITE | CL_MEM_USE_HOST_PTR)
    let memory = library.call.clCreateBuffer(context, flags, byteCount, pages, &status)
    guard let memory, status == CL_SUCCESS else {
      HostPages.free(pages)
      return try checked(memory, status, byteCount)
    }
    status = library.call.clSetMemObjectDestructorCallback(memory, { _, pages in HostPages.free(pages) }, pages)
    try check(status, device: device.name, "clSetMemObjectDestructorCallback")
    return memory
  }

  private func checked(_ memory: cl_mem?, _ status: cl_int, _ byteCount: Int) throws(ComputeError) -> cl_mem {
    try check(status, device: device.name, "clCreateBuffer", bytes: byteCount, takesMemory: true)
    guard let memory else { throw .deviceFailure(device: device.name, operation: "clCreateBuffer", reason: "no buffer") }
    return memory
  }
}
