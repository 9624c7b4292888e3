import Compute

/// A backend with an allocator that refuses what is larger than its room, as a device does that has less than it said.
public final class TightDevice: BackendWrapper {
  package let backend: any Backend
  private let room: Int

  public init(_ backend: any Backend, room: Int) { (self.backend, self.room) = (backend, room) }

  public func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer {
    guard byteCount <= room else { throw .outOfMemory(device: device.name, requestedBytes: byteCount, hint: "Take fewer points.") }
    return try backend.allocate(byteCount: byteCount)
  }

  public func perform(_ job: BackendJob) throws(ComputeError) { try backend.perform(job) }
}
