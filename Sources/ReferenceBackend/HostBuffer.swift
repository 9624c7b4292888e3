import Compute
import Foundation

/// Memory of the reference backend.
final class HostBuffer: DeviceBuffer, @unchecked Sendable {
  // @unchecked: the pointer never changes; who writes to its memory when is the caller's order of calls.
  let byteCount: Int
  let address: UnsafeMutableRawPointer

  /// - Throws: `ComputeError.outOfMemory` where the system grants no such allocation.
  init(byteCount: Int) throws(ComputeError) {
    guard let address = malloc(max(byteCount, 1)) else {
      throw .outOfMemory(device: "reference", requestedBytes: byteCount, hint: "Close other programs or take fewer points.")
    }
    self.byteCount = byteCount
    self.address = address
  }

  deinit { free(address) }
}

/// The elements of a host tensor as float64: loads convert exactly, stores round once to the tensor's precision.
struct HostMatrix {
  private let buffer: HostBuffer
  private let tensor: Tensor

  /// - Throws: `ComputeError.deviceFailure` for a tensor of another backend.
  init(_ tensor: Tensor, operation: String) throws(ComputeError) {
    self.buffer = try HostBuffer.of(tensor.buffer, operation: operation)
    self.tensor = tensor
  }

  var batch: Int { tensor.batch }
  var rows: Int { tensor.rows }
  var columns: Int { tensor.columns }

  subscript(item: Int, row: Int, column: Int) -> Double {
    get {
      let index = tensor.offset + item * tensor.batchStride + row * tensor.rowStride + column
      return switch tensor.precision {
      case .float32: Double(buffer.address.load(fromByteOffset: 4 * index, as: Float.self))
      case .float64: buffer.address.load(fromByteOffset: 8 * index, as: Double.self)
      }
    }
    nonmutating set {
      let index = tensor.offset + item * tensor.batchStride + row * tensor.rowStride + column
      switch tensor.precision {
      case .float32: buffer.address.storeBytes(of: Float(newValue), toByteOffset: 4 * index, as: Float.self)
      case .float64: buffer.address.storeBytes(of: newValue, toByteOffset: 8 * index, as: Double.self)
      }
    }
  }
}

extension HostBuffer {
  static func of(_ buffer: any DeviceBuffer, operation: String) throws(ComputeError) -> HostBuffer {
    guard let own = buffer as? HostBuffer else {
      throw .deviceFailure(
        device: "reference", operation: operation, reason: "the tensor lies on another device; read and upload it first.")
    }
    return own
  }
}
