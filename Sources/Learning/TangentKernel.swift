import Compute
import LinearAlgebra
import Matrices
import Networks
import WideKernels

/// The time-dependent tangent kernel of a whole chain, Θ_F(x, x′) = Σ_k r_k A_{k+1}(x) A_{k+1}(x′)ᵀ K_k(z_k, z_k′).
///
/// A_{B+1} = I and A_k = A_{k+1} J_k(z_k): the derivative of F by the inputs of block k; r_k is the block's rate over η.
extension Lockstep {
  /// Θ_F of an active run on the training points `indices`: entry (i·c + o, j·c + p), `[n·c, n·c]`.
  public func tangentKernel(of run: Int, _ indices: [Int]) throws -> Matrix {
    try engine.part(.kernelReadings) { try sumOverBlocks(of: run, indices) }
  }

  private func sumOverBlocks(of run: Int, _ indices: [Int]) throws -> Matrix {
    let outputs = targets.columns
    let n = indices.count
    var kernel = Matrix(zeros: n * outputs, n * outputs)
    let network = runs[run].network
    let derivatives = try outputDerivatives(of: run, indices)
    for block in network.blocks.indices {
      let blockKernel = try blockKernel(of: run, block, indices)
      let derivative = derivatives[block]
      let width = derivative.columns / outputs
      for i in 0..<n {
        for j in 0..<n {
          let value = rule.blockRate(block) * blockKernel[i, j]
          for o in 0..<outputs {
            for p in 0..<outputs {
              var inner = 0.0
              for k in 0..<width { inner += derivative[i, o * width + k] * derivative[j, p * width + k] }
              kernel[i * outputs + o, j * outputs + p] += inner * value
            }
          }
        }
      }
    }
    return kernel
  }

  /// Largest eigenvalue of Θ_F / N of an active run on all training points at the present step, by Lanczos.
  public func largestTangentEigenvalue(of run: Int) throws -> Double {
    try engine.part(.eigenvalues) { try lanczosEigenvalue(of: run) }
  }

  private func lanczosEigenvalue(of run: Int) throws -> Double {
    let outputs = targets.columns
    let n = targets.rows
    let derivatives = try outputDerivatives(of: run, nil)
    let products = try runs[run].network.blocks.indices.map { try kernelProduct(of: run, $0) }
    let start = RandomStream(seed: 0, name: "lanczos").normals(n * outputs)
    return try largestEigenvalue(size: n * outputs, start: start, tolerance: 1e-4) { vector in
      let v = Matrix(rows: n, columns: outputs, values: vector)
      var result = Matrix(zeros: n, outputs)
      for (block, derivative) in derivatives.enumerated() {
        let mixed = try engine.matrix(products[block](engine.tensor(vectorJacobianProduct(derivative, v))))
        let (width, rate) = (mixed.columns, rule.blockRate(block))
        for row in 0..<n {
          for output in 0..<outputs {
            for k in 0..<width { result[row, output] += rate * derivative[row, output * width + k] * mixed[row, k] }
          }
        }
      }
      return result.values
    } / Double(n)
  }

  /// A_{k+1} at the training points `indices` (nil: all), `[n, c · width of block k's outputs]`, for k = 0 … B.
  private func outputDerivatives(of run: Int, _ indices: [Int]?) throws -> [Matrix] {
    let (group, position) = place(of: run)
    let outputs = targets.columns
    let n = indices?.count ?? targets.rows
    var identity = Matrix(zeros: n, outputs * outputs)
    for row in 0..<n { for output in 0..<outputs { identity[row, output * outputs + output] = 1 } }
    var derivatives = [identity]
    for jacobian in groups[group].jacobians.reversed() {
      let own = jacobian.item(position)
      let rows = try engine.matrix(indices.map { try engine.gather(own, rows: $0) } ?? own)
      derivatives.insert(composed(derivatives[0], rows, outputs: outputs), at: 0)
    }
    return derivatives
  }

