import Foundation

/// The exponent of a median's power of the width, with its standard error.
public struct WidthSlope: Equatable, Sendable {
  /// The exponent itself.
  public let exponent: Double
  /// Standard error from the scatter of the draws; nil where a width has a single draw.
  public let standardError: Double?

  /// Least squares of log median against log width.
  ///
  /// A median of n values has the variance π/2 · s²/n, with s the deviation of the logarithms, were these normal.
  /// - Returns: nil unless two widths have positive medians.
  package init?(_ values: [(width: Int, draws: [Double])]) {
    let rows = values.compactMap { row in
      Quartiles(row.draws).median.map { (x: log(Double(row.width)), point: (x: Double(row.width), y: $0), draws: row.draws) }
    }
    guard let law = PowerLaw(rows.map(\.point)) else { return nil }
    exponent = law.exponent
    let mean = rows.reduce(0) { $0 + $1.x } / Double(rows.count)
    let spread = rows.reduce(0) { $0 + ($1.x - mean) * ($1.x - mean) }
    guard rows.allSatisfy({ $0.draws.count > 1 && $0.draws.allSatisfy { $0 > 0 } }) else {
      standardError = nil
      return
    }
    let variance = rows.reduce(0) { sum, row in
      let logs = row.draws.map { log($0) }, count = Double(logs.count)
      let center = logs.reduce(0, +) / count
      let scatter = logs.reduce(0) { $0 + ($1 - center) * ($1 - center) } / (count - 1)
      let distance = row.x - mean
      let ofMedian: Double = distance * distance * .pi / 2
      return sum + ofMedian * scatter / count
    }
    standardError = variance.squareRoot() / spread
  }

  /// `−0.49 ± 0.05`.
  package var text: String {
    String(format: "%.2f", exponent).replacingOccurrences(of: "-", with: "−") + (standardError.map { String(format: " ± %.2f", $0) } ?? "")
  }
}
