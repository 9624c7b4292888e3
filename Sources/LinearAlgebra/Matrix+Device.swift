import Compute
import Matrices

extension Engine {
  /// Uploads a host matrix at this engine's precision, `[1, rows, columns]`.
  public func tensor(_ matrix: Matrix) throws(ComputeError) -> Tensor {
    try tensor(matrix.values, rows: matrix.rows, columns: matrix.columns)
  }

  /// Downloads item 0 of a tensor.
  public func matrix(_ tensor: Tensor) throws(ComputeError) -> Matrix {
    Matrix(rows: tensor.rows, columns: tensor.columns, values: try read(tensor.item(0)))
  }

  /// Downloads every item of a batch.
  public func matrices(_ tensor: Tensor) throws(ComputeError) -> [Matrix] {
    let values = try read(tensor)
    let size = tensor.rows * tensor.columns
    return (0..<tensor.batch).map { item in
      Matrix(rows: tensor.rows, columns: tensor.columns, values: Array(values[item * size..<(item + 1) * size]))
    }
  }
}
