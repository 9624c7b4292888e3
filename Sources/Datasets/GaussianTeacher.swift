/// Synthetic points: independent standard normal features; the sign of the product of the first `degree` of them is to be learnt.
///
/// `degree` 1 is linearly separable, 2 is the continuous exclusive-or, higher degrees are sparse parities. The label is 0 where the
/// product is positive and 1 where it is negative (the number of negative factors modulo 2), so that target `parity` is the sign.
/// The points of a smaller `count` are the first of a larger one.
public struct GaussianTeacher: Sendable, Hashable {
  /// Numbers per point.
  public let features: Int
  /// Number of factors of the product.
  public let degree: Int
  /// Number of points.
  public let count: Int
  /// Seed of the points.
  public let seed: UInt64

  /// - Throws: `DatasetError.invalidParameter` unless `1 <= degree <= features`, `1 <= count` and the numbers fit in 2^31.
  public init(features: Int = 10, degree: Int = 2, count: Int = 10_000, seed: UInt64 = 0) throws(DatasetError) {
    guard (1...1_000_000).contains(features) else {
      throw .invalidParameter(name: "gaussian: features", value: "\(features)", expected: "1...1000000")
    }
    guard (1...features).contains(degree) else {
      throw .invalidParameter(name: "gaussian: degree", value: "\(degree)", expected: "1...\(features), the number of features")
    }
    guard count >= 1, count <= (1 << 31) / features else {
      throw .invalidParameter(name: "gaussian: count", value: "\(count)", expected: "1...\((1 << 31) / features), for 2^31 numbers in all")
    }
    (self.features, self.degree, self.count, self.seed) = (features, degree, count, seed)
  }

  /// Values `[count, 1]` are +1 or -1; labels are 0 and 1.
  ///
  /// - Throws: `DatasetError.needsMemory`.
  public func dataset() throws(DatasetError) -> Dataset {
    try MemoryBudget.check(8 * count * (features + 2), path: "gaussian:features=\(features),count=\(count)")
    var random = SplitMix64(seed: seed)
    var inputs: [Double] = []
    inputs.reserveCapacity(count * features)
    var spare: Double?
    for _ in 0..<count * features {
      if let second = spare {
        inputs.append(second)
        spare = nil
      } else {
        let pair = random.nextNormalPair()
        inputs.append(pair.0)
        spare = pair.1
      }
    }
    // Signs are counted, since a product of many factors could underflow to zero.
    let labels = (0..<count).map { point in
      inputs[(point * features)..<(point * features + degree)].count { $0 < 0 } % 2
    }
    return try Dataset(
      name: "gaussian", inputs: inputs, features: features, labels: labels, classNames: ["positive", "negative"],
      values: labels.map { $0 == 0 ? 1 : -1 }, source: "synthetic: sign of the product of \(degree) of \(features) N(0, 1), seed \(seed)")
  }
}
