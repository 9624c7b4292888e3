/// What the experiment `linear-acceleration` records.
package enum LinearAccelerationFields {
  /// Kinds of lines.
  package enum Kind: String, RecordedValue, CaseIterable {
    /// Values as records have them.
    case speedUp = "speed-up"
    /// Values as records have them.
    case rule, mode, regression, width
  }

  /// What is trained.
  package enum Start: String, RecordedValue, CaseIterable {
    /// F, with its random initial function.
    case raw
    /// F − F_0.
    case centred
  }

  /// Problems of regression.
  package enum Problem: String, RecordedValue, CaseIterable {
    /// x = I₂, y = (10, 1).
    case identity
    /// Normal inputs with variances falling to 1/condition, targets of a normal coefficient vector.
    case gaussian
  }

  package static let kind = Field<Kind>("kind", "")
  package static let spectrum = Field<Double>("spectrum", "decay a of the input covariance's eigenvalues j^−a")
  package static let start = Field<Start>("start", "what is trained: `raw` (F) or `centred` (F − F₀)")
  package static let norm = Field<Double>("norm", "norm of the target")
  package static let bottlenecks = Field<BottleneckLabel>("bottlenecks", "widths of the bottlenecks, as in `bottleneck`")
  package static let draw = Field<Int>("draw", "number of the draw, from 0")
  package static let depth = Field<Int>("depth", "depth N of the end-to-end rule, or number of matrices", in: 1...(1 << 53))
  package static let mode = Field<Int>("mode", "number of the singular mode, from 0")
  package static let problem = Field<Problem>("problem", "`identity` (x = I₂, y = (10, 1)) or `gaussian`")
  package static let power = Field<Int>("power", "p of the loss", in: 1...(1 << 53))
  package static let width = Field<Int>("width", "width of the hidden layers", in: 1...(1 << 53))

  package static let initialLoss = Field<Double>("initialLoss", "loss at the start")
  package static let timeWithout = Field<Double>("timeWithout", "time to the fraction of the loss without bottleneck")
  package static let time = Field<Double?>("time", "that with it; null if not reached")
  package static let speedUp = Field<Double?>("speedUp", "`timeWithout` over `time`; null if not reached")
  package static let drift = Field<Double>("drift", "drift of the conserved matrices")
  package static let rateAlong = Field<Double>("rateAlong", "rate at the end along the target, over that without bottleneck")
  package static let rateAcross = Field<Double?>("rateAcross", "mean of the rates orthogonal to the target; null for one input")
  package static let rateEstimate = Field<Double?>(
    "rateEstimate", "what `rateAlong` would be with factors balanced on the target alone; null for several bottlenecks")
  package static let steps = Field<Int?>("steps", "steps of the integrator, or of descent; null where no rate reaches the goal")
  package static let readings = Field<[Double]>(
    "readings", "times × rate without bottleneck, or steps, at which `losses` were read; an array")
  package static let losses = Field<[Double]>("losses", "loss over the initial loss; an array")
  package static let readingsWithout = Field<[Double]>("readingsWithout", "`readings` of the network without bottleneck")
  package static let lossesWithout = Field<[Double]>("lossesWithout", "`losses` of the network without bottleneck")

  package static let deviation = Field<Double>(
    "deviation", "of a balanced chain from the end-to-end rule, over \\|β*\\|, or of a mode from its own equation, over its strength")
  package static let strength = Field<Double>("strength", "strength of the mode")
  package static let times = Field<[Double]>("times", "times of `integrated` and `expected`; an array")
  package static let integrated = Field<[Double]>("integrated", "the mode, all matrices integrated; an array")
  package static let expected = Field<[Double]>("expected", "the mode by its own equation; an array")
  package static let leak = Field<Double>("leak", "what goes into other directions")
  package static let halfTime = Field<Double?>("halfTime", "when the mode has half its strength")

  package static let rate = Field<Double?>("rate", "best constant rate; null where no rate reaches the goal")

  package static let errorG = Field<Double?>("errorG", "relative error of G at the end")
  package static let errorV = Field<Double?>("errorV", "relative error of v at the end")
  package static let errorF = Field<Double?>("errorF", "relative error of F, its largest over the steps")
  package static let loss = Field<Double?>("loss", "loss of the limit at the end")
  package static let lossFinite = Field<Double?>("lossFinite", "loss of the finite network at the end")

  /// The fields that tell lines of a kind apart.
  package static func keys(_ kind: Kind) -> [any AnyField] {
    switch kind {
    case .speedUp: [spectrum, start, norm, bottlenecks, draw]
    case .rule: [depth]
    case .mode: [depth, mode]
    case .regression: [problem, power, depth, draw]
    case .width: [width, draw]
    }
  }

  /// Format of the records.
  package static let format = RecordFormat(
    ["linear-acceleration"],
    [
      .init(
        Kind.speedUp, "run with bottlenecks, beside one without",
        keys(.speedUp) + [
          initialLoss, timeWithout, time, speedUp, drift, rateAlong, rateAcross, rateEstimate, steps, readings, losses, readingsWithout,
          lossesWithout,
        ]),
      .init(Kind.rule, "balanced chain beside the end-to-end rule", keys(.rule) + [deviation]),
      .init(
        Kind.mode, "singular mode", keys(.mode) + [strength, times, integrated, expected, deviation, leak, halfTime]),
      .init(Kind.regression, "ℓ_p regression at its best rate", keys(.regression) + [rate, steps, readings, losses]),
      .init(Kind.width, "finite network beside its limit", keys(.width) + [errorG, errorV, errorF, loss, lossFinite]),
    ])
}
