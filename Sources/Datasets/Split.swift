/// How many points to train and to test on, and which.
///
/// The training set is put in a random order drawn from the seed; its first `train` points train, the next `test` points test. Where the
/// source has its own test set, that set is put in an order of its own (stream 1 of the same seed) and its first `test` points test.
/// So more training points with the same seed include those of fewer. Orders are by Fisher and Yates' shuffle with SplitMix64, the same
/// on every machine.
public struct Split: Sendable, Hashable, Codable {
  /// Training points, at least 1.
  public let train: Int
  /// Test points, at least 1.
  public let test: Int
  /// Seed of the order.
  public let seed: UInt64

  /// - Throws: `DatasetError.invalidParameter` unless both counts are positive.
  public init(train: Int, test: Int, seed: UInt64) throws(DatasetError) {
    guard train > 0 else { throw .invalidParameter(name: "number of training points", value: "\(train)", expected: "at least 1") }
    guard test > 0 else { throw .invalidParameter(name: "number of test points", value: "\(test)", expected: "at least 1") }
    (self.train, self.test, self.seed) = (train, test, seed)
  }

  /// Decoded counts are checked as those of `init` are.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      try self.init(
        train: container.decode(Int.self, forKey: .train), test: container.decode(Int.self, forKey: .test),
        seed: container.decode(UInt64.self, forKey: .seed))
    } catch let error as DatasetError {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: error.description))
    }
  }

  /// Chooses the points.
  ///
  /// - Throws: `DatasetError.tooManyPoints` with the number there are.
  public func select(from data: LoadedData) throws(DatasetError) -> SelectedData {
    guard train <= data.train.count else {
      throw .tooManyPoints(name: data.train.name, requested: train, available: data.train.count, reason: "")
    }
    var trainRandom = SplitMix64(seed: seed)
    let trainOrder = trainRandom.permutation(data.train.count)
    let trainIndices = Array(trainOrder[..<train])
    let testIndices: [Int]
    let testSource: Dataset
    if let ownTest = data.test {
      guard test <= ownTest.count else {
        throw .tooManyPoints(name: ownTest.name, requested: test, available: ownTest.count, reason: "")
      }
      var testRandom = SplitMix64(seed: seed, stream: 1)
      testIndices = Array(testRandom.permutation(ownTest.count)[..<test])
      testSource = ownTest
    } else {
      guard test <= data.train.count - train else {
        throw .tooManyPoints(
          name: data.train.name, requested: test, available: data.train.count - train, reason: " left beside \(train) training points")
      }
      testIndices = Array(trainOrder[train..<(train + test)])
      testSource = data.train
    }
    return SelectedData(
      train: try data.train.subset(trainIndices), test: try testSource.subset(testIndices), trainIndices: trainIndices,
      testIndices: testIndices, isTestFromOwnSet: data.test != nil)
  }
}

/// The points chosen by a `Split`.
public struct SelectedData: Sendable {
  public let train: Dataset
  public let test: Dataset
  /// Positions of the training points in the loaded training set.
  public let trainIndices: [Int]
  /// Positions of the test points in the source's own test set if it has one, else in the loaded training set.
  public let testIndices: [Int]
  /// Whether the source has its own test set.
  public let isTestFromOwnSet: Bool
}