  /// K_k × coefficients `[1, N, width]` on the training points at their present positions.
  private func kernelProduct(of run: Int, _ block: Int) throws -> (Tensor) throws -> Tensor {
    if block == 0 { return first.tangent.product }
    let (group, position) = place(of: run)
    let points = try engine.copied(groups[group].positions[block - 1].item(position))
    let program = runs[run].network.blocks[block].program
    let engine = engine
    // Stored where it is small; a product costs N² kernel evaluations otherwise.
    if points.rows <= 4096 {
      let kernel = try engine.kernel(.ntk, program, points)
      return { try engine.gemm(kernel, $0) }
    }
    return { try engine.widePass(.ntk, program, points: points, centres: points, coefficients: $0, jacobian: false).value }
  }

  private func blockKernel(of run: Int, _ block: Int, _ indices: [Int]) throws -> Matrix {
    guard block > 0 else { return try first.tangentKernel(indices) }
    let (group, position) = place(of: run)
    let points = try engine.gather(groups[group].positions[block - 1].item(position), rows: indices)
    return try engine.matrix(engine.kernel(.ntk, runs[run].network.blocks[block].program, points))
  }
}

/// A J row by row: `a` `[n, c·m]`, `jacobian` `[n, m·w]`, result `[n, c·w]`.
private func composed(_ a: Matrix, _ jacobian: Matrix, outputs: Int) -> Matrix {
  let middle = a.columns / outputs
  let width = jacobian.columns / middle
  var result = Matrix(zeros: a.rows, outputs * width)
  for row in 0..<a.rows {
    for output in 0..<outputs {
      for k in 0..<middle {
        let weight = a[row, output * middle + k]
        for column in 0..<width { result[row, output * width + column] += weight * jacobian[row, k * width + column] }
      }
    }
  }
  return result
}

/// J(x_i)ᵀ δ(x_i) for every row: `jacobian` `[n, c·w]`, `delta` `[n, c]`, result `[n, w]`.
private func vectorJacobianProduct(_ jacobian: Matrix, _ delta: Matrix) -> Matrix {
  let (outputs, width) = (delta.columns, jacobian.columns / delta.columns)
  var result = Matrix(zeros: delta.rows, width)
  for row in 0..<delta.rows {
    for output in 0..<outputs {
      let weight = delta[row, output]
      for column in 0..<width { result.values[row * width + column] += weight * jacobian.values[(row * outputs + output) * width + column] }
    }
  }
  return result
}

/// Kernel–target alignment of Θ ⊗ identity on the outputs, with Θ `[n, n]` and targets `[n, c]`; nothing of size (n·c)² is made.
public func alignment(_ kernel: Matrix, targets: Matrix) -> Double {
  var quadratic = 0.0
  for row in 0..<kernel.rows {
    for output in 0..<targets.columns {
      var product = 0.0
      for column in 0..<kernel.columns { product += kernel[row, column] * targets[column, output] }
      quadratic += targets[row, output] * product
    }
  }
  let norm = targets.values.reduce(0) { $0 + $1 * $1 }, size = kernel.norm * Double(targets.columns).squareRoot()
  return norm > 0 && size > 0 ? quadratic / (norm * size) : 0
}

/// Kernel–target alignment yᵀΘy / (|y|² |Θ|_F), between −1 and 1, with `targets` in the order of Θ's rows.
public func alignment(_ kernel: Matrix, targets: [Double]) -> Double {
  var quadratic = 0.0
  for row in 0..<kernel.rows {
    var product = 0.0
    for column in 0..<kernel.columns { product += kernel[row, column] * targets[column] }
    quadratic += targets[row] * product
  }
  let norm = targets.reduce(0) { $0 + $1 * $1 }
  return norm > 0 && kernel.norm > 0 ? quadratic / (norm * kernel.norm) : 0
}
