/// What a network is to learn, and how its outputs are judged.
public struct Targets: Sendable {
  /// Row-major `[train count, outputs]`.
  public let train: [Double]
  /// Row-major `[test count, outputs]`.
  public let test: [Double]
  /// Numbers per point, written c.
  public let outputs: Int
  /// How outputs become a class.
  public let decision: Decision
  /// Class of every training point, for error rates and as the indices of a softmax; nil for regression.
  public let trainClasses: [Int]?
  /// Class of every test point; nil for regression.
  public let testClasses: [Int]?
  /// A name for every class; empty for regression.
  public let classNames: [String]

  /// Number of classes; 0 for regression. A network with softmax has as many outputs.
  public var classCount: Int { classNames.count }

  /// One output per point: +scale for class 1, -scale for class 0.
  static func signs(train: [Int], test: [Int], names: [String], scale: Double) -> Targets {
    Targets(
      train: train.map { $0 == 1 ? scale : -scale }, test: test.map { $0 == 1 ? scale : -scale }, outputs: 1, decision: .sign,
      trainClasses: train, testClasses: test, classNames: names)
  }

  /// scale x (one-hot - mean of the training points' one-hot), for both sets.
  static func oneHot(train: [Int], test: [Int], names: [String], scale: Double) -> Targets {
    var shares = [Double](repeating: 0, count: names.count)
    for label in train { shares[label] += 1 }
    for label in shares.indices { shares[label] /= Double(train.count) }
    func rows(_ classes: [Int]) -> [Double] {
      classes.flatMap { label in names.indices.map { scale * (($0 == label ? 1 : 0) - shares[$0]) } }
    }
    return Targets(
      train: rows(train), test: rows(test), outputs: names.count, decision: .argmax, trainClasses: train, testClasses: test,
      classNames: names)
  }
}
