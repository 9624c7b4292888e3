/// A backend around another one, whose device and memory it has: what is its own is how it performs jobs.
package protocol BackendWrapper: Backend {
  /// The backend around which it is.
  var backend: any Backend { get }
}

extension BackendWrapper {
  public var device: DeviceDescription { backend.device }

  public func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer { try backend.allocate(byteCount: byteCount) }

  public func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
    try backend.copyIn(bytes, to: buffer, at: byteOffset)
  }

  public func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError) {
    try backend.copyOut(buffer, at: byteOffset, into: bytes)
  }

  public func synchronize() throws(ComputeError) { try backend.synchronize() }
}
