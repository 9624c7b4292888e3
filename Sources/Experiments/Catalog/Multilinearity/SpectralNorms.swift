import Compute
import FiniteNetworks
import Results
import StudyRecords

/// Spectral norms of derivatives of one kind of network at one width, for several members at once.
struct SpectralNorms {
  private typealias Fields = MultilinearityFields

  private let settings: MultilinearitySettings
  private let kind: LinearKind
  private let members: [Int]
  private let width: Int
  private let network: FiniteNetwork
  private let iteration: PowerIteration

  init(_ settings: MultilinearitySettings, _ kind: LinearKind, width: Int, members: [Int], on engine: Engine) throws {
    self.settings = settings
    self.kind = kind
    self.width = width
    self.members = members
    network = try FiniteNetwork(
      kind.architecture(settings, width: width), members: members.map { kind.stream(settings, width: width, member: $0) }, on: engine)
    iteration = PowerIteration(limit: settings.iterations, tolerance: settings.tolerance)
  }

  /// Random directions for all members, each with some starts that follow each other as members of their own.
  private func starts() throws -> (derivatives: Derivatives, directions: Tensor) {
    let count = settings.restarts
    let streams = members.flatMap { member in
      (0..<count).map { kind.stream(settings, width: width, member: member).child("start\($0)") }
    }
    let repeated = try network.keeping(members: members.indices.flatMap { [Int](repeating: $0, count: count) })
    let directions = try FiniteNetwork(network.architecture, members: streams, on: network.engine).parameters
    return (try Derivatives(repeated, settings), directions)
  }

  /// Both signs among the starts, so that the larger end of a spectrum is found.
  private var signs: [Double]? {
    guard settings.restarts > 1 else { return nil }
    return members.flatMap { _ in (0..<settings.restarts).map { $0.isMultiple(of: 2) ? 1 : -1 } }
  }

  /// |Dᵏ| for k = 1 … orders.
  func derivatives(_ measurement: Measurement) throws -> [Record] {
    let (derivatives, directions) = try starts()
    // A polynomial has no derivative beyond its degree.
    return try (1...min(settings.orders, kind.layers)).flatMap { order in
      try measurement.part { underWay in
        let found = try measurement.iterate(
          iteration, from: directions, underWay, signs: signs, "|D\(order)|",
          share: { (Double(order - 1) + share($0)) / Double(settings.orders) }
        ) { try derivatives.contract(order, $0) }
        return best(found).map { member, value, residual -> Record in
          var record = Record(
            Fields.kind(.norm), Fields.member(member), Fields.order(order), Fields.value(value), Fields.residual(residual),
            Fields.iterations(found.iterations))
          if order == kind.degree { record.add(Fields.limit(kind.limit(bottleneck: settings.bottleneck))) }
          return record
        }
      }
    }
  }

  /// Norms of the Hessian's blocks: within each segment, and of what is left without those.
  func blocks(_ measurement: Measurement) throws -> [Record] {
    let segments = network.architecture.segments
    let (derivatives, directions) = try starts()
    var blocks: [(name: String, start: Tensor, contract: (Tensor) throws -> Tensor)] = []
    for (number, segment) in segments.enumerated() {
      // One layer alone has no second derivative.
      guard segment.count > 1 else { continue }
      blocks.append(
        ("within \(number + 1)", try derivatives.network.restricted(directions, to: segment), { try derivatives.within(segment, $0) }))
    }
    if segments.count > 1 { blocks.append(("across", directions, { try derivatives.across($0) })) }
    return try blocks.enumerated().flatMap { number, block in
      try measurement.part { underWay in
        let found = try measurement.iterate(
          iteration, from: block.start, underWay, signs: signs, "Hessian \(block.name)",
          share: { (Double(number) + share($0)) / Double(blocks.count) }, contract: block.contract)
        return best(found).map { member, value, residual -> Record in
          var record = Record(
            Fields.kind(.block), Fields.member(member), Fields.block(block.name), Fields.value(value), Fields.residual(residual),
            Fields.iterations(found.iterations))
          if block.name == "across", kind.degree == 2 { record.add(Fields.limit(kind.limit(bottleneck: settings.bottleneck))) }
          return record
        }
      }
    }
  }

  private func share(_ iteration: Int) -> Double { Double(iteration) / Double(settings.iterations) }

  /// The largest over the starts.
  private func best(_ found: PowerIteration.Result) -> [(member: Int, value: Double, residual: Double)] {
    let count = settings.restarts
    return members.enumerated().map { place, member in
      let starts = place * count..<(place + 1) * count
      let start = starts.max { found.values[$0] < found.values[$1] } ?? starts.lowerBound
      return (member, found.values[start], found.residuals[start])
    }
  }
}
