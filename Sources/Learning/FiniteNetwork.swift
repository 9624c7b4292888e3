import Compute
import Networks
import WideKernels

/// A fully-connected chain of finite blocks, trained by gradient descent on a device: what the limit is the limit of.
public struct FiniteNetwork: Sendable {
  public private(set) var blocks: [FiniteBlock]
  let engine: Engine

  /// - Parameters:
  ///   - width: of all hidden layers.
  ///   - stream: block k draws from `stream/block/k`.
  public init(_ network: Network, width: Int, stream: RandomStream, on engine: Engine) throws {
    var inputs = network.inputs
    blocks = []
    for (index, block) in network.blocks.enumerated() {
      blocks.append(try FiniteBlock(block, inputs: inputs, width: width, stream: stream.child("block/\(index)"), on: engine))
      inputs = block.outputs
    }
    self.engine = engine
  }

  /// Outputs of every block at `x` `[n, inputs]`: the bottlenecks, then F.
  public func outputs(_ x: Matrix) throws(ComputeError) -> [Matrix] {
    var outputs: [Matrix] = []
    var z = x
    for block in blocks {
      z = try block.read(at: z, jacobian: false).value
      outputs.append(z)
    }
    return outputs
  }

  /// One step of gradient descent on the mean loss of `x`: all gradients first, then all parameters.
  public mutating func step(_ x: Matrix, _ targets: Matrix, loss: Loss, rate: Double) throws(ComputeError) {
    var passes: [(inputs: [Tensor], preactivations: [Tensor])] = []
    var z = try engine.tensor(x)
    for block in blocks {
      let pass = try block.preactivations(z)
      passes.append(pass)
      z = pass.preactivations[block.layers.count - 1]
    }
    let gradient = loss.gradient(try engine.matrix(z), targets).map { $0 / Double(x.rows) }
    var cotangent = try engine.tensor(gradient)
    var cotangents: [[Tensor]] = []
    for (block, pass) in zip(blocks, passes).reversed() {
      let layers = try block.backward(cotangent, pass.preactivations)
      cotangents.insert(layers, at: 0)
      cotangent = try engine.gemm(layers[0], block.layers[0].weights, alpha: block.layers[0].weightScale)
    }
    let ones = try engine.tensor([Double](repeating: 1, count: x.rows), rows: 1, columns: x.rows)
    for (index, block) in blocks.enumerated() {
      for (number, layer) in block.layers.enumerated() {
        let delta = cotangents[index][number]
        try engine.gemm(
          GEMM(transposeA: true, alpha: -rate * layer.weightScale, beta: 1), delta, passes[index].inputs[number], into: layer.weights)
        if let bias = layer.bias { try engine.gemm(GEMM(alpha: -rate * layer.biasScale, beta: 1), ones, delta, into: bias) }
      }
    }
  }

  /// Empirical tangent kernel at `x` `[n, inputs]`: entry (i·c + o, j·c + p) = Σ_θ ∂F_o(x_i)/∂θ ∂F_p(x_j)/∂θ, `[n·c, n·c]`.
  ///
  /// Layer by layer (σ_w²/fan-in h·h′ + σ_b²) δ·δ′; cost n²·width per layer and pair of outputs.
  public func tangentKernel(_ x: Matrix) throws(ComputeError) -> Matrix {
    var passes: [(inputs: [Tensor], preactivations: [Tensor])] = []
    var z = try engine.tensor(x)
    for block in blocks {
      let pass = try block.preactivations(z)
      passes.append(pass)
      z = pass.preactivations[block.layers.count - 1]
    }
    let (n, c) = (x.rows, z.columns)
    var deltas: [[[Tensor]]] = []
    for output in 0..<c {
      var seed = Matrix(zeros: n, c)
      for row in 0..<n { seed[row, output] = 1 }
      var cotangent = try engine.tensor(seed)
      var perBlock: [[Tensor]] = []
      for (block, pass) in zip(blocks, passes).reversed() {
        let layers = try block.backward(cotangent, pass.preactivations)
        perBlock.insert(layers, at: 0)
        cotangent = try engine.gemm(layers[0], block.layers[0].weights, alpha: block.layers[0].weightScale)
      }
      deltas.append(perBlock)
    }
    var kernel = Matrix(zeros: n * c, n * c)
    for (index, block) in blocks.enumerated() {
      for (number, layer) in block.layers.enumerated() {
        let h = passes[index].inputs[number]
        let features = try engine.gemm(h, h, transposeB: true, alpha: layer.weightScale * layer.weightScale)
        if layer.bias != nil { try engine.map(.scaled(by: 1, plus: layer.biasScale * layer.biasScale), [features], into: features) }
        for (first, second) in (0..<c).flatMap({ first in (0..<c).map { (first, $0) } }) {
          let product = try engine.gemm(deltas[first][index][number], deltas[second][index][number], transposeB: true)
          let term = try engine.matrix(engine.map(.product, features, product))
          for i in 0..<n { for j in 0..<n { kernel[i * c + first, j * c + second] += term[i, j] } }
        }
      }
    }
    return kernel
  }
}
