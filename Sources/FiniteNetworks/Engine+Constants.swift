import Compute

extension Engine {
  /// `[1, 1, count]`, all 1: a sum over rows as a product.
  package func ones(_ count: Int) throws(ComputeError) -> Tensor {
    let one = try tensor([1], rows: 1, columns: 1)
    let ones = try empty(rows: 1, columns: count)
    try map(.scaled(by: 1, plus: 0), [one], into: ones)
    return ones
  }

  /// `[1, count, count]`.
  func identity(_ count: Int) throws(ComputeError) -> Tensor {
    try tensor((0..<count * count).map { $0 / count == $0 % count ? 1 : 0 }, rows: count, columns: count)
  }

  /// `[batch, 1, columns]`, all 0; every item is the same memory.
  func repeatedZero(batch: Int, columns: Int) throws(ComputeError) -> Tensor {
    var zero = try zeros(rows: 1, columns: columns)
    zero.batch = batch
    zero.batchStride = 0
    return zero
  }

  /// Rows of the first tensor, then those of the others, `[batch, Σ rows, columns]`; all of one batch.
  func stacked(_ tensors: [Tensor]) throws -> Tensor {
    guard let first = tensors.first, tensors.count > 1 else { return try tensors.first ?? empty(rows: 0, columns: 0) }
    let result = try empty(batch: first.batch, rows: tensors.reduce(0) { $0 + $1.rows }, columns: first.columns)
    var row = 0
    for tensor in tensors {
      try copy(tensor, into: result.rows(row..<row + tensor.rows))
      row += tensor.rows
    }
    return result
  }

  /// Euclidean norm of every member of a vector `[members, lines, columns]`.
  public func norms(_ vector: Tensor) throws(ComputeError) -> [Double] {
    let lines = try rows(.sumOfSquares, vector)
    let line = lines.reshaped(batch: vector.batch, rows: 1, columns: vector.rows)
    return try read(rows(.sum, line)).map { $0.squareRoot() }
  }

  /// `[count, 1, 1]`: one number per member.
  func perMember(_ values: [Double]) throws(ComputeError) -> Tensor { try tensor(values, batch: values.count, rows: 1, columns: 1) }
}
