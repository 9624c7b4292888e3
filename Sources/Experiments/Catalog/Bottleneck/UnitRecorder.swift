import Datasets
import Foundation
import Learning
import Results

/// Writes the records of one run and keeps what its end line needs.
struct UnitRecorder {
  private let unit: BottleneckPlan.Unit
  private let data: BottleneckData
  private let context: RunContext
  private let alreadyRecorded: Set<Int>
  private let rate: Double
  private let readings: Set<Int>
  private let kernelIndices: [Int]
  private var initialKernel: Matrix?
  private var initialPositions: [Matrix] = []
  private var reached: [String: Int] = [:]
  private var amplification: Double?
  private var lastReading = -1
  private var finalTestError: Double?
  private var bestTestError: Double?

  init(
    _ unit: BottleneckPlan.Unit, _ data: BottleneckData, _ settings: BottleneckSettings, _ context: RunContext, _ alreadyRecorded: Set<Int>,
    rate: Double
  ) {
    self.unit = unit
    self.data = data
    self.context = context
    self.alreadyRecorded = alreadyRecorded
    self.rate = rate
    readings = logSpaced(to: settings.steps, count: settings.readings)
    kernelIndices = Array(0..<min(settings.kernelPoints, settings.train))
  }

  /// Records the present step: what is cheap at every step, test points and the kernel at the readings.
  mutating func record(_ run: LimitRun, twin: LimitRun?) throws { try record(run, twin: twin, isReading: readings.contains(run.step)) }

  /// Records test points and kernel at the present step whatever the schedule.
  mutating func recordReading(_ run: LimitRun, twin: LimitRun?) throws {
    guard lastReading != run.step else { return }
    try record(run, twin: twin, isReading: true)
  }

  private mutating func record(_ run: LimitRun, twin: LimitRun?, isReading: Bool) throws {
    if run.step == 0 { initialPositions = run.bottlenecks }
    let loss = run.trainLoss
    for (key, fraction) in BottleneckUnit.lossFractions where reached[key] == nil && loss <= fraction * run.initialLoss {
      reached[key] = run.step
    }
    if let twin {
      let difference = (twin.outputs - run.outputs).norm / (1e-6 * run.outputs.norm)
      amplification = max(amplification ?? 0, difference)
    }
    var record = header("step")
    record["step"] = .number(Double(run.step))
    record["trainLoss"] = .number(loss)
    record["initialLoss"] = .number(run.initialLoss)
    record["trainError"] = RecordValue(
      nullIfNotFinite: try data.decision.errorRate(outputs: run.outputs.values, classes: data.trainClasses))
    record["movement"] = RecordValue(nullIfNotFinite: zip(run.bottlenecks, initialPositions).map { Matrix.relativeDistance($0, $1) })
    record["rank"] = .numbers(run.ranks.map(Double.init))
    if let error = run.basisError {
      record["bound"] = RecordValue(nullIfNotFinite: error.bound)
      record["estimate"] = RecordValue(nullIfNotFinite: error.estimate)
    }
    if let amplification { record["amplification"] = RecordValue(nullIfNotFinite: amplification) }
    if isReading { try addReading(run, &record) }
    try write(record, step: run.step)
  }

  private mutating func addReading(_ run: LimitRun, _ record: inout Record) throws {
    lastReading = run.step
    if let test = try run.testOutputs().last, test.rows > 0 {
      record["testLoss"] = RecordValue(nullIfNotFinite: run.loss.mean(test, data.testTargets))
      let error = try testError(test)
      record["testError"] = RecordValue(nullIfNotFinite: error)
      if let error {
        finalTestError = error
        bestTestError = min(bestTestError ?? error, error)
      }
    }
    guard !kernelIndices.isEmpty else { return }
    let kernel = try run.tangentKernel(kernelIndices)
    let initial = initialKernel ?? kernel
    initialKernel = initial
    record["kernelChange"] = RecordValue(nullIfNotFinite: Matrix.relativeDistance(kernel, initial))
    record["alignment"] = RecordValue(nullIfNotFinite: alignment(kernel, targets: data.trainTargets.rows(kernelIndices).values))
  }

  /// Alignment of one output's kernel, which does not move, with the targets; several outputs share the kernel.
  func frozenAlignment(_ first: FirstBlock) throws -> Double? {
    guard !kernelIndices.isEmpty else { return nil }
    let targets = data.trainTargets.rows(kernelIndices)
    let kernel = try first.tangentKernel(kernelIndices)
    var whole = Matrix(zeros: kernel.rows * targets.columns, kernel.rows * targets.columns)
    for i in 0..<kernel.rows {
      for j in 0..<kernel.rows { for o in 0..<targets.columns { whole[i * targets.columns + o, j * targets.columns + o] = kernel[i, j] } }
    }
    return alignment(whole, targets: targets.values)
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
    for (key, _) in BottleneckUnit.lossFractions { fields[key] = RecordValue(nullIfNotFinite: reached[key].map(Double.init)) }
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
