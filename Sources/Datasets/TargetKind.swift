/// What the network is to learn from the data.
public enum TargetKind: String, Sendable, Codable, CaseIterable {
  /// One output: +scale for an even class, -scale for an odd one. The class's number in the file counts, whatever classes there are.
  case parity
  /// One output per class: scale x (1 for the class of the point, else 0, minus the share of that output's class among the training points).
  case onehot
  /// The values of the data x scale.
  case regression
  /// One output: +scale or -scale by chance, whatever the data say. What a network can only memorise.
  case random
  /// Outputs as for `onehot`, for classes drawn by chance, as many as the data have.
  case randomClasses = "random-classes"

  /// Targets for training and test points.
  ///
  /// - Parameters:
  ///   - scale: positive.
  ///   - seed: of the random targets; the others do not use it. Test points have their own stream, so their targets do not depend on
  ///     the number of training points.
  /// - Throws: `DatasetError.noLabels`, `.noValues`, `.invalidParameter` for a scale that is not positive.
  public func targets(for data: SelectedData, scale: Double = 1, seed: UInt64 = 0) throws(DatasetError) -> Targets {
    guard scale > 0, scale.isFinite else { throw .invalidParameter(name: "target scale", value: "\(scale)", expected: "a positive number") }
    switch self {
    case .parity:
      // Class 1 is the one with the positive target.
      let (train, test) = try labels(data)
      let numbers = data.train.classNumbers
      return .signs(
        train: train.map { 1 - numbers[$0] % 2 }, test: test.map { 1 - numbers[$0] % 2 }, names: ["odd", "even"], scale: scale)
    case .onehot:
      let (train, test) = try labels(data)
      return .oneHot(train: train, test: test, names: data.train.classNames, scale: scale)
    case .regression:
      guard let train = data.train.values else { throw .noValues(name: data.train.name, target: rawValue) }
      guard let test = data.test.values else { throw .noValues(name: data.test.name, target: rawValue) }
      return Targets(
        train: train.map { $0 * scale }, test: test.map { $0 * scale }, outputs: data.train.outputs, decision: .none, trainClasses: nil,
        testClasses: nil, classNames: [])
    case .random:
      let (train, test) = draw(data, below: 2, seed: seed)
      return .signs(train: train, test: test, names: ["minus", "plus"], scale: scale)
    case .randomClasses:
      guard data.train.classCount > 0 else { throw noLabels(data.train) }
      let (train, test) = draw(data, below: data.train.classCount, seed: seed)
      return .oneHot(train: train, test: test, names: data.train.classNames, scale: scale)
    }
  }

  private func labels(_ data: SelectedData) throws(DatasetError) -> (train: [Int], test: [Int]) {
    guard let train = data.train.labels else { throw noLabels(data.train) }
    guard let test = data.test.labels else { throw noLabels(data.test) }
    return (train, test)
  }

  private func noLabels(_ set: Dataset) -> DatasetError { .noLabels(name: set.name, target: rawValue, reason: set.unlabelled) }

  private func draw(_ data: SelectedData, below bound: Int, seed: UInt64) -> (train: [Int], test: [Int]) {
    func classes(_ count: Int, stream: UInt64) -> [Int] {
      var random = SplitMix64(seed: seed, stream: stream)
      return (0..<count).map { _ in random.next(below: bound) }
    }
    return (classes(data.train.count, stream: 2), classes(data.test.count, stream: 3))
  }
}
