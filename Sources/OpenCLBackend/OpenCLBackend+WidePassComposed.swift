import Compute
import WideKernels

extension OpenCLBackend {
  /// Pairs whose kernels are stored at a time.
  private static var panelPairs: Int { 4 << 20 }

  /// A wide pass over wide inputs, whose coordinates do not fit registers: panels of kernels, then products.
  ///
  /// With G_ij = α_jo, the cotangents of a recursion are G ∂K/∂q12, whose product with the centres is one term of the
  /// Jacobian, and Σ_j G ∂K/∂q11, which scales the point in the other.
  func composedWidePass(_ job: WidePassJob) throws(ComputeError) {
    for item in 0..<job.points.batch {
      let count = job.centreCounts?[item] ?? job.centres.rows
      let centres = job.centres.item(item).rows(0..<count)
      let coefficients = job.coefficients.item(item).rows(0..<count)
      let panel = max(1, min(job.points.rows, Self.panelPairs / max(count, 1)))
      for start in stride(from: 0, to: job.points.rows, by: panel) {
        let range = start..<min(start + panel, job.points.rows)
        let points = job.points.item(item).rows(range)
        let kernel = try temporary(rows: range.count, columns: count, points.precision)
        if count > 0 {
          try blockKernel(
            BlockKernelJob(
              program: job.program, x: points, y: centres, nngp: job.kind == .nngp ? kernel : nil, ntk: job.kind == .ntk ? kernel : nil))
        }
        try gemm(GEMMJob(GEMM(), kernel, coefficients, into: job.value.item(item).rows(range)))
        if let jacobian = job.jacobian?.item(item).rows(range) {
          try composedJacobian(job, points: points, centres: centres, coefficients: coefficients, scratch: kernel, into: jacobian)
        }
      }
    }
  }

  private func composedJacobian(
    _ job: WidePassJob, points: Tensor, centres: Tensor, coefficients: Tensor, scratch cotangent: Tensor, into jacobian: Tensor
  ) throws(ComputeError) {
    let (width, count) = (points.columns, centres.rows)
    let gram = try temporary(rows: points.rows, columns: count, points.precision)
    let rowSums = try temporary(rows: points.rows, columns: 1, points.precision)
    let columnSums = try temporary(rows: max(count, 1), columns: 1, points.precision).rows(0..<count)
    if count > 0 { try covariances(points, centres, into: gram) }
    for output in 0..<coefficients.columns {
      let part = jacobian.columns(output * width..<(output + 1) * width)
      if count > 0 {
        // One row of coefficients that every point reads: a row stride of 0.
        var row = try temporary(rows: 1, columns: count, points.precision)
        try map(MapJob(.scaled(by: 1, plus: 0), [coefficients.columns(output..<output + 1)], into: row.column))
        (row.rows, row.rowStride) = (points.rows, 0)
        try recursionVJP(
          RecursionVJPJob(
            program: job.program, gram: gram, rowDiagonal: try variances(of: points), columnDiagonal: try variances(of: centres),
            nngpCotangent: job.kind == .nngp ? row : nil, ntkCotangent: job.kind == .ntk ? row : nil, gramCotangent: cotangent,
            rowCotangent: rowSums, columnCotangent: columnSums))
      }
      try gemm(GEMMJob(GEMM(alpha: 1 / Double(width)), cotangent, centres, into: part))
      // Every point is an item of its own: a number times a row.
      if count > 0 {
        let operation = GEMM(alpha: 2 / Double(width), beta: 1)
        try gemm(GEMMJob(operation, rowSums.itemPerRow, points.itemPerRow, into: part.itemPerRow))
      }
    }
  }

  private func temporary(rows: Int, columns: Int, _ precision: Precision) throws(ComputeError) -> Tensor {
    Tensor(buffer: try scratch(rows * columns, precision), precision: precision, batch: 1, rows: rows, columns: columns)
  }
}

extension Tensor {
  /// The row as a column of the same numbers.
  fileprivate var column: Tensor {
    var view = self
    (view.rows, view.columns, view.rowStride) = (columns, 1, 1)
    return view
  }

  fileprivate var itemPerRow: Tensor {
    var view = self
    (view.batch, view.rows, view.batchStride) = (rows, 1, rowStride)
    return view
  }
}
