import Compute
import WideKernels

/// Every case of a form of the benchmark.
public enum BenchmarkCatalog {
  /// How large and how many.
  public enum Form: String, Sendable, CaseIterable {
    /// Small sizes, for whether everything runs and is right: seconds.
    case smoke
    /// Sizes as in use: minutes.
    case standard = "default"
  }

  /// Cases whose description contains `filter`; nil for all.
  public static func cases(_ form: Form, filter: String? = nil) -> [BenchmarkCase] {
    let all = form == .smoke ? smoke : standard
    guard let filter else { return all }
    return all.filter { $0.description.contains(filter) }
  }

  private static let activations: [any Activation] = [ReLU(), Erf(), GELU()]

  private static var smoke: [BenchmarkCase] {
    products(square: [61], tall: (130, 3, 33), small: (5, 17), symmetric: (40, 24))
      + kernels(points: 33, depths: [1, 3], width: 20, small: 2, batch: (3, 9))
  }

  private static var standard: [BenchmarkCase] {
    products(square: [1024, 2048], tall: (8192, 21, 4096), small: (512, 64), symmetric: (2048, 784))
      + kernels(points: 2000, depths: [1, 3, 10, 50], width: 784, small: 4, batch: (16, 400))
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
}
