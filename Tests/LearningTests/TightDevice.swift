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
  func perform(_ job: BackendJob) throws(ComputeError) { try backend.perform(job) }
}
