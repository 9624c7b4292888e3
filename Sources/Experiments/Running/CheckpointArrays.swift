import Compute
import Matrices
import Results

extension CheckpointArray {
  init(_ matrix: Matrix) { self.init(shape: [matrix.rows, matrix.columns], matrix.values) }

  /// The numbers of a tensor, read from its device.
  init(_ tensor: Tensor, on engine: Engine) throws { self.init(shape: tensor.extents, try engine.read(tensor)) }
}

extension Checkpoint {
  /// - Parameter shape: rows and columns.
  func matrix(_ name: String, shape: [Int]) throws -> Matrix {
    Matrix(rows: shape[0], columns: shape[1], values: try values(name, shape: shape))
  }

  /// - Parameter shape: as `Tensor.extents`.
  func tensor(_ name: String, shape: [Int], on engine: Engine) throws -> Tensor {
    try engine.tensor(values(name, shape: shape), batch: shape[0], rows: shape[1], columns: shape[2])
  }
}

extension Tensor {
  /// Items, rows and columns, as checkpoints keep them.
  var extents: [Int] { [batch, rows, columns] }
}

extension RunStore {
  func writeArray(_ name: String, _ matrix: Matrix) throws {
    try writeArray(name, shape: [matrix.rows, matrix.columns], matrix.values)
  }
}
