import Compute
import WideKernels

/// What training has added to a block as the sum over every visited centre: the definition that the basis is tested
/// against, and the choice for kernels with kinks.
///
/// f_t(ξ) = f_0(ξ) − Σ_{s<t} Σ_i K(ξ, z_s(x_i)) ηδ_s(x_i). Memory t·N·(width + outputs), cost t·N² per step.
struct HistoryChange {
  let program: KernelProgram
  let width: Int
  private let engine: Engine
  private var centres: Tensor
  private var coefficients: Tensor
  private(set) var count = 0
  private var capacity: Int

  init(_ program: KernelProgram, width: Int, outputs: Int, on engine: Engine) throws(ComputeError) {
    self.program = program
    self.width = width
    self.engine = engine
    capacity = 1024
    centres = try engine.zeros(rows: capacity, columns: width)
    coefficients = try engine.zeros(rows: capacity, columns: outputs)
  }

  func read(at z: Matrix, jacobian: Bool) throws(ComputeError) -> (value: Matrix, jacobian: Matrix?) {
    let result = try engine.widePass(
      .ntk, program, points: engine.tensor(z), centres: centres.rows(0..<count), coefficients: coefficients.rows(0..<count),
      jacobian: jacobian)
    let slopes: Matrix? = if let tensor = result.jacobian { try engine.matrix(tensor) } else { nil }
    return (try engine.matrix(result.value), slopes)
  }

  mutating func descend(at z: Matrix, by step: Matrix) throws(ComputeError) {
    try reserve(count + z.rows)
    try engine.write(z.values, into: centres.rows(count..<count + z.rows))
    try engine.write(step.values.map { -$0 }, into: coefficients.rows(count..<count + z.rows))
    count += z.rows
  }

  private mutating func reserve(_ needed: Int) throws(ComputeError) {
    guard needed > capacity else { return }
    let larger = max(needed, 2 * capacity)
    let (newCentres, newCoefficients) = (
      try engine.zeros(rows: larger, columns: width), try engine.zeros(rows: larger, columns: coefficients.columns)
    )
    try engine.map(.scaled(by: 1, plus: 0), [centres], into: newCentres.rows(0..<capacity))
    try engine.map(.scaled(by: 1, plus: 0), [coefficients], into: newCoefficients.rows(0..<capacity))
    (centres, coefficients, capacity) = (newCentres, newCoefficients, larger)
  }
}
