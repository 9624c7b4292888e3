import Compute
import FiniteNetworks
import LinearAlgebra
import Matrices
import Results
import Sizes
import StudyRecords

/// Writes the records of a wave, beside those of earlier starts.
final class LazyFeatureRecorder {
  typealias Status = LazyFeatureFields.Status
  private typealias Fields = LazyFeatureFields

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

  private let study: LazyFeatureStudy
  private let data: LazyFeatureData
  private let run: StudyRun<LazyFeatureUnit>
  /// The last step that is recorded of a network.
  private var lastSteps: [LazyFeatureNetwork: Int] = [:]
  private var settings: LazyFeatureSettings { study.settings }
  private var context: RunContext { run.context }

  init(_ study: LazyFeatureStudy, _ data: LazyFeatureData, _ run: StudyRun<LazyFeatureUnit>) {
    (self.study, self.data, self.run) = (study, data, run)
  }

  func trails(_ network: FiniteNetwork, saved: [Trail.Saved]?) throws -> [Trail] {
    let initial = try context.passEngine.read(network.outputs(data.test))
    let count = settings.test
    return (0..<network.members).map { member in
      Trail(
        initialTest: Matrix(rows: count, columns: 1, values: Array(initial[member * count..<(member + 1) * count])),
        saved: saved?[member] ?? Trail.Saved(halfTime: nil, nextReading: 0))
    }
  }

  /// Lines of the networks `due`: loss, and how far the function has moved at the first test points.
  func recordSteps(
    _ due: [Int], _ networks: [LazyFeatureNetwork], _ trails: inout [Trail], _ training: any EnsembleTraining
  ) throws {
    let engine = context.passEngine
    let count = min(settings.followed, settings.test)
    let now = try engine.read(training.network.keeping(members: due).outputs(data.test.rows(0..<count)))
    for (place, member) in due.enumerated() {
      let step = training.clock.accepted[member]
      trails[member].saved.nextReading = max(step + 1, Int(saturating: (Double(step) * 1.2).rounded(.up)))
      let network = networks[member]
      let last = lastSteps[network] ?? run.recorded.values(Fields.step, of: .network(network)).max() ?? -1
      guard step > last else { continue }
      lastSteps[network] = step
      let f = Matrix(rows: count, columns: 1, values: Array(now[place * count..<(place + 1) * count]))
      let start = Matrix(rows: count, columns: 1, values: Array(trails[member].initialTest.values[..<count]))
      let trail = trails[member]
      try context.store.append(
        network.record(
          .step, Fields.step(step), Fields.time(training.clock.time[member]), Fields.trainLoss(trail.loss), Fields.trainError(trail.error),
          Fields.unsatisfied(trail.unsatisfied), Fields.movement(rms(f - start)), Fields.size(rms(f))))
    }
  }

  /// The last line of a network: test error, change of kernel and weights, and its outputs for the ensemble.
  func recordEnd(
    _ own: LazyFeatureNetwork, _ status: Status, _ trail: Trail, _ network: FiniteNetwork, _ clock: TrainingClock, _ member: Int
  ) throws {
    var record = own.record(
      .end, Fields.status(status), Fields.steps(clock.accepted[member]), Fields.rejected(clock.rejected[member]),
      Fields.time(clock.time[member]), Fields.halfTime(trail.saved.halfTime), Fields.trainLoss(trail.loss), Fields.trainError(trail.error),
      Fields.unsatisfied(trail.unsatisfied))
    if status != .diverged {
      let engine = context.passEngine
      let f = try engine.matrix(network.outputs(data.test))
      let change = f - (settings.centred == .yes ? trail.initialTest : Matrix(zeros: f.rows, 1))
      record.add(Fields.testError(wrong(change.values)), Fields.growth(rms(f) / rms(trail.initialTest)))
      let scaled = change.values.map { own.alpha * $0 }
      try context.store.writeCheckpoint(
        "outputs-\(own.key)", Checkpoint(state: own.key, arrays: ["test": CheckpointArray(shape: [scaled.count], scaled)]))
      let initial = try FiniteNetwork(network.architecture, members: [own.stream(seed: settings.seed)], on: engine)
      record.add(Fields.weightChange(try network.relativeDistance(to: initial)))
      if settings.kernelPoints > 0 {
        let points = data.test.rows(0..<min(settings.kernelPoints, settings.test))
        record.add(Fields.kernelChange(try network.kernelChange(from: initial, points)))
      }
      if settings.kernels == .both {
        try recordKernel(network, Fields.width(own.width), Fields.alpha(own.alpha), Fields.draw(own.draw), Fields.kernel(.final))
      }
    }
    try context.store.append(record)
  }

