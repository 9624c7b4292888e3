import Compute

extension Engine {
  /// `[1, 1, count]`, all 1: a sum over rows as a product.
  func ones(_ count: Int) throws(ComputeError) -> Tensor {
    let one = try tensor([1], rows: 1, columns: 1)
    let ones = try empty(rows: 1, columns: count)
    try map(.scaled(by: 1, plus: 0), [one], into: ones)
    return ones
  }

  /// `[batch, 1, columns]`, all 0; every item is the same memory.
  func repeatedZero(batch: Int, columns: Int) throws(ComputeError) -> Tensor {
    var zero = try zeros(rows: 1, columns: columns)
    zero.batch = batch
    zero.batchStride = 0
    return zero
  }

  /// The same numbers without gaps between rows.
  func contiguous(_ tensor: Tensor) throws(ComputeError) -> Tensor {
    let result = try empty(batch: tensor.batch, rows: tensor.rows, columns: tensor.columns)
    try copy(tensor, into: result)
    return result
  }

  /// Numbers per member of a vector `[members, lines, columns]`, reduced over all of it.
  func norms(_ vector: Tensor) throws(ComputeError) -> [Double] {
    let lines = try rows(.sumOfSquares, vector)
    let line = lines.reshaped(batch: vector.batch, rows: 1, columns: vector.rows)
    return try read(rows(.sum, line)).map { $0.squareRoot() }
  }

  /// `[count, 1, 1]`: one number per member.
  func perMember(_ values: [Double]) throws(ComputeError) -> Tensor { try tensor(values, batch: values.count, rows: 1, columns: 1) }
}
