import BackendCatalog
import Compute
import FiniteNetworks
import Foundation
import Learning
import LinearAlgebra
import Networks
import WideKernels

/// Finite networks of growing width beside the limit that starts from their own initial functions.
///
/// The limit is run on training and test points together with gradients of the training points only, so that one state
/// holds every position. Errors are relative L2, the largest over the times compared, the median over draws.
struct LimitComparison {
  var network: Network
  var points = 16
  var tests = 8
  var loss = Loss.squared
  var rate: Double
  var times: [Int]
  /// Points per mini-batch; 0 for full batch.
  var batch = 0
  var draws: Int
  let engine: Engine

  struct Errors {
    /// |F − F_limit| / |F_limit| on training and test points, and of each bottleneck, for one draw.
    var train = 0.0
    var test = 0.0
    var bottlenecks: [Double]
    /// The same for the network whose kernel is frozen at the start.
    var frozenTest = 0.0
    /// Θ during training, against the empirical tangent kernel of the finite network.
    var kernel = 0.0
    /// How far the first bottleneck moved.
    var movement = 0.0
    /// max_t |F̃ − F| / (10⁻⁶ |F|) of a twin with a perturbed start.
    var amplification = 0.0
  }

  func errors(width: Int, draw: Int, comparesKernel: Bool = false) throws -> Errors {
    let stream = RandomStream(seed: UInt64(draw + 1), name: "comparison/\(width)")
    let data = RandomStream(seed: UInt64(draw + 1), name: "comparison/data")
    let all = points + tests
    let x = Matrix(rows: all, columns: network.inputs, values: data.child("x").normals(all * network.inputs))
    let outputs = network.blocks[network.blocks.count - 1].outputs
    let targets = targets(data.child("targets"), rows: all, outputs: outputs)
    let training = Array(0..<points)
    let none = Matrix(zeros: 0, network.inputs)
    let first = try FirstBlock(network.blocks[0].program, train: x, test: none, relativeJitter: 0, on: engine)

    let finite = try FiniteNetwork(Architecture(network, width: width), members: [stream], on: engine)
    // The blocks of the same streams are the finite network's at the start.
    let functions = try network.blocks.indices.dropFirst().map { index in
      InitialFunction.features(
        try FiniteBlock(
          network.blocks[index], inputs: network.blocks[index - 1].outputs, width: width, stream: stream.child("block/\(index)"), on: engine
        ))
    }
    let points = try engine.tensor(x)
    let start = ChainStart(
      train: try engine.matrix(finite.readouts(points)[0]), test: Matrix(zeros: 0, network.blocks[0].outputs), functions: functions)
    var descent = try GradientDescent(rates: [rate])
    let objective = try Objective(loss, inputs: points, targets: engine.tensor(targets), alpha: [1], on: engine)
    func makeRun(_ start: ChainStart) throws -> LimitRun {
      try LimitRun(network, first: first, start: start, targets: targets, rule: DescentRule(loss), rate: rate, history: .exact, on: engine)
    }
    let limit = try makeRun(start)
    let twin = try makeRun(start.perturbed(by: 1e-6, stream: stream.child("twin")))
    let frozenKernel = try limit.tangentKernel(Array(0..<all))
    var frozen = limit.outputs
    var errors = Errors(bottlenecks: [Double](repeating: 0, count: network.blocks.count - 1))
    let order = data.child("batches")
    for step in 0...(times.max() ?? 0) {
      if times.contains(step) {
        let got = try finite.readouts(points).map { try engine.matrix($0) }
        try compare(got, limit, &errors)
        let rows = Array(self.points..<all)
        errors.frozenTest = max(errors.frozenTest, Matrix.relativeDistance(frozen.rows(rows), limit.outputs.rows(rows)))
        if comparesKernel {
          let kernel = try engine.matrix(finite.tangentKernel(points.rows(0..<self.points)))
          errors.kernel = max(errors.kernel, Matrix.relativeDistance(try limit.tangentKernel(training), kernel))
        }
      }
      errors.amplification = max(errors.amplification, (twin.outputs - limit.outputs).norm / (1e-6 * limit.outputs.norm))
      let indices = batch > 0 ? Array(order.child("\(step)").permutation(self.points).prefix(batch)) : training
      _ = try descent.step(finite, objective.batch(indices))
      frozen = frozenStep(frozen, frozenKernel, targets, indices)
      try limit.advance(batch: indices)
      try twin.advance(batch: indices)
    }
    errors.movement = try Matrix.relativeDistance(limit.bottlenecks()[0], start.train)
    return errors
  }