  /// Records for every α with all draws at hand the fluctuations over draws and the error of their mean.
  func recordEnsembles(width: Int) throws {
    for alpha in settings.alphaList {
      let functions = try (0..<settings.draws).compactMap { try outputs(of: LazyFeatureNetwork(width: width, alpha: alpha, draw: $0)) }
      guard functions.count == settings.draws, functions.count > 1 else { continue }
      let draws = Double(functions.count)
      var (variance, mean) = (0.0, [Double](repeating: 0, count: settings.test))
      for function in functions { for (index, value) in function.enumerated() { mean[index] += value / draws } }
      for function in functions {
        for (index, value) in function.enumerated() { variance += (value - mean[index]) * (value - mean[index]) }
      }
      let record = Record(
        Fields.kind(.ensemble), Fields.width(width), Fields.alpha(alpha), Fields.draws(functions.count),
        Fields.variance(variance / (draws - 1) / Double(settings.test)), Fields.testError(wrong(mean)),
        Fields.meanTestError(functions.reduce(0) { $0 + wrong($1) } / draws))
      if !context.store.existing.contains(record) { try context.store.append(record) }
    }
  }

  /// α(f − f₀) at the test points of a network that has ended; nil of another.
  private func outputs(of network: LazyFeatureNetwork) throws -> [Double]? {
    try context.store.readCheckpoint("outputs-\(network.key)")?.values("test", shape: [settings.test])
  }

  /// Trains the linear model with the network's present tangent kernel and records it.
  ///
  /// - Parameter entries: say which network it is.
  func recordKernel(_ network: FiniteNetwork, _ entries: Entry...) throws {
    let train = try context.engine.converted(network.tangentKernel(data.train))
    let test = try context.engine.converted(network.tangentKernel(data.test, data.train))
    var flow = try KernelFlow(train, data.trainSigns, loss: settings.kernelLoss, rule: settings.flowRule, on: context.engine)
    let name = "kernel-" + entries.map(\.value.text).joined(separator: "-")
    if let saved = try context.store.readCheckpoint(name) { try flow.restore(saved) }
    func isOpen() -> Bool { zip(flow.outputs.values, data.trainSigns.values).contains { $0 * $1 < settings.margin } }
    try context.steps {
      while isOpen(), flow.clock.accepted[0] < settings.steps, flow.clock.step[0] > 1e-30 {
        try flow.advance()
        try context.stepEnded { try context.store.writeCheckpoint(name, flow.checkpoint()) }
      }
    }
    let values = try context.engine.read(context.engine.gemm(test, context.engine.tensor(flow.coefficients)))
    var record = Record()
    record.add(entries)
    record.add(
      Fields.kind(.kernel), Fields.steps(flow.clock.accepted[0]), Fields.status(isOpen() ? .stopped : .converged),
      Fields.testError(wrong(values)))
    try context.store.append(record)
    try context.store.removeCheckpoint(name)
  }

  /// Share of test points whose sign is wrong; 0 has none.
  private func wrong(_ values: [Double]) -> Double {
    Double(zip(values, data.testSigns.values).count { $0 * $1 <= 0 }) / Double(values.count)
  }

  private func rms(_ matrix: Matrix) -> Double { matrix.norm / Double(matrix.rows).squareRoot() }
}

extension KernelFlow {
  fileprivate func checkpoint() throws -> Checkpoint {
    try Checkpoint(state: clock, arrays: ["outputs": CheckpointArray(outputs), "coefficients": CheckpointArray(coefficients)])
  }

  fileprivate mutating func restore(_ saved: Checkpoint) throws {
    let shape = [outputs.rows, 1]
    try restore(
      clock: saved.state(), outputs: saved.matrix("outputs", shape: shape), coefficients: saved.matrix("coefficients", shape: shape))
  }
}
