/// What the experiments `bottleneck`, `bottleneck-depth` and `bottleneck-scaling` record.
package enum BottleneckFields {
  /// Kinds of lines.
  package enum Kind: String, RecordedValue {
    /// Values as records have them.
    case setup, step, end, cost
  }

  /// How rates are chosen.
  package enum Comparison: String, CaseIterable, RecordedValue {
    /// Every network at the rate that suits the wide network.
    case same
    /// Each network at the best of several rates.
    case own
  }

  /// Ways in which a run ends.
  package enum Status: String, RecordedValue {
    /// Values as records have them.
    case finished, converged, diverged, rankLimit
  }

  /// A fraction of the initial loss, and the field with the steps that reach it.
  package struct LossFraction: Sendable {
    /// Fraction of the initial loss.
    package let fraction: Double
    /// Name for readers, such as `10 %`.
    package let name: String
    /// Field with the steps that reach it.
    package let steps: Field<Double?>
    /// The per cent, as the names of fields end.
    package var percent: Substring { steps.name.dropFirst("steps".count) }

    init(_ fraction: Double, _ percent: String) {
      self.fraction = fraction
      name = "\(percent) %"
      steps = Field("steps\(percent)", "steps to \(percent) % of the initial loss; null if not reached")
    }
  }

  /// The fractions whose steps are recorded, falling.
  package static let fractions = [
    LossFraction(0.5, "50"), LossFraction(0.1, "10"), LossFraction(0.01, "1"), LossFraction(0.001, "0.1"),
  ]

  package static let kind = Field<Kind>("kind", "")
  package static let comparison = Field<Comparison>(
    "comparison", "`same`: one rate for all networks. `own`: each network at several rates, of which its best counts")
  package static let bottlenecks = Field<BottleneckLabel>(
    "bottlenecks", "`2`; `2x2` for two of width 2; `inf` for an infinitely wide network, whose depth `baseline` tells")
  package static let baseline = Field<BottleneckLabel>(
    "baseline", "the network to compare with: `inf`, `inf/2`, of one and of two bottlenecks' depth")
  package static let draw = Field<Int>("draw", "number of the draw, from 0, as everywhere: messages, names of arrays and figures")
  package static let kappa = Field<Double>("kappa", "rate as a fraction of the limit of stability")
  package static let step = Field<Int>("step", "number of the step, from 0")

  package static let trainLoss = Field<Double>("trainLoss", "mean loss on training points")
  package static let initialLoss = Field<Double>("initialLoss", "that at step 0")
  package static let trainError = Field<Double?>("trainError", "fraction of wrong answers on training points, 0 to 1")
  package static let testLoss = Field<Double?>("testLoss", "mean loss on test points")
  package static let testError = Field<Double?>("testError", "fraction of wrong answers on test points")
  package static let kernelChange = Field<Double?>("kernelChange", "relative change of the tangent kernel since step 0")
  package static let alignment = Field<Double?>("alignment", "alignment of the tangent kernel with the targets")
  package static let movement = Field<[Double]?>("movement", "how far each bottleneck moved, over its norm at step 0; an array")
  package static let rank = Field<[Double]>("rank", "rank of each block behind a bottleneck; an array")
  package static let bound = Field<Double?>("bound", "bound of the error of what training added")
  package static let estimate = Field<Double?>("estimate", "estimate of that error")
  package static let amplification = Field<Double?>("amplification", "factor by which a perturbation of the initial draw has grown")

  package static let status = Field<Status>("status", "`finished`, `converged`, `diverged` or `rankLimit`")
  package static let steps = Field<Int>("steps", "last step of the run")
  package static let rate = Field<Double>("rate", "learning rate; with `--rate` in every line of a run, in place of `kappa`")
  package static let finalTestError = Field<Double?>("finalTestError", "fraction of wrong answers on test points where the run ended")
  package static let bestTestError = Field<Double?>("bestTestError", "the least one at any reading")
  package static let convergedTestError = Field<Double?>(
    "convergedTestError", "that of a network without bottleneck trained to the end of time, where it is known")
  package static let finalTestLoss = Field<Double?>("finalTestLoss", "of regression, mean loss on test points where the run ended")
  package static let bestTestLoss = Field<Double?>("bestTestLoss", "the least one at any reading")
  package static let lambdaMaxStart = Field<Double?>("lambdaMaxStart", "largest eigenvalue of Θ_F / N at step 0, where it was measured")
  package static let lambdaMaxEnd = Field<Double?>("lambdaMaxEnd", "largest eigenvalue of Θ_F / N at the end")

  package static let block = Field<String>("block", "first block of which runs")
  package static let storage = Field<String>("storage", "how Θ_0 is kept")
  package static let testStorage = Field<String?>("testStorage", "how Θ_0 at test points is kept")
  package static let jitter = Field<Double>("jitter", "what was added to the diagonal of the first block's covariance")

  package static let runSteps = Field<Int>("runSteps", "steps of all runs and twins of a lockstep together")
  package static let seconds = Field<Double>("seconds", "time of those steps alone; of several lines for one chain the sums count")

  package static let points = Field<Int>("points", "number of training points; in `bottleneck-scaling`")
  package static let scale = Field<Double>("scale", "target scale; in `bottleneck-scaling`")

  private static let unit: [any AnyField] = [comparison, bottlenecks, baseline, draw, kappa]
  private static let combination: [any AnyField] = [points, scale]

  /// Format of the records.
  package static let format = RecordFormat(
    ["bottleneck", "bottleneck-depth", "bottleneck-scaling"],
    [
      .init(Kind.setup, "kernels of a first block", [block, storage, testStorage, jitter] + combination),
      .init(
        Kind.step, "training run at a step; every metric may be absent or null",
        unit + [
          rate, step, trainLoss, initialLoss, trainError, testLoss, testError, kernelChange, alignment, movement, rank, bound, estimate,
          amplification,
        ] + combination),
      .init(
        Kind.end, "training run, when it ends",
        unit + [status, steps, rate] + fractions.map(\.steps)
          + [finalTestError, bestTestError, convergedTestError, finalTestLoss, bestTestLoss, lambdaMaxStart, lambdaMaxEnd, amplification]
          + combination),
      .init(
        Kind.cost, "lockstep in `bottleneck-scaling`, whose times differ between equal runs",
        [bottlenecks, runSteps, seconds] + combination
      ),
    ])
}
