import Compute
import FiniteNetworks
import Matrices
import Networks

/// The functions that a chain of blocks begins as.
public struct ChainStart: Sendable {
  /// g_0 at the training points `[N, width of the first bottleneck]` (F_0 where there is no bottleneck).
  public var train: Matrix
  /// g_0 at the test points `[M, …]`.
  public var test: Matrix
  /// g_0 at further points `[…, …]`.
  public var further: Matrix
  /// Initial functions of blocks 1, 2, ….
  public var functions: [InitialFunction]

  /// - Parameter further: g_0 at the further points of the first block, if it has any.
  public init(train: Matrix, test: Matrix, further: Matrix = Matrix(zeros: 0, 0), functions: [InitialFunction]) {
    (self.train, self.test, self.further) = (train, test, further)
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
    let values = try first.draw([(network.blocks[0].outputs, firstStream(stream))])[0]
    return try ChainStart(network, first: values, featureWidth: featureWidth, symmetrised: symmetrised, stream: stream, on: engine)
  }

  /// The stream from which `draw` takes g_0 of a start with `stream`.
  public static func firstStream(_ stream: RandomStream) -> RandomStream { stream.child("first") }

  /// The start with g_0 as given, for instance one of many drawn together, and the other functions drawn as by `draw`.
  public init(
    _ network: Network, first: (train: Matrix, test: Matrix), further: Matrix = Matrix(zeros: 0, 0), featureWidth: (Int) -> Int,
    symmetrised: Set<Int> = [], stream: RandomStream, on engine: Engine
  ) throws {
    for block in network.blocks.indices.dropLast() where symmetrised.contains(block) && symmetrised.contains(block + 1) {
      throw LearningError.saddle(block: block)
    }
    (train, test) = first
    self.further = further
    if symmetrised.contains(0) {
      (train, test) = (Matrix(zeros: train.rows, train.columns), Matrix(zeros: test.rows, test.columns))
      self.further = Matrix(zeros: further.rows, further.columns)
    }
    functions = try network.blocks.indices.dropFirst().map { index in
      if symmetrised.contains(index) { return .zero }
      return .features(
        try FiniteNetwork(
          network.blocks[index], inputs: network.blocks[index - 1].outputs, width: featureWidth(index),
          stream: stream.child("block/\(index)"), on: engine))
    }
  }

  /// The start with every number of g_0 changed by a relative `size`·N(0, 1): that of a perturbed twin.
  public func perturbed(by size: Double, stream: RandomStream) -> ChainStart {
    var twin = self
    let normals = stream.normals(train.values.count + test.values.count)
    for index in train.values.indices { twin.train.values[index] *= 1 + size * normals[index] }
    for index in test.values.indices { twin.test.values[index] *= 1 + size * normals[train.values.count + index] }
    return twin
  }
}
