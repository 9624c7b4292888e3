import Compute
import FiniteNetworks
import Foundation
import LinearAlgebra
import Matrices
import Results
import Sizes

/// Writes the records of `lazy-feature` and knows those of earlier starts.
final class LazyFeatureRecorder {
  enum Status: String {
    /// Every margin is reached.
    case converged
    /// The largest number of steps.
    case stopped
    case diverged
  }

  /// What is known of one network on its way.
  struct Trail {
    struct Saved: Codable {
      var halfTime: Double?
      var nextReading: Int
    }
    /// f₀ at the test points.
    let initialTest: Matrix
    var saved: Saved
    var nextReading: Int { saved.nextReading }
    fileprivate(set) var loss = 0.0
    fileprivate(set) var error = 0.0
    fileprivate(set) var unsatisfied = 1.0

    /// Takes in F `[n, 1]` at the training points; why the training is over, or nil.
    mutating func look(
      _ f: Matrix, signs: Matrix, settings: LazyFeatureSettings, time: Double, step: Int, stepLength: Double
    ) -> Status? {
      let count = Double(f.rows)
      loss = settings.loss.mean(f, signs)
      let margins = zip(f.values, signs.values).map { $0 * $1 }
      error = Double(margins.count { $0 <= 0 }) / count
      unsatisfied = Double(margins.count { $0 < settings.margin }) / count
      let initial = settings.loss.mean(Matrix(zeros: f.rows, 1), signs)
      if saved.halfTime == nil, loss < initial / 2 { saved.halfTime = time }
      if !f.isFinite || stepLength < 1e-30 { return .diverged }
      if unsatisfied == 0 { return .converged }
      return step >= settings.steps ? .stopped : nil
    }
  }

  private let plan: LazyFeaturePlan
  private let context: RunContext
  private var ends: [String: Record] = [:]
  private var lastSteps: [String: Int] = [:]
  private var kernels: Set<String> = []
  private var ensembles: [Record] = []
  /// α(f − f₀) at the test points of the networks that have ended.
  private var outputs: [LazyFeaturePlan.Unit: [Double]] = [:]

  init(_ plan: LazyFeaturePlan, _ context: RunContext) {
    (self.plan, self.context) = (plan, context)
    for record in context.store.existing {
      if record.string("kind") == "ensemble" { ensembles.append(record) }
      guard let width = record.integer("width"), let draw = record.integer("draw") else { continue }
      if record.string("kind") == "kernel", record.string("kernel") == "initial" { kernels.insert("\(width)/\(draw)") }
      guard let alpha = record.number("alpha") else { continue }
      let key = LazyFeaturePlan.Unit(width: width, alpha: alpha, draw: draw).key
      if record.string("kind") == "end" { ends[key] = record }
      if record.string("kind") == "step", let step = record.integer("step") { lastSteps[key] = max(lastSteps[key] ?? -1, step) }
    }
  }

  /// Ended for a reason of its own, or after as many steps as are asked for.
  func isComplete(_ unit: LazyFeaturePlan.Unit) -> Bool {
    guard let end = ends[unit.key] else { return false }
    return end.string("status") != Status.stopped.rawValue || (end.number("steps") ?? 0) >= Double(plan.settings.steps)
  }

  func hasKernel(width: Int, draw: Int) -> Bool { kernels.contains("\(width)/\(draw)") }

  func trails(_ network: FiniteNetwork, saved: [Trail.Saved]?) throws -> [Trail] {
    let initial = try plan.passEngine.read(network.outputs(plan.data.test))
    let count = plan.settings.test
    return (0..<network.members).map { member in
      Trail(
        initialTest: Matrix(rows: count, columns: 1, values: Array(initial[member * count..<(member + 1) * count])),
        saved: saved?[member] ?? Trail.Saved(halfTime: nil, nextReading: 0))
    }
  }

