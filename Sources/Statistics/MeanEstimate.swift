/// Mean of some values, and its standard error.
package struct MeanEstimate: Equatable {
  /// The mean itself.
  package let mean: Double
  /// Standard error of the mean; nil for one value.
  package let error: Double?

  /// - Returns: nil where there is no value.
  package init?(_ values: [Double]) {
    guard !values.isEmpty else { return nil }
    let count = Double(values.count), mean = values.reduce(0, +) / count
    self.mean = mean
    error = values.count < 2 ? nil : (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count).squareRoot()
  }
}
