/// What is done to the inputs before a network sees them. n0 is the number of features.
public enum InputPreparation: String, Sendable, Codable, CaseIterable {
  /// Subtract the mean of the training inputs, then scale every input to norm sqrt(n0).
  case std
  /// Scale every input to norm sqrt(n0), without centring.
  case norm
  /// Leave the inputs as they are.
  case raw

  /// Prepares training and test inputs alike; under `std` both lose the mean of the training inputs.
  ///
  /// - Throws: `DatasetError.zeroInput` where an input has no direction to scale: it is zero or, under `std`, differs from the mean only
  ///   by rounding; `.notFinite` where the numbers are so large that centring overflows.
  public func prepare(_ data: SelectedData) throws(DatasetError) -> PreparedInputs {
    let mean = mean(of: data.train)
    return PreparedInputs(
      train: try prepared(data.train, subtracting: mean, indices: data.trainIndices),
      test: try prepared(data.test, subtracting: mean, indices: data.testIndices), features: data.train.features, mean: mean)
  }

  /// Points without a test set: under `std` what is subtracted is their own mean.
  ///
  /// - Parameter indices: their positions in the data, for messages.
  /// - Returns: row-major `[count, features]`.
  /// - Throws: as above.
  public func prepare(_ points: Dataset, indices: [Int]) throws(DatasetError) -> [Double] {
    try prepared(points, subtracting: mean(of: points), indices: indices)
  }

  /// Further points, prepared as those were whose preparation subtracted `mean`.
  ///
  /// - Returns: row-major `[count, features]`.
  /// - Throws: as above.
  public func prepare(_ points: Dataset, subtracting mean: [Double]) throws(DatasetError) -> [Double] {
    try prepared(points, subtracting: mean, indices: Array(0..<points.count))
  }

  /// What is subtracted from every input, `[features]`.
  private func mean(of points: Dataset) -> [Double] {
    var mean = [Double](repeating: 0, count: points.features)
    guard self == .std else { return mean }
    points.addRows(to: &mean)
    for feature in mean.indices { mean[feature] /= Double(points.count) }
    return mean
  }

  private func prepared(_ points: Dataset, subtracting mean: [Double], indices: [Int]) throws(DatasetError) -> [Double] {
    var inputs = points.inputs
    if self != .raw { try scale(&inputs, subtracting: mean, of: points, indices: indices) }
    return inputs
  }

  private func scale(_ inputs: inout [Double], subtracting mean: [Double], of set: Dataset, indices: [Int]) throws(DatasetError) {
    let features = mean.count
    for (point, index) in indices.enumerated() {
      let range = point * features..<(point + 1) * features
      // The largest number is divided out first, so that no square overflows or underflows.
      var largest = 0.0
      var largestBefore = 0.0
      for (position, center) in zip(range, mean) {
        largestBefore = max(largestBefore, abs(inputs[position]), abs(center))
        inputs[position] -= center
        largest = max(largest, abs(inputs[position]))
      }
      // The mean of N equal numbers is off by up to N roundings.
      guard largest.isFinite else { throw .notFinite(name: "\(set.name), centred", row: index, column: 0) }
      guard largest > Double(indices.count + 16) * Double.ulpOfOne * largestBefore else {
        throw .zeroInput(name: set.name, index: index, line: set.lines?[point], preparation: rawValue)
      }
      var squares = 0.0
      for position in range {
        inputs[position] /= largest
        squares += inputs[position] * inputs[position]
      }
      let factor = (Double(features) / squares).squareRoot()
      for position in range { inputs[position] *= factor }
    }
  }
}

/// Inputs ready for a network.
public struct PreparedInputs: Sendable {
  /// Row-major `[train count, features]`.
  public let train: [Double]
  /// Row-major `[test count, features]`.
  public let test: [Double]
  /// n0.
  public let features: Int
  /// What was subtracted from every input, `[features]`: zero unless the preparation is `std`.
  public let mean: [Double]
}
