import Compute
import WideKernels

/// Every case of a form of the benchmark.
public enum BenchmarkCatalog {
  /// How large and how many.
  public enum Form: String, Sendable, CaseIterable {
    /// Small sizes, for whether everything runs and is right: seconds.
    case smoke
    /// One size of each operation as it is in use: minutes.
    case standard
    /// Cost and memory against each size: up to hours.
    case scaling
  }

  /// Cases whose description contains `filter`; nil for all.
  public static func cases(_ form: Form, filter: String? = nil) -> [BenchmarkCase] {
    let all =
      switch form {
      case .smoke: smoke
      case .standard: standard
      case .scaling: scaling
      }
    guard let filter else { return all }
    return all.filter { $0.description.contains(filter) }
  }

  private static let activations: [ActivationKind] = [.relu, .erf, .gelu]

  private static var smoke: [BenchmarkCase] {
    products(square: [61], tall: (130, 3, 33), small: (5, 17), symmetric: (40, 24))
      + kernels(points: 33, depths: [1, 3], width: 20, small: 2, batch: (3, 9))
      + passes(points: 40, centres: 21, features: 33, widths: [2])
      + [
        CholeskyFactor(size: 70).benchmark, ManySolves(size: 33, columns: 9).benchmark,
        ManySolves(size: 33, columns: 9, transposed: true).benchmark, TrainingStep(inputs: 12, width: 24, batch: 16).benchmark,
        BasisGrowth(points: 120, width: 1).benchmark, LimitStep(points: 30, bottleneck: 1, warmUp: 3, features: 64).benchmark,
      ]
  }

  private static var standard: [BenchmarkCase] {
    products(square: [1024, 2048], tall: (8192, 21, 8192), small: (1024, 64), symmetric: (2048, 784))
      + kernels(points: 2000, depths: [1, 3, 10, 50], width: 784, small: 4, batch: (16, 400))
      + passes(points: 8000, centres: 1000, features: 4096, widths: [2, 4])
      + [
        CholeskyFactor(size: 2048).benchmark, ManySolves(size: 1000, columns: 4000).benchmark,
        ManySolves(size: 1000, columns: 1, transposed: true).benchmark, TrainingStep(width: 2048, batch: 512).benchmark,
      ] + [2, 4].map { BasisGrowth(points: 4000, width: $0).benchmark } + [1, 4].map { LimitStep(points: 2000, bottleneck: $0).benchmark }
  }

  private static var scaling: [BenchmarkCase] {
    let points = [500, 1000, 2000, 4000, 8000, 14_000, 20_000]
    let kernels = points.map { BlockKernel(activation: .erf, depth: 3, points: $0, width: 784) }
    let depths = [1, 2, 5, 10, 20, 50].flatMap { depth in
      activations.map { BlockKernel(activation: $0, depth: depth, points: 2000, width: 784) }
    }
    let widths = [1, 4, 16, 64, 256]
    let passes = widths.flatMap { width in
      [true, false].map { CentrePass(activation: .erf, points: 4000, centres: 1000, width: width, hasJacobian: $0) }
    }
    // Few and many centres, inputs and outputs.
    let corners = [50, 5000].flatMap { centres in
      [1, 64].flatMap { width in
        [1, 10].flatMap { outputs in
          [ActivationKind.erf, .relu].flatMap { activation in
            [true, false].map {
              CentrePass(activation: activation, points: 4000, centres: centres, width: width, hasJacobian: $0, outputs: outputs)
            }
          }
        }
      }
    }
    // Writes go to as few points as there are pivots.
    let fewPoints = [1, 10].flatMap { outputs in
      [true, false].map {
        CentrePass(activation: .erf, points: 50, centres: 4000, width: 64, hasJacobian: $0, outputs: outputs)
      }
    }
    let histories = [10, 50, 200, 500, 1000, 2000].map { steps in
      CentrePass(
        activation: .relu, points: 200, centres: 200 * steps, width: 2, hasJacobian: true, sizes: [BenchmarkSize("T", steps)])
    }
    let passCases = (passes + corners + fewPoints + histories).map(\.benchmark)
    let kernelCases = (kernels + depths.filter { !($0.depth == 3 && $0.activation == .erf) }).map(\.benchmark)
    let products = [256, 512, 1024, 2048, 4096, 8192].map { MatrixProduct(variant: "square", m: $0, n: $0, k: $0).benchmark }
    let features = widths.map { WideFunctionPass(activation: .erf, points: 4000, features: 4096, width: $0, hasJacobian: true).benchmark }
    let training = [256, 1024, 4096, 16_384].map { TrainingStep(width: $0, batch: 512).benchmark }
    let factors = [500, 1000, 2000, 4000, 8000, 14_000].map { CholeskyFactor(size: $0).benchmark }
    let growth = [1, 2, 4, 8].map { BasisGrowth(points: 4000, width: $0).benchmark }
    let steps =
      points.map { LimitStep(points: $0, bottleneck: 2).benchmark } + [1, 4, 8].map { LimitStep(points: 2000, bottleneck: $0).benchmark }
    return products + kernelCases + passCases + features + training + factors + growth + steps
  }

