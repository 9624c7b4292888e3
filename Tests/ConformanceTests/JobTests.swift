import BackendTestKit
import Compute
import ReferenceBackend
import Testing
import WideKernels

/// A stream of jobs that has every operation: those of a computation (views with gaps, results in the place of inputs, products with
/// themselves), then small cases of each from the conformance suite.
enum JobStream {
  /// - Returns: the bits of all results, of cases their digests.
  @discardableResult static func run(on engine: Engine) throws -> [UInt64] {
    let digests = BackendOperation.smallCases.map { ConformanceSuite.run($0, on: engine).digest }
    return try computation(on: engine).map(\.bitPattern) + digests.map { try #require(UInt64($0, radix: 16)) }
  }

  private static func computation(on engine: Engine) throws -> [Double] {
    func numbers(_ name: String, _ rows: Int, _ columns: Int) throws -> Tensor {
      try engine.tensor(RandomStream(seed: 3, name: name).uniforms(2 * rows * columns), batch: 2, rows: rows, columns: columns)
    }
    let program = CovarianceProgram(
      chain: [
        .affine(weightVariance: 2, biasVariance: 0.1), .activation(try ActivationKind("leaky-relu(0.25)")),
        .affine(weightVariance: 1, biasVariance: 0),
      ])
    let x = try numbers("x", 9, 7).columns(2..<5).rows(1..<8)
    let y = try numbers("y", 5, 3)
    let weights = try numbers("weights", 5, 2)
    let gram = try engine.gram(x, y)
    let (rows, columns) = (try engine.gramDiagonal(x), try engine.gramDiagonal(y))
    let solved = try numbers("solved", 5, 4)
    try engine.triangularSolve(TriangularSolve(transposed: true), numbers("lower", 5, 5), solved)
    let product = try engine.gram(x)
    try engine.gemm(GEMM(transposeB: true, alpha: -0.5, beta: 2, lowerOnly: true), x, x, into: product)
    try engine.map(.scaled(by: -0.5, plus: 0.125), [product], into: product)
    let vjp = try engine.recursionVJP(
      program, gram: gram, rowDiagonal: rows, columnDiagonal: columns, nngpCotangent: gram, ntkCotangent: nil)
    let pass = try engine.widePass(.ntk, program, points: x, centres: y, centreCounts: [5, 3], coefficients: weights, jacobian: true)
    let features = try engine.featurePass(
      .gelu, points: x, weights: y, biases: numbers("biases", 5, 1), coefficients: weights, jacobian: true)
    let (kernels, own) = (try engine.kernel(program, x.rows(2..<5), x, firstRow: 2), try engine.kernel(program, x))
    let recursion = try engine.recursion(program, gram: gram, rowDiagonal: rows, columnDiagonal: columns)
    let ones = try engine.map(.scaled(by: 0, plus: 1), gram)
    let paired = try engine.pairedKernel(.ntk, program, q12: gram, q11: ones, q22: ones)
    let target = try engine.zeros(batch: 2, rows: 6, columns: 3)
    try engine.scatter(x.rows(0..<2), into: target, rows: [4, 1])
    let normal = try engine.normal(rows: 3, columns: 5, stream: RandomStream(seed: 5, name: "normal \"µ\"\n"), firstElement: 7)
    let results: [Tensor?] = [
      gram, solved, product, vjp.gram, vjp.row, vjp.column, pass.value, pass.jacobian, features.value, features.jacobian, kernels.nngp,
      kernels.ntk, own.nngp, own.ntk, recursion.nngp, recursion.ntk, paired, try engine.gather(x, rows: [3, 1, 3]), target, normal,
      try engine.map(.activationVJP(.erf), x, x), try engine.rows(.maximum, x), try engine.zeros(rows: 300, columns: 300),
      try engine.with(precision: .float32).converted(gram),
    ]
    return try results.compactMap(\.self).flatMap { try engine.read($0) }
  }
}

extension BackendOperation {
  /// The first few cases of every operation: at most hundreds of numbers each.
  static let smallCases: [ConformanceCase] = {
    let all = ConformanceSuite.cases()
    return allCases.flatMap { operation in all.filter { $0.operation == .job(operation) }.prefix(3) }
  }()
}

@Suite struct JobTests {
  /// The reference, with every job taken apart to texts and tensors and made again before it is performed.
  private struct TakenApart: BackendWrapper {
    let backend: any Backend = ReferenceBackend()

    func perform(_ job: BackendJob) throws(ComputeError) {
      let tensors = Dictionary(uniqueKeysWithValues: job.operands.map { ($0.name, $0.tensor) })
      let made = try BackendJob(job.operation, JobParts(job.operation, parameters: job.parameters, tensors: tensors))
      guard made.parameters == job.parameters, made.operands.map(\.role) == job.operands.map(\.role) else {
        throw .unsupported(operation: "\(job.operation)", reason: "it is another job when it is made again")
      }
      try made.check()
      try backend.perform(made)
    }
  }

  @Test func jobsAreTheirTextsAndTensors() throws {
    let expected = try JobStream.run(on: try Engine(ReferenceBackend()))
    #expect(try JobStream.run(on: try Engine(TakenApart())) == expected)
  }

  @Test func everyFunctionAndProgramIsReadFromItsText() throws {
    let engine = try Engine(TakenApart())
    let x = try engine.tensor([0.5, 1.5], rows: 1, columns: 2)
    let arithmetic: [PointFunction] = [
      .sum, .difference, .product, .quotient, .scaled(by: .infinity, plus: -0.0), .addScaled(1e-300), .combination(0.1, -2), .square,
      .squareRoot, .exponential, .logarithm,
    ]
    let functions =
      arithmetic
      + ActivationKind.types.flatMap { type -> [PointFunction] in
        guard let activation = try? type.init(parameters: type.parameterDefaults.map(\.value)).kind else { return [] }
        return [.activation(activation), .activationSlope(activation), .activationVJP(activation), .activationCurvature(activation)]
      }
    #expect(functions.count == arithmetic.count + 4 * ActivationKind.types.count)
    for function in functions {
      _ = try engine.map(function, [Tensor](repeating: x, count: function.inputCount), into: engine.empty(rows: 1, columns: 2))
    }
    for layer in PointwiseLayer.samples {
      let program = CovarianceProgram(chain: [.affine(weightVariance: 1.25, biasVariance: 1e-7), .pointwise(layer)])
      _ = try engine.kernel(program, x)
    }
  }

  @Test func everyOperationHasConformanceCases() {
    let covered = Set(ConformanceSuite.cases().map(\.operation.rawValue))
    #expect(covered == Set(BackendOperation.allCases.map(\.rawValue)).union(["copy"]))
  }
}
