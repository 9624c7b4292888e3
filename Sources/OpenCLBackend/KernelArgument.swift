import COpenCL
import Compute

/// One parameter of a kernel, or the four of a `VIEW`.
package enum KernelArgument {
  /// Memory of the device.
  case buffer(OpenCLBuffer)
  /// An integer of 32 bits.
  case int(Int)
  /// An integer of 64 bits.
  case long(Int)
  /// A number in the precision of the kernel.
  case real(Double, Precision)
  /// Base, offset, row stride and item stride of a tensor; a batch of one is shared by all items.
  case view(OpenCLBuffer, Tensor)

  /// Calls `set` with the bytes of every parameter in turn, and `check` with its result.
  func set(_ set: (Int, UnsafeRawPointer) -> cl_int, check: (cl_int) throws(ComputeError) -> Void) throws(ComputeError) {
    func value<T: BitwiseCopyable>(_ value: T) throws(ComputeError) {
      try check(withUnsafeBytes(of: value) { bytes in bytes.baseAddress.map { set(bytes.count, $0) } ?? CL_INVALID_ARG_VALUE })
    }
    func memory(_ buffer: OpenCLBuffer) throws(ComputeError) {
      var handle: cl_mem? = buffer.memory
      try check(withUnsafePointer(to: &handle) { set(MemoryLayout<cl_mem?>.size, UnsafeRawPointer($0)) })
    }
    switch self {
    case .buffer(let buffer): try memory(buffer)
    case .int(let number):
      guard let number = Int32(exactly: number) else {
        throw .unsupported(operation: "opencl", reason: "a size of \(number) is beyond 2^31; take fewer points at a time")
      }
      try value(number)
    case .long(let number): try value(Int64(number))
    case .real(let number, .float64): try value(number)
    case .real(let number, .float32): try value(Float(number))
    case .view(let buffer, let tensor):
      try memory(buffer)
      try value(Int64(tensor.offset))
      try value(Int64(tensor.rowStride))
      try value(Int64(tensor.itemStride))
    }
  }
}

extension Tensor {
  /// 0 where one item is shared by a batch.
  var itemStride: Int { batch == 1 ? 0 : batchStride }
}

extension OpenCLBackend {
  /// A view of a tensor of this device.
  package func view(_ tensor: Tensor) throws(ComputeError) -> KernelArgument { .view(try own(tensor.buffer), tensor) }
}