  /// Lines of the networks `due`: loss, and how far the function has moved at the first test points.
  func recordSteps(
    _ due: [Int], _ units: [LazyFeaturePlan.Unit], _ trails: inout [Trail], _ training: any EnsembleTraining
  ) throws {
    let engine = plan.passEngine
    let count = min(plan.settings.followed, plan.settings.test)
    let now = try engine.read(training.network.keeping(members: due).outputs(plan.data.test.rows(0..<count)))
    for (place, member) in due.enumerated() {
      let step = training.clock.accepted[member]
      trails[member].saved.nextReading = max(step + 1, Int(saturating: (Double(step) * 1.2).rounded(.up)))
      guard step > lastSteps[units[member].key] ?? -1 else { continue }
      lastSteps[units[member].key] = step
      let f = Matrix(rows: count, columns: 1, values: Array(now[place * count..<(place + 1) * count]))
      let start = Matrix(rows: count, columns: 1, values: Array(trails[member].initialTest.values[..<count]))
      var record = units[member].fields
      record["kind"] = "step"
      record["step"] = .number(Double(step))
      record["time"] = .number(training.clock.time[member])
      record["trainLoss"] = RecordValue(nullIfNotFinite: trails[member].loss)
      record["trainError"] = .number(trails[member].error)
      record["unsatisfied"] = .number(trails[member].unsatisfied)
      record["movement"] = RecordValue(nullIfNotFinite: rms(f - start))
      record["size"] = RecordValue(nullIfNotFinite: rms(f))
      try context.store.append(record)
    }
  }

  /// The last line of a network: test error, change of kernel and weights, and its outputs for the ensemble.
  func recordEnd(
    _ unit: LazyFeaturePlan.Unit, _ status: Status, _ trail: Trail, _ network: FiniteNetwork, _ clock: TrainingClock, _ member: Int
  ) throws {
    let settings = plan.settings
    var record = unit.fields
    record["kind"] = "end"
    record["status"] = .string(status.rawValue)
    record["steps"] = .number(Double(clock.accepted[member]))
    record["rejected"] = .number(Double(clock.rejected[member]))
    record["time"] = .number(clock.time[member])
    record["halfTime"] = RecordValue(nullIfNotFinite: trail.saved.halfTime)
    record["trainLoss"] = RecordValue(nullIfNotFinite: trail.loss)
    record["trainError"] = .number(trail.error)
    record["unsatisfied"] = .number(trail.unsatisfied)
    if status != .diverged {
      let engine = plan.passEngine
      let f = try engine.matrix(network.outputs(plan.data.test))
      let change = f - (settings.centred == .yes ? trail.initialTest : Matrix(zeros: f.rows, 1))
      record["testError"] = .number(wrong(change.values))
      record["growth"] = .number(rms(f) / rms(trail.initialTest))
      let scaled = change.values.map { unit.alpha * $0 }
      outputs[unit] = scaled
      try context.store.writeCheckpoint(
        "outputs-\(unit.key)", Checkpoint(state: unit.key, arrays: ["test": CheckpointArray(shape: [scaled.count], scaled)]))
      let initial = try FiniteNetwork(network.architecture, members: plan.streams([unit]), on: engine)
      record["weightChange"] = .number(try network.relativeDistance(to: initial))
      if settings.kernelPoints > 0 {
        let points = plan.data.test.rows(0..<min(settings.kernelPoints, settings.test))
        record["kernelChange"] = .number(try network.kernelChange(from: initial, points))
      }
      if settings.kernels == .both {
        var fields = unit.fields
        fields["kernel"] = "final"
        try recordKernel(network, fields: fields)
      }
    }
    try context.store.append(record)
    ends[unit.key] = record
  }

