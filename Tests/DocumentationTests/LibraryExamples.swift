import Foundation
import Isthmus
import Testing

/// The examples of Documentation/library.md in their order, each using what those before it made, and what they give.
@Suite struct LibraryExamples {
  @Test func everyStepOfTheWalk() throws {
    // library.md: begin
    let backend = try BackendCatalog.backend()
    let engine = try Engine(backend)
    print(engine.device.name, engine.precision, BackendCatalog.warnings(on: backend))
    // library.md: end
    #expect(engine.precision == .float64)

    // library.md: begin
    let layer = Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25)
    let network = Network(
      inputs: 64, blocks: [WideBlock(hidden: [layer, layer, layer], outputs: 2), WideBlock(hidden: [layer], outputs: 1)])
    let wide = network.composed
    print(network.bottlenecks, wide.blocks.count)
    // library.md: end
    #expect(network.bottlenecks == [2] && wide.blocks.count == 1 && wide.totalHiddenLayers == 5)

    // library.md: begin
    let digits = try Split(train: 120, test: 60, seed: 1).select(from: DataSource.digits.load())
    let points = try InputPreparation.std.prepare(digits)
    let parity = try TargetKind.parity.targets(for: digits, scale: 10)
    let x = Matrix(rows: 120, columns: points.features, values: points.train)
    let unseen = Matrix(rows: 60, columns: points.features, values: points.test)
    let y = Matrix(rows: 120, columns: parity.outputs, values: parity.train)
    // library.md: end
    #expect(y.values.allSatisfy { abs($0) == 10 } && Set(y.values).count == 2)

    // library.md: begin
    let program = wide.blocks[0].program
    let theta = try engine.matrix(engine.kernel(.ntk, program, engine.tensor(x)))
    let cross = try engine.matrix(engine.kernel(.nngp, program, engine.tensor(unseen), engine.tensor(x)))
    // library.md: end
    let variances = try engine.kernelDiagonal(.ntk, program, engine.tensor(x))
    #expect(cross.rows == 60 && cross.columns == 120 && cross.isFinite && variances.count == 120)
    for index in variances.indices { #expect(abs(theta[index, index] / variances[index] - 1) < 1e-12) }

    // library.md: begin
    let baseline = try FirstBlock(program, train: x, test: unseen, relativeJitter: 1e-10, on: engine)
    let rate = 0.1 * 2 / (try baseline.largestTangentEigenvalue())

    let first = try FirstBlock(network.blocks[0].program, train: x, test: unseen, relativeJitter: 1e-10, on: engine)
    let stream = RandomStream(seed: 1, name: "start")
    let start = try ChainStart.draw(network, first, featureWidth: { _ in 2000 }, stream: stream, on: engine)
    let run = try LimitRun(
      network, first: first, start: start, targets: y, rate: rate, history: .basis(tolerance: 1e-2, rankLimit: 1000), on: engine)

    var losses = [run.initialLoss]
    for _ in 0..<60 {
      try run.advance()
      losses.append(run.trainLoss)
    }
    let positions = try run.bottlenecks()[0]
    let predictions = try run.testOutputs()[1]
    let error = try parity.decision.errorRate(outputs: predictions.values, classes: parity.testClasses)
    // library.md: end
    #expect(losses.count == 61 && losses[60] < 0.1 * losses[0], "the loss went from \(losses[0]) to \(losses[60])")
    #expect(positions.rows == 120 && positions.columns == 2)
    // Guessing would miss half of them; 60 points put three standard deviations of that at 0.31.
    let missed = try #require(error)
    #expect(missed < 0.31, "\(missed) of the test points are missed")

    // library.md: begin
    let drawn = try baseline.draw([(columns: 1, stream: stream)])[0]
    let frozen = try FrozenKernelDynamics(baseline).run(start: drawn.train, test: drawn.test, targets: y, rate: rate)
    let slow = frozen.steps(toFraction: 0.1)
    let quick = losses.firstIndex { $0 <= 0.1 * losses[0] }
    // library.md: end
    let (without, with) = (try #require(slow), try #require(quick))
    #expect(with < without, "\(with) steps with the bottleneck, \(without) without")

    // library.md: begin
    let architecture = try Architecture(network, width: 256)
    let streams = (0..<3).map { RandomStream(seed: 1, name: "member/\($0)") }
    let ensemble = try FiniteNetwork(architecture, members: streams, on: engine)
    let objective = try Objective(
      .squared, inputs: engine.tensor(x), targets: engine.tensor(y), alpha: [Double](repeating: 1, count: 3), on: engine)
    var descent = try GradientDescent(rates: [Double](repeating: rate, count: 3))
    let before = try objective.meanLosses(ensemble.outputs(engine.tensor(x)))
    for _ in 0..<30 { _ = try descent.step(ensemble, objective) }
    let after = try objective.meanLosses(ensemble.outputs(engine.tensor(x)))
    let empirical = try engine.matrices(ensemble.tangentKernel(engine.tensor(x)))
    // library.md: end
    #expect(before.count == 3 && after.count == 3)
    for (earlier, later) in zip(before, after) { #expect(later < 0.5 * earlier, "from \(earlier) to \(later)") }
    #expect(empirical.count == 3 && empirical.allSatisfy { $0.rows == 120 && $0.isFinite })

    let folder = FileManager.default.temporaryDirectory.appending(path: "isthmus-library-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    // library.md: begin
    let description = try RunDescription(experiment: "my-losses", identity: ["seed": 1], parameters: ["steps": 60])
    let store = try ResultsStore.open(description, in: folder)
    for (step, loss) in losses.enumerated() { try store.append(["step": .number(Double(step)), "trainLoss": .number(loss)]) }
    try store.writeArray("positions", shape: [positions.rows, positions.columns], positions.values)
    try store.finish()
    // library.md: end

    // library.md: begin
    for summary in RunListing.runs(in: folder) { print(summary.experiment, summary.run, summary.state) }
    let directory = RunListing.runs(in: folder, experiment: "my-losses")[0].directory
    let records = try RunRecords.read(directory)
    let recorded = records.compactMap { $0.number("trainLoss") }
    let array = try RunArrays.read("positions", in: directory)
    // library.md: end
    #expect(recorded == losses && array.shape == [120, 2] && array.values == positions.values)
    #expect(RunListing.runs(in: folder).map(\.state) == [.finished])

    // library.md: begin
    let session = try ExperimentSession<Bottleneck>(
      ["train": "60", "test": "40", "bottlenecks": "1,inf", "draws": "1", "steps": "30", "feature-width": "64"],
      on: engine, results: folder)
    for line in session.plan.summary { print(line) }
    if let table = try session.run() { print(table.page) }

    var settings = session.settings
    settings.steps = 60
    let longer = try ExperimentSession<Bottleneck>(settings, on: engine, results: folder)
    try longer.run()
    print(try longer.directory.path, try RunRecords.read(longer.directory).count)
    // library.md: end
    #expect(try session.directory == longer.directory)
    #expect(RunListing.runs(in: folder, experiment: "bottleneck").map(\.state) == [.finished])
  }
}
