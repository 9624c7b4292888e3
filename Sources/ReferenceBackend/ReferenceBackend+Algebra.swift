import Compute
import WideKernels

extension ReferenceBackend {
  /// C_ij ← α Σ_p op(A)_ip op(B)_pj + β C_ij. With β = 0 the old C is not read, so it may hold anything.
  public func gemm(_ operation: GEMM, _ a: Tensor, _ b: Tensor, _ c: Tensor) throws(ComputeError) {
    let (left, right) = (try HostMatrix(a, operation: "gemm"), try HostMatrix(b, operation: "gemm"))
    let result = try HostMatrix(c, operation: "gemm")
    let inner = operation.transposeA ? a.rows : a.columns
    for item in 0..<result.batch {
      let (itemA, itemB) = (left.batch == 1 ? 0 : item, right.batch == 1 ? 0 : item)
      for i in 0..<result.rows {
        for j in 0..<(operation.lowerOnly ? min(i + 1, result.columns) : result.columns) {
          var sum = 0.0
          for p in 0..<inner {
            let x = operation.transposeA ? left[itemA, p, i] : left[itemA, i, p]
            let y = operation.transposeB ? right[itemB, j, p] : right[itemB, p, j]
            sum += x * y
          }
          let previous = operation.beta == 0 ? 0 : operation.beta * result[item, i, j]
          result[item, i, j] = operation.alpha * sum + previous
        }
      }
    }
  }

  public func copyRows(_ job: RowCopyJob) throws(ComputeError) {
    let (source, target) = (try HostMatrix(job.source, operation: "copyRows"), try HostMatrix(job.target, operation: "copyRows"))
    for item in 0..<target.batch {
      for i in 0..<job.count {
        let (from, to) = (job.sourceRows?[i] ?? i, job.targetRows?[i] ?? i)
        for j in 0..<target.columns { target[item, to, j] = source[item, from, j] }
      }
    }
  }

  public func map(_ function: PointFunction, _ inputs: [Tensor], into out: Tensor) throws(ComputeError) {
    var sources: [HostMatrix] = []
    for input in inputs { sources.append(try HostMatrix(input, operation: "map")) }
    let result = try HostMatrix(out, operation: "map")
    for item in 0..<result.batch {
      for i in 0..<result.rows {
        for j in 0..<result.columns {
          let values = sources.map { $0[$0.batch == 1 ? 0 : item, $0.rows == 1 ? 0 : i, $0.columns == 1 ? 0 : j] }
          result[item, i, j] = function.apply(values[0], values.count > 1 ? values[1] : 0)
        }
      }
    }
  }

  public func reduceRows(_ reduction: Reduction, _ input: Tensor, into out: Tensor) throws(ComputeError) {
    let (source, result) = (try HostMatrix(input, operation: "reduceRows"), try HostMatrix(out, operation: "reduceRows"))
    for item in 0..<source.batch {
      for i in 0..<source.rows {
        let row = (0..<source.columns).map { source[item, i, $0] }
        result[item, i, 0] =
          switch reduction {
          case .sum: row.reduce(0, +)
          case .maximum: row.reduce(-.infinity) { max($0, $1) }
          case .sumOfSquares: row.reduce(0) { $0 + $1 * $1 }
          }
      }
    }
  }

  public func fillNormal(_ out: Tensor, stream: RandomStream, firstElement: Int) throws(ComputeError) {
    let result = try HostMatrix(out, operation: "fillNormal")
    for item in 0..<result.batch {
      for i in 0..<result.rows {
        let first = firstElement + (item * result.rows + i) * result.columns
        for (j, normal) in stream.normals(result.columns, from: first).enumerated() { result[item, i, j] = normal }
      }
    }
  }

  /// Substitution, forward for L and backward for Lᵀ; a column is rounded once, when it is done.
  public func triangularSolve(_ operation: TriangularSolve, _ l: Tensor, _ b: Tensor) throws(ComputeError) {
    let factor = try HostMatrix(l, operation: "triangularSolve")
    let result = try HostMatrix(b, operation: "triangularSolve")
    let size = result.rows
    for item in 0..<result.batch {
      let itemL = factor.batch == 1 ? 0 : item
      for column in 0..<result.columns {
        var x = (0..<size).map { result[item, $0, column] }
        for i in operation.transposed ? Array((0..<size).reversed()) : Array(0..<size) {
          for p in operation.transposed ? i + 1..<size : 0..<i {
            x[i] -= (operation.transposed ? factor[itemL, p, i] : factor[itemL, i, p]) * x[p]
          }
          x[i] /= factor[itemL, i, i]
        }
        for i in 0..<size { result[item, i, column] = x[i] }
      }
    }
  }
}
