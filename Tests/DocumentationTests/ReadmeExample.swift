import Isthmus
import Testing

/// The example of README.md as it stands there, and what it gives.
@Suite struct ReadmeExample {
  @Test func fromANetworkToKernelsAndToATrajectory() throws {
    // README.md: begin
    let engine = try Engine(BackendCatalog.backend())  // a GPU with float64, else this processor
    let layer = Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25)
    let network = Network(inputs: 64, blocks: [WideBlock(hidden: [layer, layer], outputs: 2), WideBlock(hidden: [layer], outputs: 1)])

    let digits = try Split(train: 100, test: 50, seed: 1).select(from: DataSource.digits.load())
    let points = try InputPreparation.std.prepare(digits), parity = try TargetKind.parity.targets(for: digits, scale: 10)
    let x = Matrix(rows: 100, columns: 64, values: points.train), unseen = Matrix(rows: 50, columns: 64, values: points.test)
    let y = Matrix(rows: 100, columns: 1, values: parity.train)

    let (nngp, ntk) = try engine.kernel(network.composed.blocks[0].program, engine.tensor(x))  // without the bottleneck, [1, 100, 100]

    let first = try FirstBlock(network.blocks[0].program, train: x, test: unseen, relativeJitter: 1e-10, on: engine)
    let start = try ChainStart.draw(network, first, featureWidth: { _ in 1000 }, stream: RandomStream(seed: 1, name: "start"), on: engine)
    let run = try LimitRun(network, first: first, start: start, targets: y, rate: 0.05, history: .exact, on: engine)
    while run.trainLoss > 0.1 * run.initialLoss, run.step < 500 { try run.advance() }  // gradient descent in the exact limit
    let (positions, predictions) = (try run.bottlenecks()[0], try run.testOutputs()[1])  // [100, 2] and [50, 1]
    // README.md: end

    let kernels = try [nngp, ntk].map { try engine.matrix(try #require($0)) }
    #expect(kernels.allSatisfy { $0.rows == 100 && $0.columns == 100 && $0[3, 7] == $0[7, 3] && $0[3, 3] > abs($0[3, 7]) })
    #expect(run.trainLoss <= 0.1 * run.initialLoss && run.step > 1, "loss \(run.trainLoss) of \(run.initialLoss) after \(run.step) steps")
    #expect(positions.rows == 100 && positions.columns == 2 && positions != start.train, "a bottleneck that did not move")
    let error = try #require(try parity.decision.errorRate(outputs: predictions.values, classes: parity.testClasses))
    // Guessing would miss half of them; 50 points put three standard deviations of that at 0.29.
    #expect(error < 0.29, "\(error) of the test points are missed")
  }
}
