import Compute
import Foundation
import Synchronization

/// Any backend, of whose jobs a file is written: each with the bits that it read and those that it wrote.
///
/// Results are those of the backend, bit for bit: a job is performed as it came, between two readings. It hides what else the backend
/// can do (memory of the host, rows of a kernel as they are completed, sizes to tune): those are other ways to the same numbers, and all
/// jobs then pass here. While it records, jobs wait for each other.
public final class RecordedBackend: BackendWrapper {
  private struct State {
    var writer: JobRecordWriter?
    var ended: (@Sendable (Result<JobRecordEnd, any Error>) -> Void)?
  }

  package let backend: any Backend
  private let state = Mutex(State())

  public init(_ backend: any Backend) { self.backend = backend }

  public var fallbacks: [String] { backend.fallbacks }

  /// Records all jobs from now on.
  ///
  /// - Parameters:
  ///   - limit: of the file in bytes; the record ends before the first job that does not fit.
  ///   - ended: told how the record ended, once; with the fault where it cannot be written and is given up.
  /// - Throws: where the file cannot be made.
  public func begin(_ url: URL, limit: Int, ended: @escaping @Sendable (Result<JobRecordEnd, any Error>) -> Void) throws {
    let device = backend.device
    try state.withLock { state in
      state.writer = try JobRecordWriter(url, limit: limit, device: device)
      state.ended = ended
    }
  }

  /// Ends the record, if it has not ended, and puts the file in its place.
  public func end(_ reason: JobRecordEnd.Reason) { state.withLock { finish(&$0, reason) } }

  /// Ends the record from another thread than the one that computes: where a job takes longer than `seconds` the record is lost.
  public func end(_ reason: JobRecordEnd.Reason, within seconds: Double) {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while state.withLockIfAvailable({ finish(&$0, reason) }) == nil {
      guard ContinuousClock.now < deadline else { return }
      usleep(10_000)
    }
  }

  private func finish(_ state: inout State, _ reason: JobRecordEnd.Reason, message: String? = nil) {
    guard let writer = state.writer, let ended = state.ended else { return }
    (state.writer, state.ended) = (nil, nil)
    ended(Result { try writer.finish(reason, message: message) })
  }

  /// A record that cannot be written is not worth a run.
  private func giveUp(_ state: inout State, _ error: any Error) {
    let ended = state.ended
    (state.writer, state.ended) = (nil, nil)
    ended?(.failure(error))
  }

  // MARK: Backend

  public func perform(_ job: BackendJob) throws(ComputeError) {
    let failure = state.withLock { state -> ComputeError? in
      do throws(ComputeError) {
        guard let writer = begin(job, &state) else {
          try backend.perform(job)
          return nil
        }
        let result = Result { () throws(ComputeError) in
          try backend.perform(job)
          try backend.synchronize()
        }
        complete(job, writer, result, &state)
        try result.get()
        return nil
      } catch { return error }
    }
    if let failure { throw failure }
  }

  /// Writes the job and what it reads.
  ///
  /// - Returns: nil where nothing is recorded (any more).
  private func begin(_ job: BackendJob, _ state: inout State) -> JobRecordWriter? {
    guard let writer = state.writer else { return nil }
    do {
      let description = JobDescription(job)
      let tensors = description.tensors
      let byteCount = tensors.reduce(0) { $0 + $1.bytesBefore + $1.bytesAfter }
      let line = try JobRecordFormat.line(.job, byteCount: byteCount, description)
      guard writer.hasRoom(line, byteCount: byteCount) else {
        finish(&state, .limit)
        return nil
      }
      try writer.beginJob(line)
      for (operand, tensor) in zip(job.operands, tensors) where tensor.bytesBefore > 0 {
        try store(operand.tensor, tensor) { try writer.append($0) }
      }
      return writer
    } catch {
      giveUp(&state, error)
      return nil
    }
  }

  /// Writes the results; where the device failed, bytes that are no numbers, and the end of the record.
  private func complete(_ job: BackendJob, _ writer: JobRecordWriter, _ result: Result<Void, ComputeError>, _ state: inout State) {
    do {
      for (operand, tensor) in zip(job.operands, job.tensorDescriptions) where tensor.bytesAfter > 0 {
        if case .success = result {
          try store(operand.tensor, tensor) { try writer.append($0) }
        } else {
          for first in stride(from: 0, to: tensor.bytesAfter, by: Self.chunk) {
            try writer.append([UInt8](repeating: 0xff, count: min(Self.chunk, tensor.bytesAfter - first)))
          }
        }
      }
      try writer.endJob()
    } catch {
      return giveUp(&state, error)
    }
    if case .failure(let error) = result { finish(&state, .failure, message: "\(error)") }
  }

  private static let chunk = 1 << 20

  /// Hands on the bits of a tensor as they are stored, some at a time.
  private func store(_ tensor: Tensor, _ description: TensorDescription, _ write: ([UInt8]) throws -> Void) throws {
    let size = description.precision.byteCount
    let isDense = tensor.isContiguous
    let lines = isDense ? 1 : description.storedItems * description.storedRows
    let length = isDense ? description.storedBytes : description.storedColumns * size
    for line in 0..<lines {
      let (item, row) = (line / max(description.storedRows, 1), line % max(description.storedRows, 1))
      let start = (tensor.offset + item * tensor.batchStride + row * tensor.rowStride) * size
      for first in stride(from: 0, to: length, by: Self.chunk) {
        var bytes = [UInt8](repeating: 0, count: min(Self.chunk, length - first))
        try bytes.withUnsafeMutableBytes { try backend.copyOut(tensor.buffer, at: start + first, into: $0) }
        try write(bytes)
      }
    }
  }
}

extension BackendJob {
  var tensorDescriptions: [TensorDescription] {
    let operands = operands
    return operands.enumerated().map { index, operand in
      let same = operands.indices.first { $0 < index && operands[$0].role == .input && operands[$0].tensor.isSameView(as: operand.tensor) }
      return TensorDescription(operand, same: same)
    }
  }
}

extension Tensor {
  fileprivate func isSameView(as other: Tensor) -> Bool {
    buffer === other.buffer && precision == other.precision && offset == other.offset && shape == other.shape
      && rowStride == other.rowStride && batchStride == other.batchStride
  }
}
