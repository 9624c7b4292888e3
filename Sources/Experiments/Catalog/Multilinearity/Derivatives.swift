import Compute
import FiniteNetworks

/// Derivatives in the parameters of an ensemble of linear networks at one input of norm √inputs, as maps of directions.
///
/// Gaussian weights make all inputs of one norm alike; (1, …, 1) is taken.
struct Derivatives {
  let network: FiniteNetwork
  let x: Tensor
  private let one: Tensor
  private var engine: Engine { network.engine }

  init(_ network: FiniteNetwork, _ settings: MultilinearitySettings) throws {
    self.network = network
    x = try network.engine.tensor([Double](repeating: 1, count: settings.inputs), rows: 1, columns: settings.inputs)
    one = try network.engine.tensor([Double](repeating: 1, count: network.members), batch: network.members, rows: 1, columns: 1)
  }

  /// Dᵏf[u, …, u, ·].
  func contract(_ order: Int, _ u: Tensor) throws -> Tensor { try network.derivative(order, one, x, along: u) }

  /// The Hessian's block of the layers `segment`, times u, which has only those.
  func within(_ segment: Range<Int>, _ u: Tensor) throws -> Tensor { try network.restricted(contract(2, u), to: segment) }

  /// The Hessian without the blocks of segments, times u.
  func across(_ u: Tensor) throws -> Tensor {
    let sum = try engine.zeros(batch: u.batch, rows: u.rows, columns: u.columns)
    for segment in network.architecture.segments {
      let product = try contract(2, network.restricted(u, to: segment))
      try engine.map(.sum, [sum, product], into: sum)
      try engine.map(.difference, [sum, network.restricted(product, to: segment)], into: sum)
    }
    return sum
  }

  /// ∂(f − M)/∂δ at δ = radius · u, times the radius.
  func gapSlope(_ model: MultilinearModel, radius: Double, _ u: Tensor) throws -> Tensor {
    let displacement = try engine.map(.scaled(by: radius, plus: 0), u)
    let moved = try network.moved(along: u, by: [Double](repeating: radius, count: network.members))
    let slope = try moved.derivative(1, one, x, along: u)
    return try engine.map(.combination(radius, -radius), slope, model.gradient(one, x, at: displacement))
  }

  /// |f − M| at δ = radius · u, of every member: root mean square over `points`, or at the one input.
  func gap(_ model: MultilinearModel, radius: Double, _ u: Tensor, at points: Tensor? = nil) throws -> [Double] {
    let inputs = points ?? x
    let displacement = try engine.map(.scaled(by: radius, plus: 0), u)
    let moved = try network.moved(along: u, by: [Double](repeating: radius, count: network.members))
    let difference = try engine.map(.difference, moved.outputs(inputs), model.outputs(inputs, at: displacement))
    return try engine.norms(difference).map { $0 / Double(inputs.rows).squareRoot() }
  }
}
