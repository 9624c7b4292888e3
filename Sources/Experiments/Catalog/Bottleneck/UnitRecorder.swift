import Datasets
import Foundation
import Learning
import Losses
import Matrices
import Results

/// Writes the records of one run and keeps what its end line needs.
struct UnitRecorder {
  static let lossFractions: [(key: String, fraction: Double)] = [("steps50", 0.5), ("steps10", 0.1), ("steps1", 0.01), ("steps0.1", 0.001)]

  /// A run at one step.
  struct State {
    var step: Int
    var loss, initialLoss: Double
    /// F at the training points.
    var outputs: Matrix
    /// |z − z_0| / |z_0| of every bottleneck.
    var movement: [Double]
    var ranks: [Int]
    var basisError: (bound: Double, estimate: Double)?
    /// F of the perturbed twin.
    var twin: Matrix?
  }

  /// What is measured at some steps only.
  struct Reading {
    /// F at the test points.
    var test: Matrix?
    /// Θ_F on the first training points.
    var kernel: Matrix?
  }

  private let unit: BottleneckPlan.Unit
  private let data: ChainData
  private let context: RunContext
  private let loss: Loss
  private let alreadyRecorded: Set<Int>
  private let rate: Double
  private let kernelTargets: Matrix
  private let initialKernel: Matrix?
  private var reached: [String: Int] = [:]
  private var amplification: Double?
  private var finalTestError: Double?
  private var bestTestError: Double?

  /// - Parameters:
  ///   - recorded: lines of earlier starts, which are not written again.
  ///   - resumedAt: the step from which the run goes on; lines up to it are the past of this recorder.
  ///   - initialKernel: Θ_F on the first training points at step 0.
  init(
    _ unit: BottleneckPlan.Unit, _ plan: BottleneckPlan, _ context: RunContext, recorded: [Record], resumedAt: Int = -1, rate: Double,
    initialKernel: Matrix? = nil
  ) {
    self.unit = unit
    self.context = context
    self.rate = rate
    self.initialKernel = initialKernel
    data = plan.data
    loss = plan.settings.loss
    alreadyRecorded = Set(recorded.compactMap { $0.integer("step") })
    kernelTargets = plan.data.trainTargets.rows(plan.settings.kernelIndices)
    for record in recorded { if let step = record.integer("step"), step <= resumedAt { recall(record, step) } }
  }

  /// Records the present step: what is cheap always, test points and the kernel where they were read.
  mutating func record(_ state: State, _ reading: Reading?) throws {
    note(loss: state.loss, of: state.initialLoss, at: state.step)
    if let twin = state.twin {
      let difference = (twin - state.outputs).norm / (1e-6 * state.outputs.norm)
      amplification = max(amplification ?? 0, difference)
    }
    var record = header("step")
    record["step"] = .number(Double(state.step))
    record["trainLoss"] = .number(state.loss)
    record["initialLoss"] = .number(state.initialLoss)
    record["trainError"] = RecordValue(
      nullIfNotFinite: try data.decision.errorRate(outputs: state.outputs.values, classes: data.trainClasses))
    record["movement"] = RecordValue(nullIfNotFinite: state.movement)
    record["rank"] = .numbers(state.ranks.map(Double.init))
    if let error = state.basisError {
      record["bound"] = RecordValue(nullIfNotFinite: error.bound)
      record["estimate"] = RecordValue(nullIfNotFinite: error.estimate)
    }
    if let amplification { record["amplification"] = RecordValue(nullIfNotFinite: amplification) }
    if let reading { try add(reading, to: &record) }
    try write(record, step: state.step)
  }

  private mutating func add(_ reading: Reading, to record: inout Record) throws {
    if let test = reading.test, test.rows > 0 {
      record["testLoss"] = RecordValue(nullIfNotFinite: loss.mean(test, data.testTargets))
      let error = try testError(test)
      record["testError"] = RecordValue(nullIfNotFinite: error)
      note(testError: error)
    }
    if let kernel = reading.kernel {
      record["kernelChange"] = RecordValue(nullIfNotFinite: Matrix.relativeDistance(kernel, initialKernel ?? kernel))
      record["alignment"] = RecordValue(nullIfNotFinite: alignment(kernel, targets: kernelTargets.values))
    }
  }

  /// Takes up what an earlier start has recorded.
  private mutating func recall(_ record: Record, _ step: Int) {
    if let loss = record.number("trainLoss"), let initial = record.number("initialLoss") { note(loss: loss, of: initial, at: step) }
    if let value = record.number("amplification") { amplification = max(amplification ?? 0, value) }
    note(testError: record.number("testError"))
  }

  private mutating func note(loss: Double, of initial: Double, at step: Int) {
    for (key, fraction) in Self.lossFractions where reached[key] == nil && loss <= fraction * initial { reached[key] = step }
  }

  private mutating func note(testError: Double?) {
    guard let testError else { return }
    finalTestError = testError
    bestTestError = min(bestTestError ?? testError, testError)
  }

  /// Records one step of the network without bottleneck in closed form; returns its test error.
  func recordFrozen(step: Int, initialLoss: Double, outputs: Matrix, test: Matrix?, alignment: Double?) throws -> Double? {
    var record = header("step")
    record["step"] = .number(Double(step))
    record["trainLoss"] = .number(Loss.squared.mean(outputs, data.trainTargets))
    record["initialLoss"] = .number(initialLoss)
    record["trainError"] = RecordValue(nullIfNotFinite: try data.decision.errorRate(outputs: outputs.values, classes: data.trainClasses))
    record["kernelChange"] = 0
    record["alignment"] = RecordValue(nullIfNotFinite: alignment)
    let error = try testError(test)
    if let test {
      record["testLoss"] = .number(Loss.squared.mean(test, data.testTargets))
      record["testError"] = RecordValue(nullIfNotFinite: error)
    }
    try write(record, step: step)
    return error
  }

  func testError(_ test: Matrix?) throws -> Double? {
    guard let test, test.rows > 0 else { return nil }
    return try data.decision.errorRate(outputs: test.values, classes: data.testClasses)
  }

  func end(status: String, steps: Int, extra: [String: RecordValue]) throws {
    var fields = extra
    fields["finalTestError"] = RecordValue(nullIfNotFinite: finalTestError)
    fields["bestTestError"] = RecordValue(nullIfNotFinite: bestTestError)
    if let amplification { fields["amplification"] = RecordValue(nullIfNotFinite: amplification) }
    for (key, _) in Self.lossFractions { fields[key] = RecordValue(nullIfNotFinite: reached[key].map(Double.init)) }
    try writeEnd(status: status, steps: steps, fields)
  }

  func writeEnd(status: String, steps: Int, _ fields: [String: RecordValue]) throws {
    var record = header("end")
    record["status"] = .string(status)
    record["steps"] = .number(Double(steps))
    record["rate"] = .number(rate)
    for (key, value) in fields.sorted(by: { $0.key < $1.key }) { record[key] = value }
    try context.store.append(record)
  }

  private func header(_ kind: String) -> Record {
    [
      "kind": .string(kind), "comparison": .string(unit.comparison.rawValue), "bottlenecks": .string(unit.chain.description),
      "baseline": .string(unit.baselineName), "draw": .number(Double(unit.draw)), "kappa": .number(unit.fraction),
    ]
  }

  private func write(_ record: Record, step: Int) throws {
    // A continued run repeats the same numbers; what is on disk stays.
    guard !alreadyRecorded.contains(step) else { return }
    try context.store.append(record)
  }
}
