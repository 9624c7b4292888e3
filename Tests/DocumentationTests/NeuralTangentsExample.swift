import Foundation
import Isthmus
import Testing

/// The example of Documentation/from-neural-tangents.md, and what neural-tangents 0.6.5 gives in float64 for the same points.
@Suite struct NeuralTangentsExample {
  @Test func kernelsAndPredictionsAreThoseOfNeuralTangents() throws {
    func points(_ count: Int, _ columns: Int, _ value: (Double, Double) -> Double) -> Matrix {
      let values = (0..<count).flatMap { row in (0..<columns).map { value(Double(row), Double($0)) } }
      return Matrix(rows: count, columns: columns, values: values)
    }
    let x = points(6, 4) { row, column in sin(1 + 3 * row + column * column) }
    let unseen = points(3, 4) { row, column in cos(2 + 2 * row + column * column) }
    let y = points(6, 2) { row, column in sin(5 * row + column) }

    // from-neural-tangents.md: begin
    let layer = Layer.dense(Dense(512, weightVariance: 2.25, biasVariance: 0.25))  // stax.Dense(512, W_std=1.5, b_std=0.5)
    let block = try WideBlock(layers: [layer, .activation(.erf), .dense(Dense(2))])  // stax.serial(…, stax.Erf(), stax.Dense(2))
    let engine = try Engine(BackendCatalog.backend(named: "cpu"))
    let (nngp, ntk) = try engine.kernel(block.program, engine.tensor(unseen), engine.tensor(x))  // kernel_fn(unseen, x, ('nngp', 'ntk'))

    let first = try FirstBlock(block.program, train: x, test: unseen, relativeJitter: 0, on: engine)
    let dynamics = try FrozenKernelDynamics(first)
    let limit = 2 * Double(x.rows) / dynamics.largestEigenvalue  // nt.predict.max_learning_rate(kernel_fn(x, None, 'ntk'), y.size) / 2

    let zero = Matrix(zeros: x.rows, 2), zeroUnseen = Matrix(zeros: unseen.rows, 2)
    let run = try dynamics.run(start: zero, test: zeroUnseen, targets: y, rate: 0.01)
    let trained = try run.testOutputs(step: nil)  // nt.predict.gradient_descent_mse(k, y)(None, 0., 0., k_test)[1]
    let early = try run.testOutputs(step: 1000)  // … with learning_rate=0.02 at t = 1000, up to the size of the steps
    // from-neural-tangents.md: end

    let kernels = try [nngp, ntk].map { try engine.matrix(#require($0)) }
    #expect(abs(kernels[0][0, 0] + 0.3067744875284303) < 1e-12 && abs(kernels[1][0, 0] + 0.6397285627835748) < 1e-12)
    #expect(abs(limit - 4.177615454834843 / 2) < 1e-9)
    // The end divides by the smallest eigenvalue, a thousand times smaller than the largest, and keeps that many fewer digits.
    let end = try #require(trained)
    for (column, expected) in [0.555128346850196, 0.11425672817733545].enumerated() {
      #expect(abs(end[0, column] - expected) < 1e-9, "\(end[0, column])")
    }
    let soon = try #require(early)
    for (column, expected) in [-0.10937692951305122, 0.1240666445588791].enumerated() {
      // The same steps, one by one, with the kernels of neural-tangents.
      #expect(abs(soon[0, column] - expected) < 1e-10, "\(soon[0, column])")
    }
    for (column, expected) in [-0.10937394988796961, 0.1240190058841715].enumerated() {
      // Gradient flow: a step errs by the square of ηλ/N, 1 % of the limit.
      #expect(abs(soon[0, column] - expected) < 1e-4 && abs(soon[0, column] - expected) > 1e-7)
    }
  }
}
