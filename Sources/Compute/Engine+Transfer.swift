/// A backend whose buffers lie in the memory of the host.
public protocol HostMemoryBackend: Backend {
  /// The memory of a buffer, for as long as the buffer lives; waits for the commands before it.
  func hostBytes(of buffer: any DeviceBuffer) throws(ComputeError) -> UnsafeRawBufferPointer
}

/// Numbers between the host and the device.
extension Engine {
  /// Uploads numbers in row-major order.
  public func tensor(_ values: [Double], batch: Int = 1, rows: Int, columns: Int) throws(ComputeError) -> Tensor {
    if let count = Engine.product(rows, columns, batch), count != values.count {
      throw .shapeMismatch(
        operation: "tensor", expected: "\(count) numbers for [\(batch), \(rows), \(columns)]", got: "\(values.count)")
    }
    let result = try empty(batch: batch, rows: rows, columns: columns)
    try write(values, into: result)
    return result
  }

  /// Uploads a matrix by parts, so that the host never holds a second copy of all of its numbers.
  ///
  /// - Parameter part: the numbers of some rows, `[range.count, columns]`; called for ranges that follow each other.
  public func tensor(rows: Int, columns: Int, _ part: (Range<Int>) throws -> [Double]) throws -> Tensor {
    let result = try empty(rows: rows, columns: columns)
    let step = max(1, Self.convertedAtOnce / 8 / max(1, columns))
    for first in stride(from: 0, to: rows, by: step) {
      let range = first..<min(first + step, rows)
      try write(part(range), into: result.rows(range))
    }
    return result
  }

  /// Overwrites a view with numbers in row-major order; waits until the host array is no longer needed.
  public func write(_ values: [Double], into tensor: Tensor) throws(ComputeError) {
    guard values.count == tensor.count else {
      throw .shapeMismatch(operation: "write", expected: "\(tensor.count) numbers for \(tensor.shapeText)", got: "\(values.count)")
    }
    try values.withUnsafeBufferPointer { (values) throws(ComputeError) in
      var first = 0
      for run in tensor.runs(atMost: tensor.precision == .float64 ? .max : Self.convertedAtOnce) {
        let part = UnsafeBufferPointer(rebasing: values[first..<first + run.count])
        first += run.count
        switch tensor.precision {
        case .float64: try backend.copyIn(UnsafeRawBufferPointer(part), to: tensor.buffer, at: 8 * run.start)
        case .float32:
          let rounded = [Float](unsafeUninitializedCapacity: part.count) { buffer, count in
            for index in 0..<part.count { buffer[index] = Float(part[index]) }
            count = part.count
          }
          try rounded.withUnsafeBufferPointer { (rounded) throws(ComputeError) in
            try backend.copyIn(UnsafeRawBufferPointer(rounded), to: tensor.buffer, at: 4 * run.start)
          }
        }
      }
    }
  }

  /// The numbers of a view in row-major order; waits for the commands before it.
  public func read(_ tensor: Tensor) throws(ComputeError) -> [Double] {
    var failure: ComputeError?
    let values = [Double](unsafeUninitializedCapacity: tensor.count) { buffer, count in
      do throws(ComputeError) {
        try read(tensor, into: UnsafeMutableBufferPointer(rebasing: buffer[..<tensor.count]))
        count = tensor.count
      } catch { failure = error }
    }
    if let failure { throw failure }
    return values
  }

  private func read(_ tensor: Tensor, into values: UnsafeMutableBufferPointer<Double>) throws(ComputeError) {
    var staging: [Float] = []
    var first = 0
    for run in tensor.runs(atMost: tensor.precision == .float64 ? .max : Self.convertedAtOnce) {
      let part = UnsafeMutableBufferPointer(rebasing: values[first..<first + run.count])
      first += run.count
      switch tensor.precision {
      case .float64: try backend.copyOut(tensor.buffer, at: 8 * run.start, into: UnsafeMutableRawBufferPointer(part))
      case .float32:
        if staging.count < run.count { staging = [Float](repeating: 0, count: run.count) }
        try staging.withUnsafeMutableBufferPointer { (staging) throws(ComputeError) in
          let staged = UnsafeMutableBufferPointer(rebasing: staging[..<run.count])
          try backend.copyOut(tensor.buffer, at: 4 * run.start, into: UnsafeMutableRawBufferPointer(staged))
          for index in 0..<run.count { part[index] = Double(staged[index]) }
        }
      }
    }
  }

  /// Calls `body` with the rows of a matrix as they lie in memory, some at a time and in order; waits for the commands before it.
  ///
  /// Nothing is copied where the device computes in the host's memory and the rows follow each other. The pointer is valid during
  /// the call.
  ///
  /// - Parameters:
  ///   - tensor: `[1, rows, columns]`.
  ///   - byteCount: of the rows of one call at most, or one row: few enough to stay in a cache from one look to the next.
  ///   - body: takes a range of rows and their numbers `[range.count, columns]` in the tensor's precision.
  public func forEachRows(
    of tensor: Tensor, byteCount: Int = 1 << 21, _ body: (Range<Int>, UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try require(tensor.batch == 1, "forEachRows", expected: "one matrix", got: tensor.shapeText)
    guard tensor.count > 0 else { return }
    let rowBytes = tensor.columns * tensor.precision.byteCount
    let step = min(max(1, byteCount / rowBytes), tensor.rows)
    let parts = stride(from: 0, to: tensor.rows, by: step).map { $0..<min($0 + step, tensor.rows) }
    if let host = backend as? any HostMemoryBackend, tensor.isContiguous {
      let bytes = try host.hostBytes(of: tensor.buffer).dropFirst(tensor.offset * tensor.precision.byteCount)
      for rows in parts {
        let start = bytes.startIndex + rows.lowerBound * rowBytes
        try body(rows, UnsafeRawBufferPointer(rebasing: bytes[start..<start + rows.count * rowBytes]))
      }
      return withExtendedLifetime(tensor.buffer) {}
    }
    let staging = UnsafeMutableRawBufferPointer.allocate(byteCount: step * rowBytes, alignment: HostPages.alignment)
    defer { staging.deallocate() }
    for rows in parts {
      var first = 0
      for run in tensor.rows(rows).runs(atMost: .max) {
        let bytes = run.count * tensor.precision.byteCount
        let part = UnsafeMutableRawBufferPointer(rebasing: staging[first..<first + bytes])
        try backend.copyOut(tensor.buffer, at: run.start * tensor.precision.byteCount, into: part)
        first += bytes
      }
      try body(rows, UnsafeRawBufferPointer(rebasing: staging[..<first]))
    }
  }

  /// Numbers between two precisions that go by way of the host at a time: a second copy of all of them is never made.
  private static var convertedAtOnce: Int { 1 << 20 }
}

extension Tensor {
  /// Elements that follow each other in memory, from the start of the buffer, in row-major order: all of a contiguous tensor, or
  /// those of a row, cut into parts of at most `limit`.
  fileprivate func runs(atMost limit: Int) -> [(start: Int, count: Int)] {
    guard count > 0 else { return [] }
    let length = isContiguous ? count : columns
    let starts =
      isContiguous ? [offset] : (0..<batch).flatMap { item in (0..<rows).map { offset + item * batchStride + $0 * rowStride } }
    guard length > limit else { return starts.map { ($0, length) } }
    return starts.flatMap { start in stride(from: 0, to: length, by: limit).map { (start + $0, min(limit, length - $0)) } }
  }
}
