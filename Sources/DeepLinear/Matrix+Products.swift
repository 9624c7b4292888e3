import Matrices

/// Products of small matrices on the host.
extension Matrix {
  /// A · B.
  func times(_ other: Matrix) -> Matrix {
    precondition(columns == other.rows, "[\(rows), \(columns)] times [\(other.rows), \(other.columns)]")
    var product = Matrix(zeros: rows, other.columns)
    for i in 0..<rows {
      for k in 0..<columns {
        let a = values[i * columns + k]
        for j in 0..<other.columns { product.values[i * other.columns + j] += a * other.values[k * other.columns + j] }
      }
    }
    return product
  }

  /// A · Bᵀ.
  func timesTransposed(_ other: Matrix) -> Matrix {
    precondition(columns == other.columns, "[\(rows), \(columns)] times the transpose of [\(other.rows), \(other.columns)]")
    var product = Matrix(zeros: rows, other.rows)
    for i in 0..<rows {
      for j in 0..<other.rows {
        var sum = 0.0
        for k in 0..<columns { sum += values[i * columns + k] * other.values[j * columns + k] }
        product.values[i * other.rows + j] = sum
      }
    }
    return product
  }

  /// Aᵀ · B.
  func transposedTimes(_ other: Matrix) -> Matrix {
    precondition(rows == other.rows, "the transpose of [\(rows), \(columns)] times [\(other.rows), \(other.columns)]")
    var product = Matrix(zeros: columns, other.columns)
    for k in 0..<rows {
      for i in 0..<columns {
        let a = values[k * columns + i]
        for j in 0..<other.columns { product.values[i * other.columns + j] += a * other.values[k * other.columns + j] }
      }
    }
    return product
  }
}
