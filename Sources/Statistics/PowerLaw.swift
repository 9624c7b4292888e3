import Foundation

/// y = factor · x^exponent, fitted by least squares in the logarithms.
package struct PowerLaw {
  /// Power of x.
  package let exponent: Double
  /// Value at x = 1.
  package let factor: Double

  /// - Returns: nil unless there are two positive points with different x.
  package init?(_ points: [(x: Double, y: Double)]) {
    let logs = points.filter { $0.x > 0 && $0.y > 0 }.map { (x: log($0.x), y: log($0.y)) }
    let count = Double(logs.count)
    let mean = (x: logs.reduce(0) { $0 + $1.x } / count, y: logs.reduce(0) { $0 + $1.y } / count)
    let variance = logs.reduce(0) { $0 + ($1.x - mean.x) * ($1.x - mean.x) }
    guard logs.count > 1, variance > 0 else { return nil }
    exponent = logs.reduce(0) { $0 + ($1.x - mean.x) * ($1.y - mean.y) } / variance
    factor = exp(mean.y - exponent * mean.x)
  }
}
