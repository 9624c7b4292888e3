import Compute
import Matrices

/// Where each training point was when the basis last looked at it, and how far from the span.
///
/// p is Lipschitz in the kernel's own distance: |p(ξ) − p(ξ′)| ≤ √(K(ξ,ξ) + K(ξ′,ξ′) − 2K(ξ,ξ′)).
struct ShownPoints {
  /// `[1, points, width]`.
  private var positions: Tensor
  /// p at that position; infinite where never shown.
  private var distances: [Double]
  /// K(ξ′, ξ′) there.
  private var diagonal: [Double]
  private let engine: Engine

  init(count: Int, width: Int, on engine: Engine) throws(ComputeError) {
    self.engine = engine
    positions = try engine.zeros(rows: count, columns: width)
    distances = [Double](repeating: .infinity, count: count)
    diagonal = [Double](repeating: 0, count: count)
  }

  /// `z` `[1, n, width]` are the present positions of the points `indices`.
  mutating func record(_ z: Tensor, _ indices: [Int], distances shown: [Double], diagonal values: [Double]) throws(ComputeError) {
    for (row, index) in indices.enumerated() { (distances[index], diagonal[index]) = (shown[row], values[row]) }
    try engine.scatter(z, into: positions, rows: indices)
  }

  /// Upper bounds of p at the present positions `z` `[1, n, width]` of the points `indices` (nil: all).
  func bounds(at z: Tensor, _ indices: [Int]?, _ basis: PivotedBasis) throws(ComputeError) -> [Double] {
    let indices = indices ?? Array(0..<positions.rows)
    guard indices.contains(where: { distances[$0].isFinite }) else { return indices.map { distances[$0] } }
    let old = indices.count == positions.rows ? positions : try engine.gather(positions, rows: indices)
    let n = z.rows
    let width = 1 / Double(basis.width)
    func inner(_ x: Tensor, _ y: Tensor) throws(ComputeError) -> Tensor {
      let products = try engine.empty(rows: n, columns: x.columns)
      try engine.map(.product, [x, y], into: products)
      let sums = try engine.rows(.sum, products)
      return try engine.map(.scaled(by: width, plus: 0), sums).reshaped(rows: 1, columns: n)
    }
    let (now, before, between) = (try inner(z, z), try inner(old, old), try inner(z, old))
    let own = try engine.pairedKernel(basis.kind, basis.program, q12: now, q11: now, q22: now)
    let cross = try engine.pairedKernel(basis.kind, basis.program, q12: between, q11: now, q22: before)
    let moved = try engine.read(engine.map(.addScaled(-2), own, cross))
    return indices.enumerated().map { row, index in
      distances[index] + max(0, moved[row] + diagonal[index]).squareRoot()
    }
  }

  /// Position, p and K(ξ′, ξ′) of every point, `[points, width + 2]`.
  func state() throws(ComputeError) -> Matrix {
    let seen = try engine.matrix(positions)
    var state = Matrix(zeros: seen.rows, seen.columns + 2)
    for row in 0..<seen.rows {
      for column in 0..<seen.columns { state[row, column] = seen[row, column] }
      (state[row, seen.columns], state[row, seen.columns + 1]) = (distances[row], diagonal[row])
    }
    return state
  }

  mutating func restore(_ state: Matrix) throws(ComputeError) {
    let width = state.columns - 2
    var seen = Matrix(zeros: state.rows, width)
    for row in 0..<state.rows {
      for column in 0..<width { seen[row, column] = state[row, column] }
      (distances[row], diagonal[row]) = (state[row, width], state[row, width + 1])
    }
    try engine.write(seen.values, into: positions)
  }
}
