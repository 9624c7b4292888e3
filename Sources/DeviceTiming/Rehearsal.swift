import Compute
import Synchronization

/// A device that performs nothing and notes what it is asked for. Numbers that are read are 0.
final class Rehearsal: Backend {
  private final class Memory: DeviceBuffer {
    let byteCount: Int
    init(_ byteCount: Int) { self.byteCount = byteCount }
  }

  let device: DeviceDescription
  private let noted = Mutex<[Work]>([])

  private init(_ device: DeviceDescription) { self.device = device }

  /// What `body` asks of an engine that is like `engine` in all but that it performs nothing.
  ///
  /// - Parameter prepare: makes on that engine what the body needs; what that asks for does not count.
  static func work<Ready>(
    like engine: Engine, preparing prepare: (Engine) throws -> Ready, _ body: (Engine, Ready) throws -> Void
  ) throws -> [Work] {
    let rehearsal = Rehearsal(engine.device)
    let idle = try Engine(rehearsal, precision: engine.precision, memoryBudget: engine.memoryBudget)
    let ready = try prepare(idle)
    rehearsal.noted.withLock { $0 = [] }
    try body(idle, ready)
    return rehearsal.noted.withLock { $0 }
  }

  private func note(_ work: Work) { noted.withLock { $0.append(work) } }

  private func note(_ kind: WorkKind, bytes: Int) { note(Work(kind, .float64, size: Double(bytes))) }

  func allocate(byteCount: Int) -> any DeviceBuffer {
    note(.allocation, bytes: byteCount)
    return Memory(byteCount)
  }

  func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) { note(.upload, bytes: bytes.count) }

  func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) {
    note(.download, bytes: bytes.count)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  func synchronize() {}
  func perform(_ job: BackendJob) { note(Work(job)) }
}
