import Compute
import LinearAlgebra
import Losses
import Matrices

/// What an ensemble descends: for every member the mean over the points of l(α(f − f₀), y)/α.
///
/// With α = 1 and no offset it is the mean loss. A large α makes training lazy, a small one makes features move.
///
/// Source: Chizat, Oyallon & Bach 2019; Geiger et al. 2019 (1906.08034), the convention of their code (prefactor 1/α).
public struct Objective: Sendable {
  /// Loss of a point, as a function of F.
  public let loss: Loss
  /// `[1 or members, n, inputs]`.
  public private(set) var inputs: Tensor
  /// `[1 or members, n, c]`.
  public private(set) var targets: Tensor
  /// One per member.
  public private(set) var alpha: [Double]
  /// f₀ `[members, n, c]`, or nil for 0.
  public private(set) var offset: Tensor?
  /// f₀ on the host.
  private var hostOffset: [Matrix]?
  let engine: Engine

  /// - Throws: `FiniteNetworkError` where shapes disagree or an α is not positive.
  public init(_ loss: Loss, inputs: Tensor, targets: Tensor, alpha: [Double], offset: Tensor? = nil, on engine: Engine) throws {
    guard targets.rows == inputs.rows, inputs.rows > 0 else {
      throw FiniteNetworkError.shape(what: "targets", expected: "[1, \(inputs.rows), c], at least one point", got: targets.shapeText)
    }
    for value in alpha where !(value > 0 && value.isFinite) {
      throw FiniteNetworkError.setting(name: "alpha", expected: "a positive number", got: "\(value)")
    }
    if let offset, offset.batch != alpha.count || offset.rows != targets.rows || offset.columns != targets.columns {
      throw FiniteNetworkError.shape(
        what: "initial outputs", expected: "[\(alpha.count), \(targets.rows), \(targets.columns)]", got: offset.shapeText)
    }
    self.loss = loss
    self.inputs = inputs
    self.targets = targets
    self.alpha = alpha
    self.offset = offset
    hostOffset = try offset.map { try engine.matrices($0) }
    self.engine = engine
  }

  /// Number of points.
  public var points: Int { inputs.rows }

  /// The objective on the points `rows` alone.
  public func batch(_ rows: [Int]) throws -> Objective {
    var batch = self
    batch.inputs = try engine.gather(inputs, rows: rows)
    batch.targets = try engine.gather(targets, rows: rows)
    batch.offset = if let offset { try engine.gather(offset, rows: rows) } else { nil }
    batch.hostOffset = hostOffset?.map { $0.rows(rows) }
    return batch
  }

  /// The objective of the members `wanted`, in that order.
  public func keeping(members wanted: [Int]) throws -> Objective {
    var kept = self
    kept.alpha = wanted.map { alpha[$0] }
    kept.inputs = try engine.keeping(members: wanted, of: inputs)
    kept.targets = try engine.keeping(members: wanted, of: targets)
    kept.offset = if let offset { try engine.selecting(members: wanted, of: offset) } else { nil }
    kept.hostOffset = hostOffset.map { offsets in wanted.map { offsets[$0] } }
    return kept
  }

  /// F = α(f − f₀) of outputs f `[members, n, c]` at the points `rows`.
  func scaled(_ outputs: Tensor, rows: Range<Int>) throws(ComputeError) -> Tensor {
    if offset == nil, alpha.allSatisfy({ $0 == 1 }) { return outputs }
    let result = try engine.empty(batch: outputs.batch, rows: outputs.rows, columns: outputs.columns)
    if let offset {
      try engine.map(.difference, [outputs, offset.rows(rows)], into: result)
    } else {
      try engine.copy(outputs, into: result)
    }
    try engine.map(.product, [result, engine.perMember(alpha)], into: result)
    return result
  }

  /// ∂(objective)/∂f of outputs at the points `rows`, times `factor`: l′(F)/n.
  func cotangent(_ outputs: Tensor, rows: Range<Int>, factors: [Double]) throws(ComputeError) -> Tensor {
    let gradient = try loss.gradient(scaled(outputs, rows: rows), targets.rows(rows), on: engine)
    let shares = factors.map { $0 / Double(points) }
    if let first = shares.first, shares.allSatisfy({ $0 == first }) {
      try engine.map(.scaled(by: first, plus: 0), [gradient], into: gradient)
    } else {
      try engine.map(.product, [gradient, engine.perMember(shares)], into: gradient)
    }
    return gradient
  }

  /// F of every member on the host, of outputs f at all points.
  public func functions(_ outputs: Tensor) throws -> [Matrix] {
    let values = try engine.read(scaled(outputs, rows: 0..<points))
    let count = outputs.rows * outputs.columns
    return (0..<outputs.batch).map { member in
      Matrix(rows: outputs.rows, columns: outputs.columns, values: Array(values[member * count..<(member + 1) * count]))
    }
  }

  /// F of one member, of its outputs f at all points.
  public func function(of member: Int, _ outputs: Matrix) -> Matrix {
    (hostOffset.map { outputs - $0[member] } ?? outputs).map { $0 * alpha[member] }
  }

  /// Mean l(F, y) of every member, of outputs f at all points.
  public func meanLosses(_ outputs: Tensor) throws -> [Double] {
    let targets = try hostTargets()
    return try functions(outputs).enumerated().map { loss.mean($1, targets[targets.count == 1 ? 0 : $0]) }
  }

  /// Targets on the host, one matrix for all members or one for each.
  public func hostTargets() throws -> [Matrix] {
    try (0..<targets.batch).map { Matrix(rows: targets.rows, columns: targets.columns, values: try engine.read(targets.item($0))) }
  }
}

extension Engine {
  /// Items `wanted` of a tensor, or the tensor itself where all members share it.
  func keeping(members wanted: [Int], of tensor: Tensor) throws -> Tensor {
    tensor.batch == 1 ? tensor : try selecting(members: wanted, of: tensor)
  }

  /// Items `wanted` of a tensor, in that order.
  func selecting(members wanted: [Int], of tensor: Tensor) throws -> Tensor {
    let kept = try empty(batch: wanted.count, rows: tensor.rows, columns: tensor.columns)
    for (place, member) in wanted.enumerated() { try copy(tensor.item(member), into: kept.item(place)) }
    return kept
  }
}

extension FiniteNetwork {
  /// Adds `factors` (one per member) times the gradient of the objective to `vector`, or replaces it; in tiles of points.
  ///
  /// - Returns: outputs f at all points before any change, `[members, n, c]`.
  @discardableResult
  public func gradient(of objective: Objective, factors: [Double]? = nil, adds: Bool = false, into vector: Tensor) throws -> Tensor {
    let tiles = tiles(of: objective.points)
    let outputs = try engine.empty(batch: members, rows: objective.points, columns: architecture.outputs)
    let factors = factors ?? [Double](repeating: 1, count: members)
    for (number, rows) in tiles.enumerated() {
      let pass = try forward(objective.inputs.rows(rows))
      let cotangent = try objective.cotangent(pass.outputs, rows: rows, factors: factors)
      try backward(cotangent, pass, adds: adds || number > 0, into: vector)
      try engine.copy(pass.outputs, into: outputs.rows(rows))
    }
    return outputs
  }

  /// Gradient of the objective as a vector of its own.
  public func gradient(of objective: Objective) throws -> (gradient: Tensor, outputs: Tensor) {
    let vector = try emptyVector()
    let outputs = try gradient(of: objective, into: vector)
    return (vector, outputs)
  }
}
