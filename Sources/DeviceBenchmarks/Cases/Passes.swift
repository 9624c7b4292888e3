import BackendTestKit
import Compute
import WideKernels

/// Kernel × coefficients with nothing stored: what training has added to a block, read at its points or written to its pivots.
struct CentrePass: Sendable {
  var activation: ActivationKind
  var depth = 1
  var points, centres, width: Int
  /// Reads have one, writes have none.
  var hasJacobian: Bool
  var outputs = 1
  /// What else distinguishes it.
  var sizes: [BenchmarkSize] = []

  var benchmark: BenchmarkCase {
    BenchmarkCase(
      "widePass", "\(activation) \(hasJacobian ? "read" : "write")",
      sizes: sizes + [.init("depth", depth), .init("N", points), .init("R", centres), .init("d", width)] + outputSizes(outputs),
      elements: (points + centres) * (width + outputs) + points * outputs * width
    ) { engine in
      let coefficients = try engine.inputs("coefficients", rows: centres, columns: outputs)
      let job = WidePassJob(
        program: block(activation, depth: depth), kind: .ntk, points: try engine.inputs("points", rows: points, columns: width),
        centres: try engine.inputs("centres", rows: centres, columns: width), coefficients: coefficients,
        value: try engine.empty(rows: points, columns: outputs),
        jacobian: hasJacobian ? try engine.empty(rows: points, columns: outputs * width) : nil)
      return PreparedBenchmark(
        run: { try engine.backend.perform(.widePass(job)) },
        verify: { Verification(try SampledCheck(job, points: samples(centres > 100_000 ? 2 : 4, of: points, "points"), on: engine)) })
    }
  }
}

/// Passes of a function with one wide hidden layer of random features.
struct WideFunctionPass: Sendable {
  var activation: ActivationKind
  var points: Int
  var features: Int
  var width: Int
  var hasJacobian: Bool
  var outputs = 1

  var benchmark: BenchmarkCase {
    BenchmarkCase(
      "featurePass", "\(activation) \(hasJacobian ? "jacobian" : "value")",
      sizes: [.init("N", points), .init("M", features), .init("d", width)] + outputSizes(outputs),
      elements: (points + features) * (2 * width + 2)
    ) { engine in
      let job = FeaturePassJob(
        activation: activation, points: try engine.inputs("points", rows: points, columns: width),
        weights: try engine.inputs("weights", rows: features, columns: width),
        biases: try engine.inputs("biases", rows: features, columns: 1),
        coefficients: try engine.inputs("coefficients", rows: features, columns: outputs),
        value: try engine.empty(rows: points, columns: outputs),
        jacobian: hasJacobian ? try engine.empty(rows: points, columns: outputs * width) : nil)
      return PreparedBenchmark(
        run: { try engine.backend.perform(.featurePass(job)) },
        verify: { Verification(try SampledCheck(job, points: samples(4, of: points, "points"), on: engine)) })
    }
  }
}

/// Named where there are several.
private func outputSizes(_ outputs: Int) -> [BenchmarkSize] { outputs > 1 ? [BenchmarkSize("c", outputs)] : [] }
