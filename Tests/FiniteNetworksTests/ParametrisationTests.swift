import BackendCatalog
import Compute
import FiniteNetworks
import Foundation
import Networks
import Testing
import WideKernels

/// What moves as networks of each parametrisation grow wider.
@Suite struct ParametrisationTests {
  /// Widths of a description are taken where none is asked for, and are asked for where it leaves them open.
  @Test func hiddenLayersHaveTheWidthsOfTheDescription() throws {
    let block = try WideBlock(layers: [.dense(Dense(8)), .activation(.erf), .dense(Dense(5)), .activation(.relu), .dense(Dense(2))])
    let network = Network(inputs: 3, blocks: [block])
    #expect(try Architecture(network).layers.map(\.map) == [.dense(outputs: 8), .dense(outputs: 5), .dense(outputs: 2)])
    #expect(try Architecture(network, width: 7).layers.map(\.map) == [.dense(outputs: 7), .dense(outputs: 7), .dense(outputs: 2)])
    let open = Network(inputs: 3, blocks: [WideBlock(hidden: [Hidden(.erf)], outputs: 1)])
    #expect(throws: FiniteNetworkError.self) { try Architecture(open) }
  }

  /// Slopes in log width of the change of the last hidden layer and of the output after three steps.
  private func slopes(_ parametrisation: Parametrisation, rate: (Int) -> Double) throws -> (hidden: Double, output: Double) {
    let engine = try Engine(BackendCatalog.backend())
    let (members, points) = (12, 8)
    let x = try engine.tensor(RandomStream(seed: 7, name: "x").normals(points * 6), rows: points, columns: 6)
    let y = try engine.tensor(RandomStream(seed: 7, name: "y").normals(points), rows: points, columns: 1)
    var changes: [(width: Double, hidden: Double, output: Double)] = []
    for width in [64, 256, 1024] {
      let architecture = try Architecture.fullyConnected(
        inputs: 6, widths: [width, width], outputs: 1, activation: .erf, gain: 1.2, biasDeviation: 0.3, parametrisation: parametrisation)
      let network = try FiniteNetwork(
        architecture, members: (0..<members).map { RandomStream(seed: 7, name: "\(width)/\($0)") }, on: engine)
      let before = try network.forward(x).preactivations.map { try engine.read($0) }
      let objective = try Objective(.squared, inputs: x, targets: y, alpha: [Double](repeating: 1, count: members), on: engine)
      var descent = try GradientDescent(rates: [Double](repeating: rate(width), count: members))
      for _ in 0..<3 { _ = try descent.step(network, objective) }
      let after = try network.forward(x).preactivations.map { try engine.read($0) }
      func change(_ layer: Int) -> Double {
        (zip(after[layer], before[layer]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(after[layer].count)).squareRoot()
      }
      changes.append((Double(width), change(1), change(2)))
    }
    func slope(_ value: ((width: Double, hidden: Double, output: Double)) -> Double) -> Double {
      log(value(changes[2]) / value(changes[0])) / log(changes[2].width / changes[0].width)
    }
    return (slope { $0.hidden }, slope { $0.output })
  }

  /// Yang & Hu 2021: hidden coordinates move as n^-r with r = 1/2 in the kernel regime and 0 where features are learnt; outputs by order 1.
  ///
  /// Twelve networks per width: slopes were seen to vary by 0.05 over seeds; a wrong exponent differs by 1/2.
  @Test(arguments: [
    (Parametrisation.ntk, -0.5), (.standard, -0.5), (.meanField, 0), (.maximalUpdate, 0),
  ])
  func featuresMoveAsTheParametrisationSays(_ parametrisation: Parametrisation, _ expected: Double) throws {
    let slopes = try slopes(parametrisation) { parametrisation == .standard ? 0.5 / Double($0) : 0.5 }
    #expect(abs(slopes.hidden - expected) < 0.15, "\(parametrisation): \(slopes)")
    #expect(abs(slopes.output) < 0.15, "\(parametrisation): \(slopes)")
  }
}
