import Compute
import OpenCLBackend
import Testing
import WideKernels

@Suite(.needsOpenCL) struct KernelTests {
  static let program = CovarianceProgram(chain: [
    .affine(weightVariance: 2, biasVariance: 0), .activation(.relu), .affine(weightVariance: 2, biasVariance: 0.1), .activation(.erf),
    .affine(weightVariance: 1, biasVariance: 0.05),
  ])

  /// At sizes of several splits and groups, which the suite's cases do not have.
  @Test(arguments: OpenCLTarget.all)
  func everyRunGivesTheSameBits(_ target: OpenCLTarget) throws {
    let engine = try target.engine
    let program = Self.program
    var numbers = Numbers("bits")
    let (x, u, a) = (numbers(50 * 3), numbers(700 * 3), numbers(700 * 2))
    func run() throws -> [[Double]] {
      let points = try engine.tensor(x, rows: 50, columns: 3)
      let centres = try engine.tensor(u, rows: 700, columns: 3)
      let coefficients = try engine.tensor(a, rows: 700, columns: 2)
      let pass = try engine.widePass(.ntk, program, points: points, centres: centres, coefficients: coefficients, jacobian: true)
      let kernel = try engine.kernel(.ntk, program, points, centres)
      let vjp = try engine.recursionVJP(
        program, gram: engine.gram(points, centres), rowDiagonal: engine.gramDiagonal(points), columnDiagonal: engine.gramDiagonal(centres),
        nngpCotangent: kernel, ntkCotangent: nil)
      return try [
        engine.read(pass.value), engine.read(#require(pass.jacobian)), engine.read(kernel), engine.read(vjp.row), engine.read(vjp.column),
        engine.read(engine.gemm(kernel, coefficients)), engine.read(engine.gemm(kernel, kernel, transposeB: true)),
        engine.read(engine.gemm(kernel, engine.columns(of: points), transposeA: true)),
      ]
    }
    let first = try run()
    for repetition in 0..<3 {
      let isEqual = try run() == first
      #expect(isEqual, "repetition \(repetition)")
    }
  }
}

extension Engine {
  fileprivate func columns(of tensor: Tensor) throws -> Tensor { tensor.columns(0..<2) }
}
