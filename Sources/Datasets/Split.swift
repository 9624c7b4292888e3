/// The order in which points are taken from the data.
public enum PointOrder: String, CaseIterable, Codable, Sendable {
  /// A random order drawn from the seed: Fisher and Yates' shuffle with SplitMix64, the same on every machine.
  case shuffled
  /// Points as they lie in the file, for data whose position means something, such as the rows of a kernel matrix computed elsewhere.
  case file

  /// The positions `0..<count` in the order in which they are taken.
  func positions(_ count: Int, seed: UInt64, stream: UInt64) -> [Int] {
    switch self {
    case .shuffled:
      var random = SplitMix64(seed: seed, stream: stream)
      return random.permutation(count)
    case .file:
      return Array(0..<count)
    }
  }
}

extension LoadedData {
  /// Points of the training set alone, those that a `Split` of the same seed and order trains on.
  ///
  /// - Parameter count: nil takes all.
  /// - Returns: the points and their positions in the training set.
  /// - Throws: `DatasetError.tooManyPoints` with the number there are; `.invalidParameter` for a count below 1.
  public func trainingPoints(
    _ count: Int? = nil, seed: UInt64, order: PointOrder
  ) throws(DatasetError) -> (points: Dataset, positions: [Int]) {
    let count = count ?? train.count
    guard count > 0 else { throw .invalidParameter(name: "number of training points", value: "\(count)", expected: "at least 1") }
    guard count <= train.count else { throw .tooManyPoints(name: train.name, requested: count, available: train.count, reason: "") }
    let positions = Array(order.positions(train.count, seed: seed, stream: 0)[..<count])
    return (try train.subset(positions), positions)
  }
}

/// How many points to train and to test on, and which.
///
/// The training set is put in an order; its first `train` points train, the next `test` points test. Where the source has its own test
/// set, that set is put in an order of its own (shuffled: by stream 1 of the same seed) and its first `test` points test. So more
/// training points with the same seed include those of fewer.
public struct Split: Sendable, Hashable, Codable {
  /// Training points, at least 1.
  public let train: Int
  /// Test points, at least 1.
  public let test: Int
  /// Seed of the shuffled order; the file's order does not use it.
  public let seed: UInt64
  /// Order in which points are taken.
  public let order: PointOrder

  /// - Throws: `DatasetError.invalidParameter` unless both counts are positive.
  public init(train: Int, test: Int, seed: UInt64, order: PointOrder = .shuffled) throws(DatasetError) {
    guard train > 0 else { throw .invalidParameter(name: "number of training points", value: "\(train)", expected: "at least 1") }
    guard test > 0 else { throw .invalidParameter(name: "number of test points", value: "\(test)", expected: "at least 1") }
    (self.train, self.test, self.seed, self.order) = (train, test, seed, order)
  }

  /// Decoded counts are checked as those of `init` are; without a key `order` it is shuffled.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    do {
      try self.init(
        train: container.decode(Int.self, forKey: .train), test: container.decode(Int.self, forKey: .test),
        seed: container.decode(UInt64.self, forKey: .seed), order: container.decodeIfPresent(PointOrder.self, forKey: .order) ?? .shuffled)
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
    let trainOrder = order.positions(data.train.count, seed: seed, stream: 0)
    let trainIndices = Array(trainOrder[..<train])
    let testIndices: [Int]
    let testSource: Dataset
    if let ownTest = data.test {
      guard test <= ownTest.count else {
        throw .tooManyPoints(name: ownTest.name, requested: test, available: ownTest.count, reason: "")
      }
      testIndices = Array(order.positions(ownTest.count, seed: seed, stream: 1)[..<test])
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
  /// The training points.
  public let train: Dataset
  /// The test points.
  public let test: Dataset
  /// Positions of the training points in the loaded training set.
  public let trainIndices: [Int]
  /// Positions of the test points in the source's own test set if it has one, else in the loaded training set.
  public let testIndices: [Int]
  /// Whether the source has its own test set.
  public let isTestFromOwnSet: Bool

  package init(train: Dataset, test: Dataset, trainIndices: [Int], testIndices: [Int], isTestFromOwnSet: Bool) {
    self.train = train
    self.test = test
    self.trainIndices = trainIndices
    self.testIndices = testIndices
    self.isTestFromOwnSet = isTestFromOwnSet
  }
}
