import Compute
import LinearAlgebra
import Networks
import WideKernels

/// What all runs on the same data with the same first block share: its tangent kernel and its Gaussian process.
///
/// Any kernel matrices will do for block 0: its centres are the fixed inputs.
public struct FirstBlock: Sendable {
  /// Θ_0 `[1, N, N]` on the training points.
  public let tangent: Tensor
  /// Θ_0 `[1, M, N]` between test and training points, or nil without test points.
  public let tangentTest: Tensor?
  public let trainCount: Int
  public let testCount: Int
  /// Lower Cholesky factor of Q_0 on training, then test points, `[1, N + M, N + M]`.
  private let factor: Tensor
  /// What was added to the diagonal of Q_0, in its unit.
  public let jitter: Double
  let engine: Engine

  /// Computes both kernels of `program` on the device and factors the NNGP kernel.
  ///
  /// - Parameters:
  ///   - relativeJitter: times the mean diagonal of Q_0, added to its diagonal; duplicate inputs need some.
  ///   - engine: float64.
  public init(_ program: KernelProgram, train: Matrix, test: Matrix, relativeJitter: Double, on engine: Engine) throws {
    var all = train
    all.append(test)
    let inputs = try engine.tensor(all)
    let nngp = try engine.kernel(.nngp, program, inputs)
    let trainInputs = inputs.rows(0..<train.rows)
    tangent = try engine.kernel(.ntk, program, trainInputs)
    tangentTest =
      test.rows > 0 ? try engine.kernel(.ntk, program, inputs.rows(train.rows..<all.rows), trainInputs) : nil
    let diagonal = try engine.kernelDiagonal(.nngp, program, inputs)
    jitter = relativeJitter * diagonal.reduce(0, +) / Double(max(diagonal.count, 1))
    factor = try cholesky(nngp, jitter: jitter, on: engine)
    trainCount = train.rows
    testCount = test.rows
    self.engine = engine
  }

  /// `columns` independent functions from the Gaussian process Q_0 at all points, drawn on the host in float64.
  ///
  /// - Returns: values at training `[N, columns]` and test points `[M, columns]`.
  public func draw(columns: Int, stream: RandomStream) throws -> (train: Matrix, test: Matrix) {
    let total = trainCount + testCount
    let normals = try engine.tensor(stream.normals(total * columns), rows: total, columns: columns)
    let values = try engine.matrix(engine.gemm(factor, normals))
    return (values.rows(Array(0..<trainCount)), values.rows(Array(trainCount..<total)))
  }

  /// Θ_0 on the training points `indices`, `[n, n]`.
  public func tangentKernel(_ indices: [Int]) throws(ComputeError) -> Matrix {
    var selected = Matrix(zeros: 0, indices.count)
    for index in indices {
      let row = try engine.read(tangent.rows(index..<index + 1))
      selected.append(Matrix(rows: 1, columns: indices.count, values: indices.map { row[$0] }))
    }
    return selected
  }

  /// Largest eigenvalue of Θ_0 / N.
  public func largestTangentEigenvalue() throws -> Double {
    let start = RandomStream(seed: 0, name: "lanczos").normals(trainCount)
    return try largestEigenvalue(size: trainCount, start: start) { vector in
      try engine.read(engine.gemm(tangent, engine.tensor(vector, rows: trainCount, columns: 1)))
    } / Double(trainCount)
  }
}

/// The functions that a chain of blocks begins as.
public struct ChainStart: Sendable {
  /// g_0 at the training points `[N, width of the first bottleneck]` (F_0 where there is no bottleneck).
  public var train: Matrix
  /// g_0 at the test points `[M, …]`.
  public var test: Matrix
  /// Of blocks 1, 2, ….
  public var functions: [InitialFunction]

  public init(train: Matrix, test: Matrix, functions: [InitialFunction]) {
    self.train = train
    self.test = test
    self.functions = functions
  }

  /// Draws a start from named streams on the host: `stream/first`, `stream/block/k`.
  ///
  /// - Parameters:
  ///   - featureWidth: hidden width M of the finite blocks that stand for the initial functions of blocks 1, 2, ….
  ///   - symmetrised: blocks that begin at zero, by index (0 is the first block).
  /// - Throws: `LearningError.saddle` where two consecutive blocks would begin at zero.
  public static func draw(
    _ network: Network, _ first: FirstBlock, featureWidth: (Int) -> Int, symmetrised: Set<Int> = [], stream: RandomStream, on engine: Engine
  ) throws -> ChainStart {
    for block in network.blocks.indices.dropLast() where symmetrised.contains(block) && symmetrised.contains(block + 1) {
      throw LearningError.saddle(block: block)
    }
    let columns = network.blocks[0].outputs
    var (train, test) = try first.draw(columns: columns, stream: stream.child("first"))
    if symmetrised.contains(0) { (train, test) = (Matrix(zeros: train.rows, columns), Matrix(zeros: test.rows, columns)) }
    var functions: [InitialFunction] = []
    for index in network.blocks.indices.dropFirst() {
      if symmetrised.contains(index) {
        functions.append(.zero)
      } else {
        functions.append(
          .features(
            try FiniteBlock(
              network.blocks[index], inputs: network.blocks[index - 1].outputs, width: featureWidth(index),
              stream: stream.child("block/\(index)"), on: engine)))
      }
    }
    return ChainStart(train: train, test: test, functions: functions)
  }

  /// The same start with every number of g_0 changed by a relative `size`·N(0, 1): the start of a perturbed twin.
  public func perturbed(by size: Double, stream: RandomStream) -> ChainStart {
    var twin = self
    let normals = stream.normals(train.values.count + test.values.count)
    for index in train.values.indices { twin.train.values[index] *= 1 + size * normals[index] }
    for index in test.values.indices { twin.test.values[index] *= 1 + size * normals[train.values.count + index] }
    return twin
  }
}
