import Compute
import WideKernels

extension ReferenceBackend {
  package func recursion(_ job: RecursionJob) throws(ComputeError) {
    let gram = try HostMatrix(job.gram, operation: "recursion")
    let rowDiagonal = try HostMatrix(job.rowDiagonal, operation: "recursion")
    let columnDiagonal = try HostMatrix(job.columnDiagonal, operation: "recursion")
    let incoming = try job.incomingNTK.hostMatrix("recursion")
    let nngp = try job.nngp.hostMatrix("recursion")
    let ntk = try job.ntk.hostMatrix("recursion")
    for item in 0..<gram.batch {
      for i in 0..<gram.rows {
        for j in 0..<gram.columns {
          let kernels = job.program.kernels(
            q11: rowDiagonal[item, i, job.isPaired ? j : 0],
            q22: job.isPaired ? columnDiagonal[item, i, j] : columnDiagonal[item, j, 0], q12: gram[item, i, j],
            ntk: incoming?[item, i, j] ?? 0, isDiagonal: job.isSymmetric && i == j)
          nngp?[item, i, j] = kernels.nngp
          ntk?[item, i, j] = kernels.ntk
        }
      }
    }
  }

  package func recursionVJP(_ job: RecursionVJPJob) throws(ComputeError) {
    let gram = try HostMatrix(job.gram, operation: "recursionVJP")
    let rowDiagonal = try HostMatrix(job.rowDiagonal, operation: "recursionVJP")
    let columnDiagonal = try HostMatrix(job.columnDiagonal, operation: "recursionVJP")
    let nngpCotangent = try job.nngpCotangent.hostMatrix("recursionVJP")
    let ntkCotangent = try job.ntkCotangent.hostMatrix("recursionVJP")
    let gramCotangent = try HostMatrix(job.gramCotangent, operation: "recursionVJP")
    let rowCotangent = try HostMatrix(job.rowCotangent, operation: "recursionVJP")
    let columnCotangent = try HostMatrix(job.columnCotangent, operation: "recursionVJP")
    for item in 0..<gram.batch {
      var columnSums = [Double](repeating: 0, count: gram.columns)
      for i in 0..<gram.rows {
        var rowSum = 0.0
        for j in 0..<gram.columns {
          let pair = job.program.jet(q11: rowDiagonal[item, i, 0], q22: columnDiagonal[item, j, 0], q12: gram[item, i, j])
          let (k, theta) = (pair.q12, pair.ntk)
          let (gk, gTheta) = (nngpCotangent?[item, i, j] ?? 0, ntkCotangent?[item, i, j] ?? 0)
          gramCotangent[item, i, j] = gk * k.d12 + gTheta * theta.d12
          rowSum += gk * k.d11 + gTheta * theta.d11
          columnSums[j] += gk * k.d22 + gTheta * theta.d22
        }
        rowCotangent[item, i, 0] = rowSum
      }
      for (j, sum) in columnSums.enumerated() { columnCotangent[item, j, 0] = sum }
    }
  }

  package func blockKernel(_ job: BlockKernelJob) throws(ComputeError) {
    let x = try HostMatrix(job.x, operation: "blockKernel")
    let y = try HostMatrix(job.y ?? job.x, operation: "blockKernel")
    let nngp = try job.nngp.hostMatrix("blockKernel")
    let ntk = try job.ntk.hostMatrix("blockKernel")
    for item in 0..<x.batch {
      let rowDiagonal = (0..<x.rows).map { covariance(x, $0, x, $0, item) }
      let columnDiagonal = (0..<y.rows).map { covariance(y, $0, y, $0, item) }
      for i in 0..<x.rows {
        for j in 0..<y.rows {
          let kernels = job.program.kernels(
            q11: rowDiagonal[i], q22: columnDiagonal[j], q12: covariance(x, i, y, j, item),
            isDiagonal: job.firstDiagonalColumn.map { $0 + i == j } ?? false)
          nngp?[item, i, j] = kernels.nngp
          ntk?[item, i, j] = kernels.ntk
        }
      }
    }
  }

  package func widePass(_ job: WidePassJob) throws(ComputeError) {
    let points = try HostMatrix(job.points, operation: "widePass")
    let centres = try HostMatrix(job.centres, operation: "widePass")
    let coefficients = try HostMatrix(job.coefficients, operation: "widePass")
    let value = try HostMatrix(job.value, operation: "widePass")
    let jacobian = try job.jacobian.hostMatrix("widePass")
    let (width, outputs) = (points.columns, coefficients.columns)
    for item in 0..<points.batch {
      let centreCount = job.centreCounts?[item] ?? centres.rows
      let centreDiagonal = (0..<centreCount).map { covariance(centres, $0, centres, $0, item) }
      for i in 0..<points.rows {
        let pointDiagonal = covariance(points, i, points, i, item)
        var sums = [Double](repeating: 0, count: outputs)
        var slopes = [Double](repeating: 0, count: outputs * width)
        for j in 0..<centreCount {
          let pair = job.program.jet(q11: pointDiagonal, q22: centreDiagonal[j], q12: covariance(points, i, centres, j, item))
          let kernel = job.kind == .nngp ? pair.q12 : pair.ntk
          for output in 0..<outputs {
            let coefficient = coefficients[item, j, output]
            sums[output] += kernel.value * coefficient
            for k in 0..<width {
              let slope = (kernel.d11 * 2 * points[item, i, k] + kernel.d12 * centres[item, j, k]) / Double(width)
              slopes[output * width + k] += coefficient * slope
            }
          }
        }
        for (output, sum) in sums.enumerated() { value[item, i, output] = sum }
        if let jacobian {
          for (column, slope) in slopes.enumerated() { jacobian[item, i, column] = slope }
        }
      }
    }
  }

  /// x_i·y_j / width.
  private func covariance(_ x: HostMatrix, _ i: Int, _ y: HostMatrix, _ j: Int, _ item: Int) -> Double {
    (0..<x.columns).reduce(0) { $0 + x[item, i, $1] * y[item, j, $1] } / Double(x.columns)
  }
}

extension CovarianceProgram {
  fileprivate func kernels(
    q11: Double, q22: Double, q12: Double, ntk: Double = 0, isDiagonal: Bool
  ) -> (nngp: Double, ntk: Double) {
    if isDiagonal { return diagonal(q11, ntk: ntk) }
    var pair = Pair(q11: q11, q22: q22, q12: q12, ntk: ntk)
    apply(to: &pair)
    return (pair.q12, pair.ntk)
  }

  /// Both kernels of a pair with their derivatives in (q11, q22, q12).
  fileprivate func jet(q11: Double, q22: Double, q12: Double) -> Pair<Jet<Double>> {
    var pair = Pair(q11: Jet.q11(q11), q22: Jet.q22(q22), q12: Jet.q12(q12))
    apply(to: &pair)
    return pair
  }
}

extension Tensor? {
  func hostMatrix(_ operation: String) throws(ComputeError) -> HostMatrix? {
    guard let tensor = self else { return nil }
    return try HostMatrix(tensor, operation: operation)
  }
}
