import Compute
import Losses

extension Loss {
  /// dl/dF of every example on the device, as `gradient`: `outputs` `[batch, n, c]`, `targets` of that shape or with batch 1.
  public func gradient(_ outputs: Tensor, _ targets: Tensor, on engine: Engine) throws(ComputeError) -> Tensor {
    let gradient = try engine.empty(batch: outputs.batch, rows: outputs.rows, columns: outputs.columns)
    switch self {
    case .squared: try engine.map(.difference, [outputs, targets], into: gradient)
    case .softmax:
      try engine.map(.difference, [outputs, engine.rows(.maximum, outputs)], into: gradient)
      try engine.map(.exponential, [gradient], into: gradient)
      try engine.map(.quotient, [gradient, engine.rows(.sum, gradient)], into: gradient)
      try engine.map(.difference, [gradient, targets], into: gradient)
    case .hinge, .softHinge:
      guard let marginFunction else { break }
      try engine.map(.product, [outputs, targets], into: gradient)
      try engine.map(.scaled(by: -1, plus: 1), [gradient], into: gradient)
      try engine.map(.activationVJP(marginFunction), [gradient, targets], into: gradient)
      try engine.map(.scaled(by: -1, plus: 0), [gradient], into: gradient)
    }
    return gradient
  }
}