  private static func products(square: [Int], tall: (m: Int, n: Int, k: Int), small: (batch: Int, size: Int), symmetric: (n: Int, k: Int))
    -> [BenchmarkCase]
  {
    let transposed = [(true, false), (false, true), (true, true)].map { left, right in
      MatrixProduct(
        variant: "\(left ? "t" : "n")\(right ? "t" : "n")", m: square[0], n: square[0], k: square[0],
        operation: GEMM(transposeA: left, transposeB: right))
    }
    let products =
      square.map { MatrixProduct(variant: "square", m: $0, n: $0, k: $0) } + [
        MatrixProduct(variant: "tall", m: tall.m, n: tall.n, k: tall.k),
        MatrixProduct(variant: "small", batch: small.batch, m: small.size, n: small.size, k: small.size),
        MatrixProduct(
          variant: "symmetric", m: symmetric.n, n: symmetric.n, k: symmetric.k, operation: GEMM(transposeB: true, lowerOnly: true)),
      ] + transposed
    return products.map(\.benchmark)
  }

  private static func kernels(points: Int, depths: [Int], width: Int, small: Int, batch: (items: Int, points: Int)) -> [BenchmarkCase] {
    let kernels = activations.flatMap { activation in
      depths.map { BlockKernel(activation: activation, depth: $0, points: points, width: width) } + [
        BlockKernel(activation: activation, depth: 1, points: points, width: small),
        BlockKernel(activation: activation, depth: 1, batch: batch.items, points: batch.points, width: small),
      ]
    }
    let recursions = activations.flatMap { activation in
      [1, 3].map { Recursion(activation: activation, depth: $0, points: points) }
        + [Recursion(activation: activation, depth: 3, points: points / 2, isVJP: true)]
    }
    return kernels.map(\.benchmark) + recursions.map(\.benchmark)
  }

  private static func passes(points: Int, centres: Int, features: Int, widths: [Int]) -> [BenchmarkCase] {
    widths.flatMap { width in
      [
        CentrePass(activation: .erf, points: points, centres: centres, width: width, hasJacobian: true).benchmark,
        CentrePass(activation: .erf, points: centres, centres: points, width: width, hasJacobian: false).benchmark,
        CentrePass(activation: .relu, points: points, centres: centres, width: width, hasJacobian: true).benchmark,
        CentrePass(activation: .relu, points: points, centres: centres, width: width, hasJacobian: true, outputs: 10).benchmark,
        WideFunctionPass(activation: .erf, points: points, features: features, width: width, hasJacobian: true).benchmark,
        WideFunctionPass(activation: .relu, points: points, features: features, width: width, hasJacobian: false).benchmark,
      ]
    }
  }
}
