/// What is done to the inputs before a network sees them. n0 is the number of features.
public enum InputPreparation: String, Sendable, Codable, CaseIterable {
  /// Subtract the mean of the training inputs, then scale every input to norm sqrt(n0).
  case std
  /// Scale every input to norm sqrt(n0), without centring.
  case norm
  /// Leave the inputs as they are.
  case raw

  /// - Throws: `DatasetError.zeroInput` where an input has no direction to scale: it is zero or, under `std`, differs from the mean only
  ///   by rounding; `.notFinite` where the numbers are so large that centring overflows.
  public func prepare(_ data: SelectedData) throws(DatasetError) -> PreparedInputs {
    let features = data.train.features
    var train = data.train.inputs
    var test = data.test.inputs
    var mean = [Double](repeating: 0, count: features)
    if self == .std {
      for point in 0..<data.train.count {
        for feature in 0..<features { mean[feature] += train[point * features + feature] }
      }
      for feature in 0..<features { mean[feature] /= Double(data.train.count) }
    }
    if self != .raw {
      try scale(&train, subtracting: mean, name: data.train.name, indices: data.trainIndices)
      try scale(&test, subtracting: mean, name: data.test.name, indices: data.testIndices)
    }
    return PreparedInputs(train: train, test: test, features: features, mean: mean)
  }

  private func scale(_ inputs: inout [Double], subtracting mean: [Double], name: String, indices: [Int]) throws(DatasetError) {
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
      guard largest.isFinite else { throw .notFinite(name: "\(name), centred", row: index, column: 0) }
      guard largest > Double(indices.count + 16) * Double.ulpOfOne * largestBefore else {
        throw .zeroInput(name: name, index: index, preparation: rawValue)
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
