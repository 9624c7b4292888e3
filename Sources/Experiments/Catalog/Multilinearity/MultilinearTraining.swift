import Compute
import FiniteNetworks
import Learning
import Results
import Sizes
import StudyRecords

/// Gradient descent of networks beside that of the product of factors, and distances to the multilinear model in a ball.
struct MultilinearTraining {
  private typealias Fields = MultilinearityFields

  private let settings: MultilinearitySettings
  private let members: [Int]
  private let start: FiniteNetwork
  private let model: MultilinearModel
  private let derivatives: Derivatives
  private let streams: [RandomStream]
  private var engine: Engine { start.engine }

  init(_ settings: MultilinearitySettings, _ kind: LinearKind, width: Int, members: [Int], on engine: Engine) throws {
    self.settings = settings
    self.members = members
    streams = members.map { kind.stream(settings, width: width, member: $0) }
    start = try FiniteNetwork(kind.architecture(settings, width: width), members: streams, on: engine)
    model = try MultilinearModel(start)
    derivatives = try Derivatives(start, settings)
  }

  func run(_ measurement: Measurement) throws -> [Record] {
    let objective = try self.objective()
    let records = try measurement.part { try train(objective, measurement, $0) }
    guard let displacement = measurement.keptVector("displacement") else {
      throw LearningError.incompleteState(missing: "displacement")
    }
    return try records + measurement.part { try distances(displacement, objective.inputs, measurement, $0) }
  }

  /// Keeps θ_T − θ_0.
  private func train(_ objective: Objective, _ measurement: Measurement, _ underWay: Measurement.UnderWay?) throws -> [Record] {
    let network = try start.copy()
    let product = try model.factors()
    for (name, parameters) in [("network", network.parameters), ("product", product.parameters)] {
      if let saved = try measurement.vector(name) { try engine.copy(saved, into: parameters) }
    }
    let rates = [Double](repeating: settings.rate, count: members.count)
    var (descent, limit) = (try GradientDescent(rates: rates), try GradientDescent(rates: rates))
    func lines(_ step: Int) throws -> [Record] {
      try self.lines(step: step, network.outputs(objective.inputs), product.outputs(objective.inputs), objective)
    }
    var records = try underWay?.records ?? lines(0)
    let shown = shownSteps
    try measurement.steps {
      for step in stride(from: (underWay?.step ?? 0) + 1, through: settings.steps, by: 1) {
        _ = try descent.step(network, objective)
        _ = try limit.step(product, objective)
        if shown.contains(step) { records += try lines(step) }
        try measurement.stepped(
          "training", share: 0.6 * Double(step) / Double(settings.steps), unit: "steps", Measurement.UnderWay(step: step, records: records),
          vectors: ["network": network.parameters, "product": product.parameters])
      }
    }
    measurement.keep("displacement", try engine.map(.difference, network.parameters, start.parameters))
    return records
  }

  /// Even in the logarithm.
  private var shownSteps: Set<Int> {
    var shown: Set<Int> = [settings.steps]
    var next = 1.0
    while next < Double(settings.steps) {
      shown.insert(Int(saturating: next))
      next = max(next * 1.15, next + 1)
    }
    return shown
  }

  /// Inputs of norm √inputs on average; targets a linear function of them. All members share them.
  private func objective() throws -> Objective {
    let (points, inputs) = (settings.points, settings.inputs)
    let x = RandomStream(seed: settings.seed, name: "points").normals(points * inputs)
    let teacher = RandomStream(seed: settings.seed, name: "teacher").normals(inputs)
    let scale = settings.targetScale / Double(inputs).squareRoot()
    let targets = (0..<points).map { point in
      scale * (0..<inputs).reduce(0) { $0 + x[point * inputs + $1] * teacher[$1] }
    }
    return try Objective(
      .squared, inputs: engine.tensor(x, rows: points, columns: inputs), targets: engine.tensor(targets, rows: points, columns: 1),
      alpha: [Double](repeating: 1, count: members.count), on: engine)
  }

  /// Losses of both, and the distance between them relative to the targets.
  private func lines(step: Int, _ outputs: Tensor, _ limit: Tensor, _ objective: Objective) throws -> [Record] {
    let (losses, limitLosses) = (try objective.meanLosses(outputs), try objective.meanLosses(limit))
    let gaps = try engine.norms(engine.map(.difference, outputs, limit))
    let size = try engine.norms(objective.targets)[0]
    return try members.enumerated().map { place, member in
      guard losses[place].isFinite, limitLosses[place].isFinite else {
        throw ExperimentError.invalidSetting(
          name: "rate", expected: "a smaller rate: training of network \(member) diverged by step \(step)", got: "\(settings.rate)")
      }
      return Record(
        Fields.kind(.training), Fields.member(member), Fields.step(step), Fields.loss(losses[place]), Fields.limitLoss(limitLosses[place]),
        Fields.distance(gaps[place] / size))
    }
  }

  /// |f − M| at the radius: in the direction of training (root mean square over the points `x`), in random directions, and in the
  /// direction of the largest one that is found.
  private func distances(
    _ displacement: Tensor, _ x: Tensor, _ measurement: Measurement, _ underWay: Measurement.UnderWay?
  ) throws -> [Record] {
    let radius = settings.radius
    let movement = try engine.norms(displacement)
    let descent = try derivatives.gap(model, radius: radius, units(displacement), at: x)
    var sampled = [Double](repeating: 0, count: members.count)
    var first: Tensor?
    for sample in 0..<settings.samples {
      let direction = try FiniteNetwork(start.architecture, members: streams.map { $0.child("sample\(sample)") }, on: engine).parameters
      let gaps = try derivatives.gap(model, radius: radius, units(direction))
      sampled = zip(sampled, gaps).map { max($0, $1) }
      first = first ?? direction
    }
    let worst = try measurement.iterate(
      PowerIteration(limit: settings.iterations, tolerance: settings.tolerance), from: first ?? displacement, underWay, "largest distance",
      share: { 0.6 + 0.4 * Double($0) / Double(settings.iterations) }
    ) { try derivatives.gapSlope(model, radius: radius, $0) }
    let largest = try derivatives.gap(model, radius: radius, worst.vectors)
    return members.enumerated().flatMap { place, member -> [Record] in
      [(Fields.Direction.worst, largest[place]), (.descent, descent[place]), (.sampled, sampled[place])].map { direction, value in
        var record = Record(
          Fields.kind(.distance), Fields.member(member), Fields.direction(direction), Fields.radius(radius), Fields.value(value))
        if direction == .descent { record.add(Fields.movement(movement[place])) }
        return record
      }
    }
  }

  private func units(_ direction: Tensor) throws -> Tensor {
    let lengths = try engine.norms(direction)
    return try engine.map(
      .product, direction, engine.tensor(lengths.map { $0 > 0 ? 1 / $0 : 0 }, batch: lengths.count, rows: 1, columns: 1))
  }
}
