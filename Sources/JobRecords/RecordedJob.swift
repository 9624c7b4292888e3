import Compute
import Foundation

/// One job of a record: what it was, the bits that it read and those that the recording device wrote.
public struct RecordedJob: Sendable {
  /// The operation of the job.
  public let operation: BackendOperation
  /// 1 for the first of the record.
  public let number: Int
  private let parameters: [String: String]
  private let tensors: [TensorDescription]
  private let bytes: [UInt8]
  private let path: String

  /// - Throws: `JobRecordError.invalid` for a description that cannot be what was recorded.
  init(_ description: JobDescription, bytes: [UInt8], number: Int, path: String, fileBytes: Int) throws(JobRecordError) {
    (operation, parameters, tensors) = (description.operation, description.parameters, description.tensors)
    (self.bytes, self.number, self.path) = (bytes, number, path)
    guard Set(tensors.map(\.name)).count == tensors.count else { throw invalid("two tensors have one name") }
    for (index, tensor) in tensors.enumerated() {
      let fault = tensor.fault(among: Array(tensors[..<index]), fileBytes: fileBytes)
      if let fault { throw invalid(fault) }
      guard !tensor.role.isWritten || tensor.same == nil || operation == .map else { throw invalid("a result lies on an input") }
    }
    guard tensors.reduce(0, { $0 + $1.bytesBefore + $1.bytesAfter }) == bytes.count else {
      throw invalid("its tensors have another size than its numbers")
    }
  }

  /// The precisions of its tensors.
  public var precisions: Set<Precision> { Set(tensors.map(\.precision)) }

  private func invalid(_ reason: String) -> JobRecordError { .invalid(path: path, part: number, reason: reason) }

  /// The job on a backend: tensors allocated, inputs uploaded, results not-a-number. Valid: it can be performed.
  ///
  /// - Throws: `JobRecordError.invalid` for what no job is; `ComputeError` where the backend has no room.
  public func job(on backend: any Backend) throws -> BackendJob {
    var made: [String: Tensor] = [:]
    var placed: [Tensor] = []
    var first = 0
    for description in tensors {
      let engine = try Engine(backend, precision: description.precision)
      var tensor: Tensor
      if let same = description.same {
        tensor = placed[same]
      } else {
        let place = description.placed
        tensor = try engine.empty(rows: 1, columns: place.count)
        (tensor.offset, tensor.rowStride, tensor.batchStride) = (place.offset, place.rowStride, place.batchStride)
        (tensor.batch, tensor.rows, tensor.columns) = (description.batch, description.rows, description.columns)
        let count = description.bytesBefore
        // What is not written stays not-a-number.
        let blank = count == 0 ? [UInt8](repeating: 0xff, count: description.storedBytes) : []
        try upload(count == 0 ? blank[...] : bytes[first..<first + count], description, tensor, backend)
        first += count
      }
      placed.append(tensor)
      made[description.name] = tensor
    }
    do {
      let job = try BackendJob(operation, JobParts(operation, parameters: parameters, tensors: made))
      let operands = job.operands
      guard operands.map(\.name) == tensors.map(\.name), operands.map(\.role) == tensors.map(\.role), !job.isEmpty else {
        throw invalid("its tensors are not those of \(operation.rawValue)")
      }
      try job.check()
      return job
    } catch let error as ComputeError {
      throw invalid("\(error)")
    }
  }

  private func upload(_ bytes: ArraySlice<UInt8>, _ description: TensorDescription, _ tensor: Tensor, _ backend: any Backend) throws {
    let size = description.precision.byteCount
    let length = description.storedColumns * size
    guard length > 0 else { return }
    try bytes.withUnsafeBytes { bytes in
      if tensor.isContiguous { return try backend.copyIn(bytes, to: tensor.buffer, at: tensor.offset * size) }
      for line in 0..<description.storedItems * description.storedRows {
        let (item, row) = (line / description.storedRows, line % description.storedRows)
        let part = UnsafeRawBufferPointer(rebasing: bytes[line * length..<(line + 1) * length])
        try backend.copyIn(part, to: tensor.buffer, at: (tensor.offset + item * tensor.batchStride + row * tensor.rowStride) * size)
      }
    }
  }

  /// What the recording device wrote, by the names of the results: numbers in row-major order.
  public var results: [String: [Double]] {
    var results: [String: [Double]] = [:]
    var first = tensors.reduce(0) { $0 + $1.bytesBefore }
    for description in tensors where description.role.isWritten {
      let range = first..<first + description.bytesAfter
      first = range.upperBound
      results[description.name] = bytes[range].withUnsafeBytes { bytes in
        switch description.precision {
        case .float32:
          stride(from: 0, to: bytes.count, by: 4).map { Double(bytes.loadUnaligned(fromByteOffset: $0, as: Float.self)) }
        case .float64: stride(from: 0, to: bytes.count, by: 8).map { bytes.loadUnaligned(fromByteOffset: $0, as: Double.self) }
        }
      }
    }
    return results
  }
}
