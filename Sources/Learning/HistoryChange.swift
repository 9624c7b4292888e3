import Compute
import Matrices
import WideKernels

/// What training has added to a block as the sum over every visited centre: the definition that the basis is tested
/// against, and the choice for kernels with kinks.
///
/// f_t(ξ) = f_0(ξ) − Σ_{s<t} Σ_i K(ξ, z_s(x_i)) a_s,i with a_s,i = ηδ_s(x_i), or with momentum μ their sum over later steps:
/// v ← μv, with ηδ at the new centres, a ← a + v. Memory t·N·(width + outputs), cost t·N² per step.
package struct HistoryChange {
  let program: CovarianceProgram
  let width: Int
  private let momentum: Double
  private let engine: Engine
  private var centres: Tensor
  /// −a.
  private var coefficients: Tensor
  private var velocities: Tensor?
  private(set) var count = 0
  private var capacity: Int

  /// A block before its first step.
  package init(_ program: CovarianceProgram, width: Int, outputs: Int, momentum: Double = 0, on engine: Engine) throws(ComputeError) {
    (self.program, self.width, self.momentum, self.engine) = (program, width, momentum, engine)
    capacity = 1024
    centres = try engine.zeros(rows: capacity, columns: width)
    coefficients = try engine.zeros(rows: capacity, columns: outputs)
    if momentum > 0 { velocities = try engine.zeros(rows: capacity, columns: outputs) }
  }

  /// Value `[1, n, outputs]` and Jacobian `[1, n, outputs · width]` at `z` `[1, n, width]`, all at the engine's precision.
  package func read(at z: Tensor, jacobian: Bool) throws(ComputeError) -> (value: Tensor, jacobian: Tensor?) {
    try engine.widePass(
      .ntk, program, points: z, centres: centres.rows(0..<count), coefficients: coefficients.rows(0..<count), jacobian: jacobian)
  }

  /// f ← f − Σ_i K(·, z_i) step_i.
  package mutating func descend(at z: Tensor, by step: Tensor) throws(ComputeError) {
    try reserve(count + z.rows)
    let new = count..<count + z.rows
    try engine.copy(z, into: centres.rows(new))
    let negative = try engine.map(.scaled(by: -1, plus: 0), engine.converted(step))
    try engine.copy(negative, into: coefficients.rows(new))
    if let velocities {
      if count > 0 {
        let old = velocities.rows(0..<count)
        try engine.map(.scaled(by: momentum, plus: 0), [old], into: old)
        let sums = coefficients.rows(0..<count)
        try engine.map(.sum, [sums, old], into: sums)
      }
      try engine.copy(negative, into: velocities.rows(new))
    }
    count = new.upperBound
  }

  /// Everything that later steps depend on, by name.
  func state() throws(ComputeError) -> [String: Matrix] {
    var state = [
      "centres": try engine.matrix(centres.rows(0..<count)), "coefficients": try engine.matrix(coefficients.rows(0..<count)),
    ]
    if let velocities { state["velocities"] = try engine.matrix(velocities.rows(0..<count)) }
    return state
  }

  mutating func restore(_ state: [String: Matrix]) throws {
    func write(_ name: String, into tensor: Tensor) throws {
      guard let matrix = state[name] else { throw LearningError.incompleteState(missing: name) }
      try engine.write(matrix.values, into: tensor.rows(0..<matrix.rows))
    }
    guard let visited = state["centres"]?.rows else { throw LearningError.incompleteState(missing: "centres") }
    try reserve(visited)
    try write("centres", into: centres)
    try write("coefficients", into: coefficients)
    if let velocities { try write("velocities", into: velocities) }
    count = visited
  }

  private mutating func reserve(_ needed: Int) throws(ComputeError) {
    guard needed > capacity else { return }
    let larger = max(needed, 2 * capacity)
    func grown(_ tensor: Tensor) throws(ComputeError) -> Tensor {
      let new = try engine.zeros(rows: larger, columns: tensor.columns)
      try engine.copy(tensor, into: new.rows(0..<capacity))
      return new
    }
    (centres, coefficients) = (try grown(centres), try grown(coefficients))
    if let old = velocities { velocities = try grown(old) }
    capacity = larger
  }
}
