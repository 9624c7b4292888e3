import Compute
import Foundation
import Matrices

/// An infinitely wide deep linear network with finite bottlenecks, trained by gradient flow: exactly a product of matrices.
///
/// Segment s has L_s weight matrices (NTK parametrisation, weights N(0, 1), no biases) and infinite widths within; the segments are
/// joined by bottlenecks of widths d_1, …, d_{B−1}. With one bottleneck and β = Gᵀv / √(d n_0), S = dL/dβ:
///
///     v′ = −L_f G S / √(d n_0),   G′ = −L_g v Sᵀ / √(d n_0),   conserved: v vᵀ / L_f − G Gᵀ / L_g
///
/// and without bottlenecks β′ = −(Σ_s L_s / n_0) S, of a constant kernel.
///
/// Source: the tangent kernel of a deep linear segment is its number of weight matrices times the product of its inputs (Jacot,
/// Gabriel & Hongler 2018, identity activation); composed as in Littwin et al. 2021 (arXiv 2107.00364).
public struct LinearBottlenecks: Sendable {
  /// n_0, the width of the input.
  public let inputs: Int
  /// d_1, …, d_{B−1}, from the input on; at least one.
  public let widths: [Int]
  /// L_1, …, L_B: weight matrices of each segment.
  public let layers: [Int]
  /// The gradient flow of all factors.
  public let flow: DeepLinearFlow

  /// One output.
  ///
  /// - Precondition: one more number of layers than widths, all positive.
  public init(inputs: Int, widths: [Int], layers: [Int]) {
    precondition(!widths.isEmpty && layers.count == widths.count + 1, "\(layers.count) segments for \(widths.count) bottlenecks")
    self.inputs = inputs
    self.widths = widths
    self.layers = layers
    let fanIns = ([inputs] + widths).reduce(1.0) { $0 * Double($1) }
    flow = DeepLinearFlow(widths: [inputs] + widths + [1], rates: layers.map(Double.init), scale: 1 / fanIns.squareRoot())
  }

  /// Factors with independent standard normal entries; E|β_0|² = 1.
  public func start(_ stream: RandomStream) -> [Double] { stream.normals(flow.count) }

  /// Σ L / n_0: the rate of the network without bottlenecks and the same weight matrices, dβ/dt = −rate · S.
  public var rateWithout: Double { Double(layers.reduce(0, +)) / Double(inputs) }

  /// What training with `task` does until the loss is at most `fraction` of the initial one.
  ///
  /// - Parameters:
  ///   - subtractsStart: trains F − F_0 in place of F.
  ///   - horizon: time at which the run ends in any case.
  ///   - readings: times at which the loss is wanted, increasing.
  /// - Throws: `DeepLinearError.integration`.
  public func run(
    _ task: LinearTask, from start: [Double], subtractsStart: Bool, fraction: Double, horizon: Double, readings: [Double] = [],
    integrator: DormandPrince = DormandPrince()
  ) throws -> LinearRun {
    let first = flow.product(start)
    let goal = subtractsStart ? first.values : [Double](repeating: 0, count: inputs)
    func loss(_ state: [Double]) -> Double { task.loss(zip(flow.product(state).values, goal).map { $0 - $1 }) }
    let initial = loss(start)
    var losses: [Double] = [], time: Double?, steps = 0, last = start
    try integrator.integrate(
      start, over: 0...horizon,
      derivative: { _, state in
        flow.derivative(state) { Matrix(rows: 1, columns: inputs, values: task.gradient(zip($0.values, goal).map { $0 - $1 })) }
      },
      observe: { step in
        steps += 1
        last = step.end
        if loss(step.end) <= fraction * initial {
          var (before, after) = (step.start, step.endTime)
          while after - before > 1e-13 * after {
            let middle = 0.5 * (before + after)
            guard middle > before, middle < after else { break }
            if loss(step.value(at: middle)) <= fraction * initial { after = middle } else { before = middle }
          }
          time = after
        }
        while losses.count < readings.count, readings[losses.count] <= time ?? step.endTime {
          losses.append(loss(step.value(at: readings[losses.count])))
        }
        return time == nil
      })
    return LinearRun(
      initialLoss: initial, time: time, losses: losses, drift: flow.drift(from: start, to: last), end: last, steps: steps)
  }
}

/// What one run of gradient flow did.
public struct LinearRun: Sendable {
  /// Loss before training.
  public let initialLoss: Double
  /// Time at which the loss reached its fraction; nil if it did not before the horizon.
  public let time: Double?
  /// Losses at the wanted times, as far as the run went.
  public let losses: [Double]
  /// `DeepLinearFlow.drift` over the whole run.
  public let drift: Double
  /// The state at the end of the last step.
  public let end: [Double]
  /// Accepted steps of the integrator.
  public let steps: Int
}
