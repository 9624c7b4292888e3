/// What the experiment `lazy-feature` records.
package enum LazyFeatureFields {
  /// Kinds of lines.
  package enum Kind: String, RecordedValue {
    /// Values as records have them.
    case step, end, ensemble, kernel
  }

  /// Ways in which a network ends.
  package enum Status: String, RecordedValue {
    /// Every margin is reached.
    case converged
    /// The largest number of steps.
    case stopped
    /// Outputs beyond every number, or steps that became too small.
    case diverged
  }

  /// Moments of training at which a kernel is frozen.
  package enum Moment: String, RecordedValue {
    /// The start and the end.
    case initial, final
  }

  package static let kind = Field<Kind>("kind", "")
  package static let width = Field<Int>("width", "width h", in: 1...(1 << 53))
  package static let alpha = Field<Double>("alpha", "√h·α; absent for an initial kernel")
  package static let draw = Field<Int>("draw", "number of the draw, from 0")
  package static let step = Field<Int>("step", "step of the reading; readings are 20 % apart")
  package static let time = Field<Double>("time", "time of training, in the units of the authors' code")
  package static let trainLoss = Field<Double?>("trainLoss", "mean l(F, y) on training points")
  package static let trainError = Field<Double>("trainError", "fraction of wrong signs on training points")
  package static let unsatisfied = Field<Double>("unsatisfied", "share of training points without the margin")
  package static let movement = Field<Double?>("movement", "rms of f − f₀ on the first test points")
  package static let size = Field<Double?>("size", "rms of f there")
  package static let status = Field<Status>(
    "status", "`converged`: every margin reached; `stopped`: the largest number of steps; `diverged`")
  package static let steps = Field<Int>("steps", "steps that were taken")
  package static let rejected = Field<Int>("rejected", "steps of the flow that were too long")
  package static let halfTime = Field<Double?>("halfTime", "when the loss first was below half of that of F = 0")
  package static let testError = Field<Double>("testError", "fraction of wrong signs on test points; in `ensemble` of the mean over draws")
  package static let growth = Field<Double>("growth", "rms of f over that of f₀ on the test points")
  package static let weightChange = Field<Double>("weightChange", "\\|w − w₀\\|/\\|w₀\\|")
  package static let kernelChange = Field<Double>("kernelChange", "\\|Θ − Θ₀\\|_F/\\|Θ₀\\|_F")
  package static let draws = Field<Int>("draws", "number of the draws")
  package static let variance = Field<Double>("variance", "of α(f − f₀) over draws, unbiased, mean over test points")
  package static let meanTestError = Field<Double>("meanTestError", "mean over draws of the fraction of wrong signs")
  package static let kernel = Field<Moment>("kernel", "`initial`, or `final` of a trained network")

  private static let network: [any AnyField] = [width, alpha, draw]

  /// Format of the records.
  package static let format = RecordFormat(
    ["lazy-feature"],
    [
      .init(Kind.step, "network at a reading", network + [step, time, trainLoss, trainError, unsatisfied, movement, size]),
      .init(
        Kind.end, "network, when it ends",
        network + [
          status, steps, rejected, time, halfTime, trainLoss, trainError, unsatisfied, testError, growth, weightChange, kernelChange,
        ]),
      .init(
        Kind.ensemble, "width and α, when all draws are done; the last line counts",
        [width, alpha, draws, variance, testError, meanTestError]),
      .init(Kind.kernel, "linear model with a frozen kernel", network + [kernel, steps, status, testError]),
    ])
}
