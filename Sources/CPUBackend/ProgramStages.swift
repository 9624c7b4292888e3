import CPUKernelInterface
import WideKernels

/// A program with every affine map joined to the activation that follows it.
struct ProgramStages {
  enum Stage {
    case layer(LayerStage)
    case affine(weight: Double, bias: Double)
  }

  let stages: [Stage]

  init(_ program: KernelProgram) {
    var stages: [Stage] = []
    var pending: (weight: Double, bias: Double)?
    for step in program.steps {
      switch step {
      case .affine(let weight, let bias):
        if let pending { stages.append(.affine(weight: pending.weight, bias: pending.bias)) }
        pending = (weight, bias)
      case .activation(let activation):
        stages.append(
          .layer(
            LayerStage(
              weight: pending?.weight ?? 1, bias: pending?.bias ?? 0, gain: pending == nil ? 0 : 1, activation: activation,
              isFirst: stages.isEmpty)))
        pending = nil
      }
    }
    if let pending {
      if case .layer(var last) = stages.last {
        (last.outputWeight, last.outputBias, last.outputGain) = (pending.weight, pending.bias, 1)
        stages[stages.count - 1] = .layer(last)
      } else {
        stages.append(.affine(weight: pending.weight, bias: pending.bias))
      }
    }
    self.stages = stages
  }

  /// Whether a tile must hold the state in front of the first stage; a first layer makes it by itself.
  var needsInitialState: Bool {
    if case .layer = stages.first { false } else { true }
  }
}

/// What a set of inputs contributes to its pairs: for every stage the variance in front of the activation and its
/// derivative in the input's variance, and at the end the kernels of every input with itself.
struct DiagonalTable<Scalar> {
  let base: UnsafeMutablePointer<Scalar>
  /// Numbers of one entry: the inputs, padded to whole vectors.
  let padded: Int

  /// Numbers of the whole table.
  static func count(stages: Int, padded: Int) -> Int { (2 * stages + 3) * padded }

  func variance(_ stage: Int) -> UnsafeMutablePointer<Scalar> { base + (3 + 2 * stage) * padded }
  func slope(_ stage: Int) -> UnsafeMutablePointer<Scalar> { base + (4 + 2 * stage) * padded }
  /// The state that runs through the stages; first the inputs' variances, at the end the kernels.
  var nngp: UnsafeMutablePointer<Scalar> { base }
  var ntk: UnsafeMutablePointer<Scalar> { base + padded }
  var state: DiagonalState<Scalar> { DiagonalState(nngp: base, ntk: base + padded, slope: base + 2 * padded) }
}
