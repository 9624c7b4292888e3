/// What the experiment `finite-width` records.
package enum FiniteWidthFields {
  /// Kinds of lines.
  package enum Kind: String, RecordedValue {
    /// Values as records have them.
    case reading, end
  }
  /// Ways in which a run ends.
  package enum Status: String, RecordedValue {
    /// Values as records have them.
    case finished, diverged
  }

  package static let kind = Field<Kind>("kind", "")
  package static let bottlenecks = Field<BottleneckLabel>("bottlenecks", "widths of the bottlenecks, as in `bottleneck`")
  package static let width = Field<Int>("width", "width of the hidden layers", in: 1...(1 << 53))
  package static let draw = Field<Int>("draw", "number of the draw, from 0")
  package static let step = Field<Int>("step", "step of the reading")
  package static let train = Field<Double?>("train", "distance of F on training points")
  package static let test = Field<Double?>("test", "distance of F on test points")
  package static let errors = Field<[Double]?>("errors", "distance of the positions in each bottleneck; an array")
  package static let frozenTrain = Field<Double?>(
    "frozenTrain", "distance on training points from the limit of a network whose tangent kernel stays as it began")
  package static let frozenTest = Field<Double?>("frozenTest", "that on test points")
  package static let movement = Field<[Double]?>(
    "movement", "how far each bottleneck moved since step 0, in the limit; an array; in `end` at the last step")
  package static let kernel = Field<Double?>(
    "kernel", "distance of the empirical tangent kernel from the limit's; at the steps compared")
  package static let kernelChange = Field<Double?>("kernelChange", "how far the limit's kernel moved; in `end` at the last step")
  package static let limitLoss = Field<Double?>("limitLoss", "training loss of the limit; in `end` at the last step")
  package static let finiteLoss = Field<Double?>("finiteLoss", "training loss of the finite network; in `end` at the last step")
  package static let amplification = Field<Double?>(
    "amplification", "growth of a perturbation up to the step, or to the end; null where the perturbed twin diverged")
  package static let status = Field<Status>("status", "`finished`, or `diverged` without distances")
  package static let rate = Field<Double>("rate", "learning rate")
  package static let steps = Field<Int>("steps", "last step read")

  private static let unit: [any AnyField] = [bottlenecks, width, draw]
  private static let distances: [any AnyField] = [
    train, test, errors, frozenTrain, frozenTest, movement, kernel, kernelChange, limitLoss, finiteLoss, amplification,
  ]

  /// Format of the records.
  package static let format = RecordFormat(
    ["finite-width"],
    [
      .init(Kind.reading, "draw at a step", unit + [step] + distances),
      .init(Kind.end, "draw, when it is done: the largest distances over the steps compared", unit + [status, rate, steps] + distances),
    ])
}
