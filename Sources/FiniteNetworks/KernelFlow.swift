import Compute
import LinearAlgebra
import Losses
import Matrices

/// Gradient flow of the linear model with a frozen tangent kernel: f = Θ c with c′ = −(1/n) l′(α f)·, f = 0 at the start.
///
/// The same steps and rule as `GradientFlow`, in the space of functions: |g|² is v·Θ v with v = l′/n. Since c is kept, the function at
/// any point is known from the kernel's row there.
///
/// Source: Geiger et al. 2019 (1906.08034), runs with the initial or the final kernel.
public struct KernelFlow: Sendable {
  /// Rule by which steps are chosen.
  public let rule: GradientFlow.Rule
  /// Time and steps so far.
  public private(set) var clock = TrainingClock(members: 1, step: 1)
  /// f at the training points, `[n, 1]`.
  public private(set) var outputs: Matrix
  /// c, `[n, 1]`: f(x) = Θ(x, training points) c.
  public private(set) var coefficients: Matrix
  /// l′/n and Θ times it, at `outputs`.
  private var slope: Matrix
  private var velocity: Matrix
  private let kernel: Tensor
  private let targets: Matrix
  private let loss: Loss
  private let engine: Engine

  /// - Parameters:
  ///   - kernel: `[1, n, n]`, symmetric.
  ///   - targets: `[n, 1]`.
  public init(_ kernel: Tensor, _ targets: Matrix, loss: Loss, rule: GradientFlow.Rule, on engine: Engine) throws {
    guard kernel.batch == 1, kernel.rows == kernel.columns, kernel.rows == targets.rows, targets.columns == 1 else {
      throw FiniteNetworkError.shape(what: "kernel", expected: "[1, \(targets.rows), \(targets.rows)]", got: kernel.shapeText)
    }
    self.kernel = kernel
    self.targets = targets
    self.loss = loss
    self.rule = rule
    self.engine = engine
    outputs = Matrix(zeros: targets.rows, 1)
    coefficients = outputs
    slope = loss.gradient(outputs, targets).map { $0 / Double(targets.rows) }
    velocity = try engine.matrix(engine.gemm(kernel, engine.tensor(slope)))
    clock.step = [rule.initialStep]
  }

  /// Goes on from where an equal flow stood.
  public mutating func restore(clock: TrainingClock, outputs: Matrix, coefficients: Matrix) throws {
    (self.clock, self.outputs, self.coefficients) = (clock, outputs, coefficients)
    slope = loss.gradient(outputs, targets).map { $0 / Double(targets.rows) }
    velocity = try engine.matrix(engine.gemm(kernel, engine.tensor(slope)))
  }

  /// Tries one step.
  public mutating func advance() throws {
    let step = clock.step[0]
    let trial = combined(outputs, velocity, -step)
    let trialSlope = loss.gradient(trial, targets).map { $0 / Double(targets.rows) }
    let trialVelocity = try engine.matrix(engine.gemm(kernel, engine.tensor(trialSlope)))
    let squares = (
      dot(slope, velocity), dot(trialSlope, trialVelocity), dot(trialSlope - slope, trialVelocity - velocity)
    )
    let product = max(squares.0, 0).squareRoot() * max(squares.1, 0).squareRoot()
    let turn = product > 0 ? squares.2 / product : 0
    let moved = (trial - outputs).values.reduce(0) { max($0, abs($1)) }
    guard trial.isFinite, turn < rule.gradientChange, moved < rule.outputChange else {
      clock.rejected[0] += 1
      clock.step[0] /= 10
      return
    }
    outputs = trial
    coefficients = combined(coefficients, slope, -step)
    (slope, velocity) = (trialSlope, trialVelocity)
    clock.accepted[0] += 1
    clock.time[0] += step
    if turn < rule.gradientChange / 2, moved < rule.outputChange / 2 { clock.step[0] *= 1.1 }
  }

  private func dot(_ a: Matrix, _ b: Matrix) -> Double { zip(a.values, b.values).reduce(0) { $0 + $1.0 * $1.1 } }
  private func combined(_ a: Matrix, _ b: Matrix, _ factor: Double) -> Matrix { a + b.map { factor * $0 } }
}
