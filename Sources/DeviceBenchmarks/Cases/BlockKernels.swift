import BackendTestKit
import Compute
import WideKernels

/// Kernels of a block straight from its inputs: Gram matrix and recursion through its layers in one operation.
struct BlockKernel: Sendable {
  var activation: ActivationKind
  var depth: Int
  var batch = 1
  var points: Int
  var width: Int

  var benchmark: BenchmarkCase {
    let sizes =
      [BenchmarkSize("depth", depth)] + (batch > 1 ? [.init("b", batch)] : []) + [.init("N", points), .init("d", width)]
    return BenchmarkCase(
      "blockKernel", activation.description, sizes: sizes, elements: batch * points * (width + 2 * points)
    ) { engine in
      let x = try engine.inputs("x", batch: batch, rows: points, columns: width)
      let nngp = try engine.empty(batch: batch, rows: points, columns: points)
      let ntk = try engine.empty(batch: batch, rows: points, columns: points)
      let job = BlockKernelJob(program: block(activation, depth: depth), x: x, y: nil, nngp: nngp, ntk: ntk)
      return PreparedBenchmark(
        run: { try engine.backend.perform(.blockKernel(job)) },
        verify: { Verification(try SampledCheck(job, entries: sampledEntries(points, points), on: engine)) })
    }
  }
}

/// The recursion alone, from a Gram matrix in memory, and its vector-Jacobian product.
struct Recursion: Sendable {
  var activation: ActivationKind
  var depth: Int
  var points: Int
  var isVJP = false

  var benchmark: BenchmarkCase {
    BenchmarkCase(
      isVJP ? "recursionVJP" : "recursion", activation.description, sizes: [.init("depth", depth), .init("N", points)],
      elements: (isVJP ? 4 : 3) * points * points
    ) { engine in
      let (x, y) = (try engine.inputs("x", rows: points, columns: 16), try engine.inputs("y", rows: points, columns: 16))
      let (gram, rows, columns) = (try engine.gram(x, y), try engine.gramDiagonal(x), try engine.gramDiagonal(y))
      let program = block(activation, depth: depth)
      return isVJP ? try cotangents(program, gram, rows, columns, engine) : try kernels(program, gram, rows, columns, engine)
    }
  }

  private func kernels(_ program: CovarianceProgram, _ gram: Tensor, _ rows: Tensor, _ columns: Tensor, _ engine: Engine) throws
    -> PreparedBenchmark
  {
    let job = RecursionJob(
      program: program, gram: gram, rowDiagonal: rows, columnDiagonal: columns, isSymmetric: false,
      nngp: try engine.empty(rows: points, columns: points), ntk: try engine.empty(rows: points, columns: points))
    return PreparedBenchmark(
      run: { try engine.backend.perform(.recursion(job)) },
      verify: { Verification(try SampledCheck(job, entries: sampledEntries(points, points), on: engine)) })
  }

  private func cotangents(_ program: CovarianceProgram, _ gram: Tensor, _ rows: Tensor, _ columns: Tensor, _ engine: Engine) throws
    -> PreparedBenchmark
  {
    let job = RecursionVJPJob(
      program: program, gram: gram, rowDiagonal: rows, columnDiagonal: columns,
      nngpCotangent: try engine.inputs("nngp cotangent", rows: points, columns: points),
      ntkCotangent: try engine.inputs("ntk cotangent", rows: points, columns: points),
      gramCotangent: try engine.empty(rows: points, columns: points), rowCotangent: try engine.empty(rows: points, columns: 1),
      columnCotangent: try engine.empty(rows: points, columns: 1))
    return PreparedBenchmark(
      run: { try engine.backend.perform(.recursionVJP(job)) },
      verify: { Verification(try SampledCheck(job, rows: samples(3, of: points, "rows"), on: engine)) })
  }
}

extension Verification {
  /// Elements against the oracles of the conformance suite.
  init(_ check: SampledCheck) {
    self.init(residual: check.worstRatio, method: "\(check.elements) elements against an oracle of higher precision")
  }
}

/// Entries of a matrix: samples of its rows in samples of its columns, and of a square one some of its diagonal.
func sampledEntries(_ rows: Int, _ columns: Int) -> [(row: Int, column: Int)] {
  let columnSamples = samples(6, of: columns, "columns")
  return samples(8, of: rows, "rows").flatMap { row in
    (columnSamples + (rows == columns ? [row] : [])).map { (row: row, column: $0) }
  }
}
