/// What the experiment `multilinearity` records.
package enum MultilinearityFields {
  /// Kinds of lines.
  package enum Kind: String, RecordedValue {
    /// Values as records have them.
    case norm, block, training, distance, end
  }

  /// What is measured together, and recorded as complete together.
  package enum Part: String, CaseIterable, RecordedValue {
    /// Spectral norms of the derivatives.
    case norms
    /// Spectral norms of the Hessian's blocks, where there is more than one segment.
    case blocks
    /// Training, and the distance to the multilinear model in a ball.
    case training
  }

  /// Where in a ball the distance to the multilinear model is taken.
  package enum Direction: String, CaseIterable, RecordedValue {
    /// Values as records have them.
    case worst, descent, sampled
  }

  package static let kind = Field<Kind>("kind", "")
  package static let network = Field<LinearKind>("network", "weight matrices between bottlenecks: `4`, `2+2`")
  package static let width = Field<Int>("width", "width of all layers but the bottlenecks", in: 1...(1 << 53))
  package static let member = Field<Int>("member", "number of the network, from 0")
  package static let order = Field<Int>("order", "order k of the derivative")
  package static let block = Field<String>("block", "`within 1`, … or `across`")
  package static let value = Field<Double>("value", "spectral norm, or distance to the multilinear model")
  package static let residual = Field<Double>("residual", "\\|T(u, …, u, ·) − τu\\|/\\|τ\\| of the power iteration")
  package static let iterations = Field<Int>("iterations", "iterations that were taken")
  package static let limit = Field<Double>(
    "limit", "`value` of infinite width, where k is the number of segments, and of `across` with one bottleneck")
  package static let step = Field<Int>("step", "step of gradient descent")
  package static let loss = Field<Double>("loss", "training loss of the network")
  package static let limitLoss = Field<Double>("limitLoss", "training loss of the product of factors")
  package static let distance = Field<Double>("distance", "distance of their outputs over the norm of the targets")
  package static let direction = Field<Direction>(
    "direction", "`worst` (the largest that is found), `descent` (where training went) or `sampled` (random)")
  package static let radius = Field<Double>("radius", "radius of the ball")
  package static let movement = Field<Double>("movement", "movement of gradient descent; of `descent`")
  package static let part = Field<Part>("part", "`norms`, `blocks` or `training`, complete for this member")

  private static let unit: [any AnyField] = [network, width, member]

  /// Format of the records.
  package static let format = RecordFormat(
    ["multilinearity"],
    [
      .init(Kind.norm, "spectral norm of a derivative Dᵏ", unit + [order, value, residual, iterations, limit]),
      .init(Kind.block, "spectral norm of a block of the Hessian", unit + [block, value, residual, iterations, limit]),
      .init(Kind.training, "step of training that is shown", unit + [step, loss, limitLoss, distance]),
      .init(Kind.distance, "distance to the multilinear model in a ball", unit + [direction, radius, value, movement]),
      .init(Kind.end, "part that is complete", unit + [part]),
    ])
}
