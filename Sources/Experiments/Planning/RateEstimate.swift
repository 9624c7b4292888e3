import Compute
import Foundation
import Learning

/// A learning rate beside the limit of stability 2(1 + μ)/λmax(Θ/N) of a network without bottlenecks, as plans estimate it.
struct RateEstimate {
  let rate: Double
  /// The limit of the first `points` training points, of which λmax(Θ/N) hardly depends on the number.
  let limit: Double
  private let points: Int
  private let isEstimated: Bool

  /// Points of which the kernel is made.
  static let mostPoints = 512

  /// - Parameters:
  ///   - kernels: of the network's training points, and perhaps others after them.
  ///   - count: number of training points.
  init(_ rate: Double, _ kernels: any FirstBlockKernels, count: Int, momentum: Double = 0, on engine: Engine) throws {
    self.rate = rate
    points = min(count, kernels.count, Self.mostPoints)
    isEstimated = points < count
    let largest = try kernels.extremeEigenvalues(.ntk, of: 0..<points, on: engine).largest
    limit = 2 * (1 + momentum) * Double(points) / largest
  }

  /// The rate as a fraction of the limit.
  var fraction: Double { rate / limit }

  /// - Parameter network: what the limit is of, in words.
  func text(_ network: String) -> String {
    let source = isEstimated ? ", as \(points) of the training points tell it" : ""
    let place = String(format: "%.3g of the limit of stability %.3g", fraction, limit)
    return fraction < 1
      ? "rate \(rate): \(place) of \(network)\(source)"
      : "warning: rate \(rate) is beyond what is stable: \(place) of \(network)\(source); without bottlenecks training will diverge"
  }
}
