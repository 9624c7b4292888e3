/// Any backend with a meter: forwards every operation, waits for its end, and adds up its time and declared work.
///
/// Results are those of the backend, bit for bit. Since the device is waited for before and after every operation, nothing runs
/// beside anything else, and a computation of many small operations takes longer.
public struct MeteredBackend: BackendWrapper {
  /// What was measured so far.
  public let meter = Meter()
  package let backend: any Backend

  public init(_ backend: any Backend) { self.backend = backend }

  public var fallbacks: [String] { backend.fallbacks }

  private func metered<Value>(
    _ operation: String, _ precision: Precision?, _ work: DeclaredWork, _ body: () throws(ComputeError) -> Value
  ) throws(ComputeError) -> Value {
    try backend.synchronize()
    let start = ContinuousClock.now
    let value = try body()
    try backend.synchronize()
    meter.add(operation, precision, seconds: (ContinuousClock.now - start) / .seconds(1), work)
    return value
  }

  public func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer {
    try metered("allocate", nil, DeclaredWork(bytes: byteCount)) { () throws(ComputeError) in try backend.allocate(byteCount: byteCount) }
  }

  public func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
    try metered("copyIn", nil, DeclaredWork(bytes: bytes.count)) { () throws(ComputeError) in
      try backend.copyIn(bytes, to: buffer, at: byteOffset)
    }
  }

  public func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError) {
    try metered("copyOut", nil, DeclaredWork(bytes: bytes.count)) { () throws(ComputeError) in
      try backend.copyOut(buffer, at: byteOffset, into: bytes)
    }
  }

  public func perform(_ job: BackendJob) throws(ComputeError) {
    try metered(job.operation.rawValue, job.precision, job.declaredWork) { () throws(ComputeError) in try backend.perform(job) }
  }
}
