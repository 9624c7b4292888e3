import Compute
import WideKernels

extension ReferenceBackend {
  /// C_ij ← α Σ_p op(A)_ip op(B)_pj + β C_ij.
  package func gemm(_ job: GEMMJob) throws(ComputeError) {
    let (operation, inner) = (job.operation, job.inner)
    let (left, right) = (try HostMatrix(job.a, operation: "gemm"), try HostMatrix(job.b, operation: "gemm"))
    let result = try HostMatrix(job.c, operation: "gemm")
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

  package func copyRows(_ job: RowCopyJob) throws(ComputeError) {
    let (source, target) = (try HostMatrix(job.source, operation: "copyRows"), try HostMatrix(job.target, operation: "copyRows"))
    for item in 0..<target.batch {
      for i in 0..<job.count {
        let (from, to) = (job.sourceRows?[i] ?? i, job.targetRows?[i] ?? i)
        for j in 0..<target.columns { target[item, to, j] = source[item, from, j] }
      }
    }
  }

  package func map(_ job: MapJob) throws(ComputeError) {
    var sources: [HostMatrix] = []
    for input in job.inputs { sources.append(try HostMatrix(input, operation: "map")) }
    let result = try HostMatrix(job.out, operation: "map")
    for item in 0..<result.batch {
      for i in 0..<result.rows {
        for j in 0..<result.columns {
          let values = sources.map { $0[$0.batch == 1 ? 0 : item, $0.rows == 1 ? 0 : i, $0.columns == 1 ? 0 : j] }
          result[item, i, j] = job.function.apply(values[0], values.count > 1 ? values[1] : 0)
        }
      }
    }
  }

  package func reduceRows(_ job: ReduceRowsJob) throws(ComputeError) {
    let (source, result) = (try HostMatrix(job.input, operation: "reduceRows"), try HostMatrix(job.out, operation: "reduceRows"))
    for item in 0..<source.batch {
      for i in 0..<source.rows {
        let row = (0..<source.columns).map { source[item, i, $0] }
        result[item, i, 0] =
          switch job.reduction {
          case .sum: row.reduce(0, +)
          case .maximum: row.reduce(-.infinity) { max($0, $1) }
          case .sumOfSquares: row.reduce(0) { $0 + $1 * $1 }
          }
      }
    }
  }

  package func fillNormal(_ job: FillNormalJob) throws(ComputeError) {
    let result = try HostMatrix(job.out, operation: "fillNormal")
    for item in 0..<result.batch {
      for i in 0..<result.rows {
        let first = job.firstElement + (item * result.rows + i) * result.columns
        for (j, normal) in job.stream.normals(result.columns, from: first).enumerated() { result[item, i, j] = normal }
      }
    }
  }

  /// Substitution, forward for L and backward for Lᵀ; a column is rounded once, when it is done.
  package func triangularSolve(_ job: TriangularSolveJob) throws(ComputeError) {
    let factor = try HostMatrix(job.l, operation: "triangularSolve")
    let result = try HostMatrix(job.b, operation: "triangularSolve")
    let (size, transposed) = (result.rows, job.operation.transposed)
    for item in 0..<result.batch {
      let itemL = factor.batch == 1 ? 0 : item
      for column in 0..<result.columns {
        var x = (0..<size).map { result[item, $0, column] }
        for i in transposed ? Array((0..<size).reversed()) : Array(0..<size) {
          for p in transposed ? i + 1..<size : 0..<i {
            x[i] -= (transposed ? factor[itemL, p, i] : factor[itemL, i, p]) * x[p]
          }
          x[i] /= factor[itemL, i, i]
        }
        for i in 0..<size { result[item, i, column] = x[i] }
      }
    }
  }
}