  private func compare(_ got: [Matrix], _ limit: LimitRun, _ errors: inout Errors) throws {
    let (train, test) = (Array(0..<points), Array(points..<points + tests))
    errors.train = max(errors.train, Matrix.relativeDistance(got[got.count - 1].rows(train), limit.outputs.rows(train)))
    errors.test = max(errors.test, Matrix.relativeDistance(got[got.count - 1].rows(test), limit.outputs.rows(test)))
    for (index, positions) in try limit.bottlenecks().enumerated() {
      errors.bottlenecks[index] = max(errors.bottlenecks[index], Matrix.relativeDistance(got[index], positions))
    }
  }

  /// One step of the linearised network, whose kernel `[n·c, n·c]` does not move.
  private func frozenStep(_ outputs: Matrix, _ kernel: Matrix, _ targets: Matrix, _ indices: [Int]) -> Matrix {
    let c = outputs.columns
    let gradient = loss.gradient(outputs.rows(indices), targets.rows(indices)).map { $0 * rate / Double(indices.count) }
    var next = outputs
    for row in 0..<outputs.rows * c {
      for (position, index) in indices.enumerated() {
        for o in 0..<c { next.values[row] -= kernel[row, index * c + o] * gradient[position, o] }
      }
    }
    return next
  }

  private func targets(_ stream: RandomStream, rows: Int, outputs: Int) -> Matrix {
    switch loss {
    case .squared, .hinge, .softHinge:
      Matrix(rows: rows, columns: outputs, values: stream.uniforms(rows * outputs).map { $0 < 0.5 ? -1 : 1 })
    case .softmax:
      stream.uniforms(rows).enumerated().reduce(into: Matrix(zeros: rows, outputs)) { $0[$1.offset, Int($1.element * Double(outputs))] = 1 }
    }
  }
}

/// Median errors at one width, with the draws that are sensitive to a perturbation left apart.
struct WidthErrors {
  var width: Int
  var median: LimitComparison.Errors
  var sensitive: Int
  var draws: Int

  static func measure(_ comparison: LimitComparison, width: Int, draws: Int? = nil, comparesKernel: Bool = false) throws -> WidthErrors {
    let all = try (0..<(draws ?? comparison.draws)).map { try comparison.errors(width: width, draw: $0, comparesKernel: comparesKernel) }
    let calm = all.filter { $0.amplification <= 100 }
    func median(_ value: (LimitComparison.Errors) -> Double) -> Double { WidthErrors.median(calm.map(value)) }
    var errors = LimitComparison.Errors(bottlenecks: [])
    errors.train = median(\.train)
    errors.test = median(\.test)
    errors.frozenTest = median(\.frozenTest)
    errors.kernel = median(\.kernel)
    errors.movement = median(\.movement)
    errors.amplification = median(\.amplification)
    for index in 0..<comparison.network.blocks.count - 1 { errors.bottlenecks.append(median { $0.bottlenecks[index] }) }
    return WidthErrors(width: width, median: errors, sensitive: all.count - calm.count, draws: all.count)
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .infinity }
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// Least-squares slope of log error against log width.
  static func slope(_ rows: [WidthErrors], _ value: (LimitComparison.Errors) -> Double) -> Double {
    let points = rows.map { (log(Double($0.width)), log(value($0.median))) }
    let n = Double(points.count)
    let (meanX, meanY) = (points.reduce(0) { $0 + $1.0 } / n, points.reduce(0) { $0 + $1.1 } / n)
    return points.reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / points.reduce(0) { $0 + ($1.0 - meanX) * ($1.0 - meanX) }
  }

  static func print(_ title: String, _ rows: [WidthErrors]) {
    Swift.print("theory: \(title)")
    for row in rows {
      let errors = row.median
      Swift.print(
        String(
          format:
            "theory:   width %6d  train F %.4f  test F %.4f  bottlenecks %@  frozen test F %.2f  moved %.2f  (%d draws, %d sensitive)",
          row.width, errors.train, errors.test, errors.bottlenecks.map { String(format: "%.4f", $0) }.joined(separator: " "),
          errors.frozenTest,
          errors.movement, row.draws, row.sensitive))
    }
    if rows.count > 1 {
      Swift.print(
        String(format: "theory:   slopes  train F %.2f  test F %.2f", slope(rows, \.train), slope(rows, \.test)))
    }
  }
}
