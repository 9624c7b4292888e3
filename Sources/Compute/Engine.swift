import WideKernels

/// The one way to compute on a device: checks shapes, allocates results, converts numbers, then calls the backend.
///
/// A value, cheap to copy; copies share the backend and its queue. What is wrong with operands is thrown before results are
/// allocated, and every other error before anything is enqueued, save a failure of the device itself, which surfaces at the
/// next read or `synchronize`.
public struct Engine: Sendable {
  /// The device's implementation of the operations.
  public let backend: any Backend
  /// Precision of every tensor that the engine makes.
  public let precision: Precision
  /// Bytes that one operation may allocate on the device for results and temporaries.
  public let memoryBudget: Int
  /// The meter of a `MeteredBackend`; nil for any other.
  package let meter: Meter?

  /// - Parameter memoryBudget: bytes; nil takes three quarters of the device's memory, or 4 GiB where that is unknown.
  public init(_ backend: any Backend, precision: Precision = .float64, memoryBudget: Int? = nil) throws(ComputeError) {
    guard backend.device.precisions.contains(precision) else {
      throw .unsupportedPrecision(device: backend.device.name, precision: precision)
    }
    self.backend = backend
    self.precision = precision
    meter = (backend as? MeteredBackend)?.meter
    let memory = backend.device.memoryBytes
    self.memoryBudget = memoryBudget ?? (memory > 0 ? memory / 4 * 3 : 4 << 30)
  }

  /// An engine on the same device at another precision.
  public func with(precision: Precision) throws(ComputeError) -> Engine {
    try Engine(backend, precision: precision, memoryBudget: memoryBudget)
  }

  /// Name, driver and abilities of the device.
  public var device: DeviceDescription { backend.device }
  /// Waits until everything enqueued so far has run.
  public func synchronize() throws(ComputeError) { try backend.synchronize() }

  // MARK: Memory

  /// A tensor whose numbers are not yet defined.
  public func empty(batch: Int = 1, rows: Int, columns: Int) throws(ComputeError) -> Tensor {
    guard batch >= 0, rows >= 0, columns >= 0 else {
      throw .shapeMismatch(operation: "empty", expected: "sizes of at least 0", got: "[\(batch), \(rows), \(columns)]")
    }
    let bytes = Engine.product(rows, columns, batch, precision.byteCount) ?? .max
    guard bytes <= memoryBudget, bytes < .max else {
      throw .budgetTooSmall(operation: "tensor [\(batch), \(rows), \(columns)]", neededBytes: bytes, budgetBytes: memoryBudget)
    }
    let largest = device.largestAllocationBytes
    guard largest == 0 || bytes <= largest else {
      throw .outOfMemory(
        device: device.name, requestedBytes: bytes, hint: "One allocation may have at most \(largest) bytes there; take fewer points.")
    }
    // OpenCL has no empty buffers.
    let buffer = try backend.allocate(byteCount: max(bytes, 16))
    return Tensor(buffer: buffer, precision: precision, batch: batch, rows: rows, columns: columns)
  }

  /// The product of the factors; nil where that of the first few or of all does not fit an `Int`.
  static func product(_ factors: Int...) -> Int? {
    var product = 1
    for factor in factors {
      let (next, overflow) = product.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      product = next
    }
    return product
  }

  // MARK: Checks

  func require(_ condition: Bool, _ operation: String, expected: @autoclosure () -> String, got: @autoclosure () -> String)
    throws(ComputeError)
  {
    guard condition else { throw .shapeMismatch(operation: operation, expected: expected(), got: got()) }
  }

  /// Refuses operands of another precision and those that do not fit.
  ///
  /// - Parameter name: of the operation in errors; nil takes the job's.
  func requireValid(_ job: BackendJob, as name: String? = nil) throws(ComputeError) {
    try requirePrecision(name ?? job.operation.rawValue, job.operands.map(\.tensor))
    try job.check(as: name)
  }

  /// Performs a job of this engine's precision, once it is valid and if it asks for anything.
  func perform(_ job: BackendJob, as name: String? = nil) throws(ComputeError) {
    try requireValid(job, as: name)
    if !job.isEmpty { try backend.perform(job) }
  }

  /// A result that `performed` and `allocated` give memory.
  func pending(batch: Int = 1, rows: Int, columns: Int) -> Tensor {
    var tensor = Tensor(buffer: PendingMemory.shared, precision: precision, batch: batch, rows: 0, columns: columns)
    // The product of the sizes may fit no `Int`, which `empty` says.
    tensor.rows = rows
    return tensor
  }

  /// The job with memory for its pending results, once it is valid: a job that does not fit says so whatever its results would take.
  func allocated<Job: TensorJob>(_ job: Job, as name: String? = nil) throws(ComputeError) -> Job {
    try requireValid(job.backendJob, as: name)
    var job = job
    try job.mapTensors { operand throws(ComputeError) in
      let tensor = operand.tensor
      guard tensor.buffer is PendingMemory else { return tensor }
      return try empty(batch: tensor.batch, rows: tensor.rows, columns: tensor.columns)
    }
    return job
  }

  /// The job after it was performed as by `perform`, its pending results in memory of their own.
  func performed<Job: TensorJob>(_ job: Job, as name: String? = nil) throws(ComputeError) -> Job {
    let job = try allocated(job, as: name)
    if !job.isEmpty { try backend.perform(job.backendJob) }
    return job
  }

  func requirePrecision(_ operation: String, _ tensors: [Tensor?]) throws(ComputeError) {
    for case let tensor? in tensors where tensor.precision != precision {
      throw .precisionMismatch(operation: operation, expected: precision, got: tensor.precision)
    }
  }
}

/// The memory of results that are not allocated yet.
private final class PendingMemory: DeviceBuffer {
  static let shared = PendingMemory()
  let byteCount = 0
}
