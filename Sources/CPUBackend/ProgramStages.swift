import CPUKernelInterface
import WideKernels

/// A program with every affine map joined to the pointwise layer that follows it: what tiles go through, found once for all of them.
struct ProgramStages {
  enum Stage {
    case layer(LayerStage)
    case affine(weight: Double, bias: Double)
  }

  let stages: [Stage]
  /// Whether a tangent kernel comes in, which the first stage is to read.
  let continues: Bool

  /// - Parameter continues: a tangent kernel comes in.
  init(_ program: CovarianceProgram, continues: Bool = false) {
    var machine = StageMachine(continues: continues)
    machine.finish(program.run(&machine, from: nil))
    stages = machine.stages
    self.continues = continues
  }

  /// Whether a tile must be given a tangent kernel of 0 in front of the first stage; a first layer makes it by itself.
  var needsInitialState: Bool {
    if continues { return false }
    return if case .layer = stages.first { false } else { true }
  }
}

/// What a set of inputs contributes to its pairs: for every stage the variance in front of the activation and its
/// derivative in the input's variance, and at the end the kernels of every input with itself.
struct DiagonalTable<Scalar> {
  let base: UnsafeMutablePointer<Scalar>
  /// Numbers of one entry: the inputs, padded to whole vectors.
  let padded: Int

  /// Inputs of one note in `farNotes`.
  static var block: Int { 256 }

  /// Numbers of the whole table; a table behind it begins at a whole vector.
  static func count(stages: Int, padded: Int) -> Int { (2 * stages + 3) * padded + (stages * noteCount(padded) + 15) / 16 * 16 }

  private static func noteCount(_ padded: Int) -> Int { (padded + block - 1) / block }

  func variance(_ stage: Int) -> UnsafeMutablePointer<Scalar> { base + (3 + 2 * stage) * padded }
  func slope(_ stage: Int) -> UnsafeMutablePointer<Scalar> { base + (4 + 2 * stage) * padded }
  /// Notes of a stage, of `stages` in all, by `block` of inputs: not 0 where a variance is far from 1.
  func farNotes(_ stage: Int, of stages: Int) -> UnsafeMutablePointer<Scalar> {
    base + (3 + 2 * stages) * padded + stage * Self.noteCount(padded)
  }
  /// The state that runs through the stages; first the inputs' variances, at the end the kernels.
  var nngp: UnsafeMutablePointer<Scalar> { base }
  var ntk: UnsafeMutablePointer<Scalar> { base + padded }
  var state: DiagonalState<Scalar> { DiagonalState(nngp: base, ntk: base + padded, slope: base + 2 * padded) }
}

/// Collects the stages of a chain; its state is the affine map that no stage has taken yet.
private struct StageMachine: CovarianceMachine {
  typealias Affine = (weight: Double, bias: Double)
  let continues: Bool
  private(set) var stages: [ProgramStages.Stage] = []

  init(continues: Bool) { self.continues = continues }

  mutating func affine(_ x: Affine?, weightVariance: Double, biasVariance: Double) -> Affine? {
    if let x { stages.append(.affine(weight: x.weight, bias: x.bias)) }
    return (weightVariance, biasVariance)
  }

  mutating func pointwise(_ x: Affine?, _ layer: PointwiseLayer) -> Affine? {
    stages.append(
      .layer(
        LayerStage(weight: x?.weight ?? 1, bias: x?.bias ?? 0, gain: x == nil ? 0 : 1, layer: layer, isFirst: stages.isEmpty && !continues))
    )
    return nil
  }

  /// The affine map at the end joins the layer before it.
  mutating func finish(_ last: Affine?) {
    guard let last else { return }
    guard case .layer(var layer) = stages.last else { return stages.append(.affine(weight: last.weight, bias: last.bias)) }
    (layer.outputWeight, layer.outputBias, layer.outputGain) = (last.weight, last.bias, 1)
    stages[stages.count - 1] = .layer(layer)
  }
}
