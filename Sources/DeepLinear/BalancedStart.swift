import Compute
import Foundation
import LinearAlgebra
import Matrices

extension DeepLinearFlow {
  /// A state whose product is `w` and whose factors are balanced, W_{j+1}ᵀ W_{j+1} = W_j W_jᵀ: with w = U s Vᵀ and R_j random
  /// orthonormal columns, W_j = R_j (s / scale)^(1/B) R_{j−1}ᵀ, R_0 = V, R_B = U.
  ///
  /// - Parameter w: `[outputs, inputs]`, of at most the rank that the smallest width allows.
  /// - Throws: `FactorisationError`; `DeepLinearError.invalid` where `w` has another shape or too high a rank.
  public func balancedState(_ w: Matrix, stream: RandomStream) throws -> [Double] {
    guard w.rows == widths[widths.count - 1], w.columns == widths[0] else {
      throw DeepLinearError.invalid(
        setting: "product of the factors", expected: "[\(widths[widths.count - 1]), \(widths[0])]", got: "[\(w.rows), \(w.columns)]")
    }
    let svd = try singularValues(w.values, rows: w.rows, columns: w.columns)
    let rank = svd.values.count { $0 > 1e-14 * svd.values[0] }
    guard let narrowest = widths.min(), rank <= narrowest else {
      throw DeepLinearError.invalid(setting: "product of the factors", expected: "a rank that every width holds", got: "rank \(rank)")
    }
    // Rows are the orthonormal columns of R_j.
    func first(_ count: Int, _ width: Int, _ entry: (Int, Int) -> Double) -> Matrix {
      Matrix(rows: count, columns: width, values: (0..<count).flatMap { mode in (0..<width).map { entry(mode, $0) } })
    }
    var frames = [first(rank, w.columns) { svd.right[$0 * w.columns + $1] }]
    for (index, width) in widths.dropFirst().dropLast().enumerated() {
      frames.append(orthonormalRows(rank, width, stream.child("frame/\(index)")))
    }
    frames.append(first(rank, w.rows) { svd.left[$1 * w.rows + $0] })
    let roots = svd.values.prefix(rank).map { pow($0 / scale, 1 / Double(rates.count)) }
    return state(
      zip(frames, frames.dropFirst()).map { lower, upper in
        var scaled = upper
        for mode in 0..<rank { for column in 0..<upper.columns { scaled[mode, column] *= roots[mode] } }
        return scaled.transposedTimes(lower)
      })
  }
}

/// `count` orthonormal rows of `width` ≥ `count` numbers, by Gram and Schmidt's process, twice, on normals.
private func orthonormalRows(_ count: Int, _ width: Int, _ stream: RandomStream) -> Matrix {
  var rows: [[Double]] = []
  for index in 0..<count {
    var row = stream.normals(width, from: index * width)
    for _ in 0..<2 {
      for other in rows {
        let overlap = zip(row, other).reduce(0) { $0 + $1.0 * $1.1 }
        for k in row.indices { row[k] -= overlap * other[k] }
      }
    }
    let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
    rows.append(row.map { $0 / norm })
  }
  return Matrix(rows: count, columns: width, values: rows.flatMap(\.self))
}
