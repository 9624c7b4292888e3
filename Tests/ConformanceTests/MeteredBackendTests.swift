import BackendTestKit
import Compute
import Testing
import WideKernels

/// A metered backend is the backend: every operation arrives, and its results are the same bits.
@Suite struct MeteredBackendTests {
  @Test(arguments: Target.all)
  func forwardsEveryOperationBitForBit(_ target: Target) throws {
    let backend = MeteredBackend(target.engine.backend)
    let metered = try Engine(backend, precision: target.engine.precision)
    let (got, expected) = (try results(of: metered), try results(of: target.engine))
    #expect(got.keys == expected.keys)
    for (name, values) in expected {
      #expect(values.contains { $0 != 0 }, "\(name)")
      #expect(got[name]?.map(\.bitPattern) == values.map(\.bitPattern), "\(name) on \(target.testDescription)")
    }
    // Every operation of the conformance suite has been metered, by its name there where it has one.
    let metering = Set(backend.meter.profile.operations.keys.map(\.name))
    #expect(metering == Set(expected.keys).union(["allocate", "copyIn", "copyOut"]), "\(target.testDescription)")
    #expect(backend.device == target.engine.device)
  }

  /// Results of every operation by its name.
  private func results(of engine: Engine) throws -> [String: [Double]] {
    func numbers(_ name: String, _ rows: Int, _ columns: Int) throws -> Tensor {
      try engine.tensor(RandomStream(seed: 5, name: name).uniforms(2 * rows * columns), batch: 2, rows: rows, columns: columns)
    }
    let program = CovarianceProgram(
      chain: [.affine(weightVariance: 2, biasVariance: 0.1), .activation(.erf), .affine(weightVariance: 1, biasVariance: 0)])
    let (x, y, weights) = (try numbers("x", 9, 3), try numbers("y", 5, 3), try numbers("weights", 5, 2))
    let gram = try engine.gram(x, y)
    let (rowDiagonal, columnDiagonal) = (try engine.gramDiagonal(x), try engine.gramDiagonal(y))
    let lower = try numbers("lower", 5, 5)
    let solved = try numbers("solved", 5, 4)
    try engine.triangularSolve(TriangularSolve(transposed: true), lower, solved)
    let vjp = try engine.recursionVJP(
      program, gram: gram, rowDiagonal: rowDiagonal, columnDiagonal: columnDiagonal, nngpCotangent: gram, ntkCotangent: nil)
    let pass = try engine.widePass(.ntk, program, points: x, centres: y, centreCounts: [5, 3], coefficients: weights, jacobian: true)
    let features = try engine.featurePass(
      .erf, points: x, weights: y, biases: numbers("biases", 5, 1), coefficients: weights, jacobian: true)
    let kernels = try engine.kernel(program, x, y)
    let tensors: [String: [Tensor?]] = [
      "gemm": [gram], "triangularSolve": [solved], "recursionVJP": [vjp.gram, vjp.row, vjp.column],
      "widePass": [pass.value, pass.jacobian],
      "featurePass": [features.value, features.jacobian], "blockKernel": [kernels.nngp, kernels.ntk], "reduceRows": [rowDiagonal],
      "recursion": [
        try engine.recursion(program, gram: gram, rowDiagonal: rowDiagonal, columnDiagonal: columnDiagonal).ntk
      ], "map": [try engine.map(.activationVJP(.erf), x, x)], "copyRows": [try engine.gather(x, rows: [3, 1, 3])],
      "fillNormal": [try engine.normal(rows: 3, columns: 5, stream: RandomStream(seed: 5, name: "normal"), firstElement: 7)],
    ]
    return try tensors.mapValues { try $0.compactMap(\.self).flatMap { try engine.read($0) } }
  }
}
