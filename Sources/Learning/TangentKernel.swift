import Compute
import LinearAlgebra
import WideKernels

/// The time-dependent tangent kernel of a whole chain, Θ_F(x, x′) = Σ_k A_{k+1}(x) A_{k+1}(x′)ᵀ K_k(z_k, z_k′).
///
/// A_{B+1} = I and A_k = A_{k+1} J_k(z_k): the derivative of F by the inputs of block k.
extension LimitRun {
  /// Θ_F on the training points `indices`: entry (i·c + o, j·c + p), `[n·c, n·c]`.
  public func tangentKernel(_ indices: [Int]) throws -> Matrix {
    let outputs = targets.columns
    let n = indices.count
    var kernel = Matrix(zeros: n * outputs, n * outputs)
    let derivatives = outputDerivatives().map { $0.rows(indices) }
    for block in network.blocks.indices {
      let blockKernel = try blockKernel(block, indices)
      let derivative = derivatives[block]
      let width = derivative.columns / outputs
      for i in 0..<n {
        for j in 0..<n {
          let value = blockKernel[i, j]
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

  /// Largest eigenvalue of Θ_F / N on all training points at the present step, by Lanczos.
  public func largestTangentEigenvalue() throws -> Double {
    let outputs = targets.columns
    let n = targets.rows
    let derivatives = outputDerivatives()
    let kernels = try network.blocks.indices.map { try deviceKernel($0) }
    let start = RandomStream(seed: 0, name: "lanczos").normals(n * outputs)
    return try largestEigenvalue(size: n * outputs, start: start, tolerance: 1e-4) { vector in
      let v = Matrix(rows: n, columns: outputs, values: vector)
      var result = Matrix(zeros: n, outputs)
      for (derivative, kernel) in zip(derivatives, kernels) {
        let pulled = vectorJacobianProduct(derivative, v)
        let engine = first.engine
        let mixed = try engine.matrix(engine.gemm(kernel, engine.tensor(pulled)))
        let width = pulled.columns
        for row in 0..<n {
          for output in 0..<outputs {
            for k in 0..<width { result[row, output] += derivative[row, output * width + k] * mixed[row, k] }
          }
        }
      }
      return result.values
    } / Double(n)
  }

  /// A_{k+1} at every training point, `[N, c · width of block k's outputs]`, for k = 0 … B.
  private func outputDerivatives() -> [Matrix] {
    let outputs = targets.columns
    var identity = Matrix(zeros: targets.rows, outputs * outputs)
    for row in 0..<targets.rows { for output in 0..<outputs { identity[row, output * outputs + output] = 1 } }
    var derivatives = [identity]
    for jacobian in state.jacobians.reversed() { derivatives.insert(composed(derivatives[0], jacobian, outputs: outputs), at: 0) }
    return derivatives
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

  private func deviceKernel(_ block: Int) throws(ComputeError) -> Tensor {
    if block == 0 { return first.tangent }
    let points = try first.engine.tensor(state.positions[block - 1])
    return try first.engine.kernel(.ntk, network.blocks[block].program, points)
  }

  private func blockKernel(_ block: Int, _ indices: [Int]) throws(ComputeError) -> Matrix {
    guard block > 0 else { return try first.tangentKernel(indices) }
    let engine = first.engine
    return try engine.matrix(engine.kernel(.ntk, network.blocks[block].program, engine.tensor(state.positions[block - 1].rows(indices))))
  }
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
