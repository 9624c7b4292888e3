import Compute
import Synchronization

/// A backend that begins complete: what it has no code of its own for runs on the host by `ReferenceBackend`.
///
/// Memory and `synchronize` are required. A backend that has operations of its own is a `PartialJobVisitor` with a method for each (or
/// switches itself) and leaves the others to `performOnHost`: slow, but never silent, for it is noted in `fallbackLog` and so appears in
/// `fallbacks`.
public protocol HostFallback: Backend {
  /// The record of what ran on the host.
  var fallbackLog: FallbackLog { get }
}

/// The operations that have run on the host for want of a device implementation, each once, in order of first use.
public final class FallbackLog: Sendable {
  private let names = Mutex<[String]>([])

  public init() {}

  /// Names of the operations that ran on the host, each once.
  public var operations: [String] { names.withLock { $0 } }

  /// Adds an operation that ran on the host.
  public func note(_ operation: String) {
    names.withLock { if !$0.contains(operation) { $0.append(operation) } }
  }
}

extension HostFallback {
  public var fallbacks: [String] { fallbackLog.operations }

  public func perform(_ job: BackendJob) throws(ComputeError) { try performOnHost(job) }

  /// Copies what the job reads to the host, performs it there and copies the results back.
  public func performOnHost(_ job: BackendJob) throws(ComputeError) {
    fallbackLog.note(job.operation.rawValue)
    let reference = ReferenceBackend()
    let device = try Engine(self, precision: job.precision)
    let copy = try job.mapTensors { operand throws(ComputeError) in
      let tensor = operand.tensor
      let host = try Engine(reference, precision: tensor.precision, memoryBudget: .max)
      let copy = try host.empty(batch: tensor.batch, rows: tensor.rows, columns: tensor.columns)
      if operand.role.isRead { try host.write(device.read(tensor), into: copy) }
      return copy
    }
    try reference.perform(copy)
    let host = try Engine(reference, precision: job.precision)
    for (result, target) in zip(copy.operands, job.operands) where target.role.isWritten {
      try device.write(host.read(result.tensor), into: target.tensor)
    }
  }
}
