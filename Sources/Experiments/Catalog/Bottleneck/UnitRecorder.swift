import Datasets
import Learning
import Losses
import Matrices
import Results
import StudyRecords

/// Writes the records of one run and keeps what its end line needs.
struct UnitRecorder {
  private typealias Fields = BottleneckFields

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

  private let unit: BottleneckUnit
  private let data: ChainData
  private let context: RunContext
  private let loss: Loss
  private let alreadyRecorded: Set<Int>
  /// The last line of an earlier start.
  private let recordedEnd: Record?
  private let rate: Double
  private let kernelTargets: Matrix
  private let initialKernel: Matrix?
  private var reached = [Int?](repeating: nil, count: BottleneckFields.fractions.count)
  private var amplification: Double?
  private var test = TestCourse()

  /// - Parameters:
  ///   - work: lines of its earlier starts are not written again.
  ///   - resumedAt: the step from which the run goes on; lines up to it are the past of this recorder.
  ///   - initialKernel: Θ_F on the first training points at step 0.
  init(
    _ unit: BottleneckUnit, _ plan: BottleneckStudy, _ work: StudyRun<BottleneckUnit>, resumedAt: Int = -1, rate: Double,
    initialKernel: Matrix? = nil
  ) {
    self.unit = unit
    context = work.context
    self.rate = rate
    recordedEnd = work.recorded.end(of: unit)
    self.initialKernel = initialKernel
    data = plan.data
    loss = plan.settings.loss
    let recorded = work.recorded.lines(of: unit)
    alreadyRecorded = Set(recorded.compactMap { $0[Fields.step] })
    kernelTargets = plan.data.trainTargets.rows(plan.settings.kernelIndices)
    for record in recorded { if let step = record[Fields.step], step <= resumedAt { recall(record, step) } }
  }

  /// Records the present step: what is cheap always, test points and the kernel where they were read.
  mutating func record(_ state: State, _ reading: Reading?) throws {
    note(loss: state.loss, of: state.initialLoss, at: state.step)
    if let twin = state.twin {
      let difference = (twin - state.outputs).norm / (1e-6 * state.outputs.norm)
      amplification = max(amplification ?? 0, difference)
    }
    var record = try header(state.step, loss: state.loss, initialLoss: state.initialLoss, outputs: state.outputs)
    record.add(Fields.movement(state.movement), Fields.rank(state.ranks.map(Double.init)))
    if let error = state.basisError { record.add(Fields.bound(error.bound), Fields.estimate(error.estimate)) }
    if let amplification { record.add(Fields.amplification(amplification)) }
    if let reading { try add(reading, to: &record) }
    try write(record, step: state.step)
  }

  private mutating func add(_ reading: Reading, to record: inout Record) throws {
    if let test = reading.test, test.rows > 0 {
      let error = try testError(test)
      let loss = loss.mean(test, data.testTargets)
      record.add(Fields.testLoss(loss), Fields.testError(error))
      self.test.add(error: error, loss: loss)
    }
    if let kernel = reading.kernel {
      record.add(
        Fields.kernelChange(Matrix.relativeDistance(kernel, initialKernel ?? kernel)),
        Fields.alignment(alignment(kernel, targets: kernelTargets.values)))
    }
  }

  /// Takes up what an earlier start has recorded.
  private mutating func recall(_ record: Record, _ step: Int) {
    if let loss = record[Fields.trainLoss], let initial = record[Fields.initialLoss] { note(loss: loss, of: initial, at: step) }
    if let value = record[Fields.amplification] { amplification = max(amplification ?? 0, value) }
    test.add(error: record[Fields.testError], loss: record[Fields.testLoss])
  }

  private mutating func note(loss: Double, of initial: Double, at step: Int) {
    for (index, own) in Fields.fractions.enumerated() where reached[index] == nil && loss <= own.fraction * initial {
      reached[index] = step
    }
  }

  /// Records one step of the network without bottleneck in closed form; returns its error and loss on test points.
  func recordFrozen(
    step: Int, initialLoss: Double, outputs: Matrix, test: Matrix?, alignment: Double?
  ) throws -> (error: Double?, loss: Double?) {
    var record = try header(step, loss: Loss.squared.mean(outputs, data.trainTargets), initialLoss: initialLoss, outputs: outputs)
    record.add(Fields.kernelChange(0), Fields.alignment(alignment))
    let error = try testError(test), loss = test.map { Loss.squared.mean($0, data.testTargets) }
    if test != nil { record.add(Fields.testLoss(loss), Fields.testError(error)) }
    try write(record, step: step)
    return (error, loss)
  }

  func testError(_ test: Matrix?) throws -> Double? {
    guard let test, test.rows > 0 else { return nil }
    return try data.decision.errorRate(outputs: test.values, classes: data.testClasses)
  }

  func end(status: BottleneckFields.Status, steps: Int, extra: [Entry]) throws {
    var entries = extra + test.entries(data)
    if let amplification { entries.append(Fields.amplification(amplification)) }
    entries += zip(Fields.fractions, reached).map { $0.steps($1.map(Double.init)) }
    try writeEnd(status: status, steps: steps, entries)
  }

  func writeEnd(status: BottleneckFields.Status, steps: Int, _ entries: [Entry]) throws {
    var record = header(.end)
    record.add(Fields.status(status), Fields.steps(steps), Fields.rate(rate))
    record.add(entries.sorted { $0.name < $1.name })
    // A run that is computed again for what it had not saved ends as it did.
    if record != recordedEnd { try context.store.append(record) }
  }

  private func header(_ kind: Fields.Kind) -> Record {
    Record(
      Fields.kind(kind), Fields.comparison(unit.comparison),
      Fields.bottlenecks(unit.chain.isInfinite ? BottleneckLabel(infinite: 1) : unit.chain), Fields.baseline(unit.chain.baseline),
      Fields.draw(unit.draw), unit.rate.entry)
  }

  private func header(_ step: Int, loss: Double, initialLoss: Double, outputs: Matrix) throws -> Record {
    var record = header(.step)
    record.add(
      Fields.step(step), Fields.trainLoss(loss), Fields.initialLoss(initialLoss),
      Fields.trainError(try data.decision.errorRate(outputs: outputs.values, classes: data.trainClasses)))
    return record
  }

  private func write(_ record: Record, step: Int) throws {
    // A continued run repeats the same numbers; what is on disk stays.
    guard !alreadyRecorded.contains(step) else { return }
    try context.store.append(record)
  }
}
