import Compute
import FiniteNetworks

/// The initial functions of one block of several runs, evaluated together.
struct InitialFunctions {
  private enum Form {
    /// Every block has one hidden layer of one width and activation: one fused pass for all runs.
    case stacked(FeatureLayer)
    /// One by one; nil begins at zero.
    case separate([FiniteNetwork?])
    case zero
  }

  private var form: Form
  private let engine: Engine

  /// - Parameter engine: of the passes.
  init(_ functions: [InitialFunction], on engine: Engine) throws(ComputeError) {
    self.engine = engine
    let blocks = functions.map { function -> FiniteNetwork? in if case .features(let block) = function { block } else { nil } }
    if blocks.allSatisfy({ $0 == nil }) {
      form = .zero
    } else if let stacked = try Self.stack(blocks, on: engine) {
      form = .stacked(stacked)
    } else {
      form = .separate(blocks)
    }
  }

  /// Values `[runs, n, outputs]` and Jacobians at `z` `[runs, n, inputs]`; nil where every run begins at zero.
  func read(at z: Tensor, jacobian: Bool) throws -> (value: Tensor, jacobian: Tensor?)? {
    switch form {
    case .zero: return nil
    case .stacked(let layer): return try layer.read(at: z, jacobian: jacobian, on: engine)
    case .separate(let blocks):
      guard let (inputs, outputs) = blocks.lazy.compactMap({ $0 }).first.map({ ($0.architecture.inputs, $0.architecture.outputs) }) else {
        return nil
      }
      let value = try engine.zeros(batch: z.batch, rows: z.rows, columns: outputs)
      let slopes = jacobian ? try engine.zeros(batch: z.batch, rows: z.rows, columns: outputs * inputs) : nil
      for (run, block) in blocks.enumerated() {
        guard let result = try block?.read(at: z.item(run), jacobian: jacobian) else { continue }
        try engine.copy(result.value, into: value.item(run))
        if let slopes, let own = result.jacobian { try engine.copy(own, into: slopes.item(run)) }
      }
      return (value, slopes)
    }
  }

  /// Lets only the runs at `indices` go on.
  mutating func keep(_ indices: [Int]) throws(ComputeError) {
    switch form {
    case .zero: break
    case .separate(let blocks): form = .separate(indices.map { blocks[$0] })
    case .stacked(let layer):
      form = .stacked(try FeatureLayer(stacking: indices.map { layer.item($0) }, on: engine))
    }
  }

  private static func stack(_ blocks: [FiniteNetwork?], on engine: Engine) throws(ComputeError) -> FeatureLayer? {
    var layers: [FeatureLayer] = []
    for block in blocks {
      guard let layer = try block?.featureLayer() else { return nil }
      layers.append(layer)
    }
    guard let first = layers.first, layers.allSatisfy({ $0.canStack(with: first) }) else { return nil }
    return try FeatureLayer(stacking: layers, on: engine)
  }
}

extension FeatureLayer {
  func canStack(with other: FeatureLayer) -> Bool {
    weights.shape == other.weights.shape && coefficients.shape == other.coefficients.shape
      && (biases == nil) == (other.biases == nil) && (readoutBias == nil) == (other.readoutBias == nil)
      && PointFunction.activation(activation).description == PointFunction.activation(other.activation).description
  }

  /// Several layers as the items of a batch.
  init(stacking layers: [FeatureLayer], on engine: Engine) throws(ComputeError) {
    func stacked(_ tensors: [Tensor]) throws(ComputeError) -> Tensor? { tensors.isEmpty ? nil : try engine.stacked(tensors) }
    self.init(
      activation: layers[0].activation, weights: try engine.stacked(layers.map(\.weights)),
      biases: try stacked(layers.compactMap(\.biases)),
      coefficients: try engine.stacked(layers.map(\.coefficients)), readoutBias: try stacked(layers.compactMap(\.readoutBias)))
  }

  func item(_ index: Int) -> FeatureLayer {
    FeatureLayer(
      activation: activation, weights: weights.item(index), biases: biases?.item(index), coefficients: coefficients.item(index),
      readoutBias: readoutBias?.item(index))
  }
}
