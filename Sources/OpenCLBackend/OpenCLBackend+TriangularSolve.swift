import Compute

extension OpenCLBackend {
  /// Rows of a diagonal block.
  private static var solveBlock: Int { 64 }

  package func triangularSolve(_ job: TriangularSolveJob) throws(ComputeError) {
    let (operation, l, b) = (job.operation, job.l, job.b)
    let (size, block) = (l.rows, Self.solveBlock)
    let starts = Array(stride(from: 0, to: size, by: block))
    for start in operation.transposed ? starts.reversed() : starts {
      let range = start..<min(start + block, size)
      try solveDiagonalBlock(operation, l.rows(range).columns(range), b.rows(range))
      // What is solved leaves the other rows by one product.
      let rest = operation.transposed ? 0..<start : range.upperBound..<size
      guard !rest.isEmpty else { continue }
      let panel = operation.transposed ? l.rows(range).columns(rest) : l.rows(rest).columns(range)
      try gemm(GEMMJob(GEMM(transposeA: operation.transposed, alpha: -1, beta: 1), panel, b.rows(range), into: b.rows(rest)))
    }
  }

  private func solveDiagonalBlock(_ operation: TriangularSolve, _ l: Tensor, _ b: Tensor) throws(ComputeError) {
    let lanes = tiles.lanes(b.precision)
    let request = KernelRequest(
      file: "triangular_solve", precision: b.precision, lanes: lanes, defines: ["TRANSPOSED": operation.transposed ? 1 : 0])
    let vectors = (b.columns + lanes - 1) / lanes
    try launch(
      request, "solve_block", global: [vectors, b.batch], local: [4, 1],
      [try view(l), try view(b), .int(l.rows), .int(b.columns)])
  }
}