  /// Records for every α with all draws at hand the fluctuations over draws and the error of their mean.
  func recordEnsembles(width: Int) throws {
    for alpha in plan.settings.alphaList {
      let units = plan.units.filter { $0.width == width && $0.alpha == alpha }
      let functions = try units.compactMap { try output(of: $0) }
      guard functions.count == units.count, functions.count > 1 else { continue }
      let draws = Double(functions.count)
      var (variance, mean) = (0.0, [Double](repeating: 0, count: plan.settings.test))
      for function in functions { for (index, value) in function.enumerated() { mean[index] += value / draws } }
      for function in functions {
        for (index, value) in function.enumerated() { variance += (value - mean[index]) * (value - mean[index]) }
      }
      let record: Record = [
        "kind": "ensemble", "width": .number(Double(width)), "alpha": .number(alpha), "draws": .number(draws),
        "variance": .number(variance / (draws - 1) / Double(plan.settings.test)), "testError": .number(wrong(mean)),
        "meanTestError": .number(functions.reduce(0) { $0 + wrong($1) } / draws),
      ]
      if !ensembles.contains(record) { try context.store.append(record) }
    }
  }

  private func output(of unit: LazyFeaturePlan.Unit) throws -> [Double]? {
    if let known = outputs[unit] { return known }
    return try context.store.readCheckpoint("outputs-\(unit.key)")?.values("test", shape: [plan.settings.test])
  }

  /// Trains the linear model with the network's present tangent kernel and records it.
  func recordKernel(_ network: FiniteNetwork, fields: Record) throws {
    let settings = plan.settings
    let train = try context.engine.converted(network.tangentKernel(plan.data.train))
    let test = try context.engine.converted(network.tangentKernel(plan.data.test, plan.data.train))
    let rule = GradientFlow.Rule(gradientChange: settings.gradientChange, outputChange: settings.outputChange)
    var flow = try KernelFlow(train, plan.data.trainSigns, loss: settings.kernelLoss, rule: rule, on: context.engine)
    let name = "kernel-" + fields.fields.map(\.value.text).joined(separator: "-")
    if let saved = try context.store.readCheckpoint(name) { try flow.restore(saved) }
    func isOpen() -> Bool { zip(flow.outputs.values, plan.data.trainSigns.values).contains { $0 * $1 < settings.margin } }
    try context.steps {
      while isOpen(), flow.clock.accepted[0] < settings.steps, flow.clock.step[0] > 1e-30 {
        try flow.advance()
        try context.stepEnded { try context.store.writeCheckpoint(name, flow.checkpoint()) }
      }
    }
    let values = try context.engine.read(context.engine.gemm(test, context.engine.tensor(flow.coefficients)))
    var record = fields
    record["kind"] = "kernel"
    record["steps"] = .number(Double(flow.clock.accepted[0]))
    record["status"] = .string(isOpen() ? Status.stopped.rawValue : Status.converged.rawValue)
    record["testError"] = .number(wrong(values))
    try context.store.append(record)
    try context.store.removeCheckpoint(name)
  }

  /// Share of test points whose sign is wrong; 0 has none.
  private func wrong(_ values: [Double]) -> Double {
    Double(zip(values, plan.data.testSigns.values).count { $0 * $1 <= 0 }) / Double(values.count)
  }

  private func rms(_ matrix: Matrix) -> Double { matrix.norm / Double(matrix.rows).squareRoot() }
}

extension KernelFlow {
  fileprivate func checkpoint() throws -> Checkpoint {
    func array(_ matrix: Matrix) -> CheckpointArray { CheckpointArray(shape: [matrix.rows, 1], matrix.values) }
    return try Checkpoint(state: clock, arrays: ["outputs": array(outputs), "coefficients": array(coefficients)])
  }

  fileprivate mutating func restore(_ saved: Checkpoint) throws {
    let rows = outputs.rows
    func matrix(_ name: String) throws -> Matrix { Matrix(rows: rows, columns: 1, values: try saved.values(name, shape: [rows, 1])) }
    try restore(clock: saved.state(), outputs: matrix("outputs"), coefficients: matrix("coefficients"))
  }
}
