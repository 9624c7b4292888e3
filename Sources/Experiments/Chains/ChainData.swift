import Datasets
import Losses
import Matrices

/// Settings that choose points and what is to be learnt of them.
package protocol DataSettings {
  /// Number of training points.
  var train: Int { get }
  /// Number of test points.
  var test: Int { get }
  /// What the targets are made of.
  var target: TargetKind { get }
  /// Factor of the targets.
  var targetScale: Double { get }
  /// How inputs are scaled and centred.
  var preparation: InputPreparation { get }
  /// Order in which points are taken.
  var order: PointOrder { get }
  /// Loss that is trained on.
  var loss: Loss { get }
  /// Seed of all draws.
  var seed: UInt64 { get }
}

/// Prepared inputs and targets of one run, as matrices.
package struct ChainData: Sendable {
  /// Inputs and targets of both sets, a row for each point.
  package var trainInputs, testInputs, trainTargets, testTargets: Matrix
  /// Further points, prepared like the others.
  package private(set) var furtherInputs: Matrix
  /// Where the points lie in the data, counted from 0; test points in a set of their own where the source has one.
  let positions: (train: [Int], test: [Int])
  /// The further points as they were given; nil for none.
  package let further: FurtherPoints?
  var decision: Decision
  var trainClasses, testClasses: [Int]?
  var checksums: [String: String]
  /// How the data were read where the files leave it open.
  var notes: [String]
  /// Bytes of all points that were read.
  var loadedBytes: Int
  /// Classes of the training points, for colouring a representation; nil for regression.
  var labels: [Int]?

  /// The loss sums squares of differences from targets, over all points and 50-fold where a run diverges.
  private static let largestTarget = 1e140

  /// Takes the points that the settings ask for from loaded data.
  ///
  /// - Parameter path: of a file of further points.
  package init(_ settings: some DataSettings, _ loaded: LoadedData, at path: String? = nil) throws {
    let selected = try Split(train: settings.train, test: settings.test, seed: settings.seed, order: settings.order).select(from: loaded)
    let inputs = try settings.preparation.prepare(selected)
    let targets = try settings.target.targets(
      for: selected, scale: settings.loss == .softmax ? 1 : settings.targetScale, seed: settings.seed)
    let largest = [targets.train, targets.test].joined().reduce(0) { max($0, abs($1)) }
    guard largest <= Self.largestTarget else {
      throw ExperimentError.targetsBeyondLoss(largest: largest, limit: Self.largestTarget)
    }
    trainInputs = Matrix(rows: settings.train, columns: inputs.features, values: inputs.train)
    testInputs = Matrix(rows: settings.test, columns: inputs.features, values: inputs.test)
    positions = (selected.trainIndices, selected.testIndices)
    further = try path.map { try FurtherPoints($0, features: inputs.features) }
    let furtherValues = try further.map { try settings.preparation.prepare($0.points, subtracting: inputs.mean) } ?? []
    furtherInputs = Matrix(rows: furtherValues.count / inputs.features, columns: inputs.features, values: furtherValues)
    trainClasses = targets.trainClasses
    testClasses = targets.testClasses
    checksums = loaded.checksums
    notes = loaded.notices
    labels = targets.trainClasses
    loadedBytes = loaded.byteCount
    switch settings.loss {
    case .squared, .hinge, .softHinge:
      guard settings.loss == .squared || targets.decision == .sign else {
        throw ExperimentError.invalidSetting(
          name: "loss", expected: "a target of one sign (parity, random) for \(settings.loss)", got: settings.target.rawValue)
      }
      trainTargets = Matrix(rows: settings.train, columns: targets.outputs, values: targets.train)
      testTargets = Matrix(rows: settings.test, columns: targets.outputs, values: targets.test)
      decision = targets.decision
    case .softmax:
      guard let train = targets.trainClasses, let test = targets.testClasses, targets.classCount > 1 else {
        throw ExperimentError.invalidSetting(name: "loss", expected: "a target with classes for softmax", got: settings.target.rawValue)
      }
      trainTargets = Self.oneHot(train, classes: targets.classCount)
      testTargets = Self.oneHot(test, classes: targets.classCount)
      decision = .argmax
    }
  }

  var outputs: Int { trainTargets.columns }

  private static func oneHot(_ classes: [Int], classes count: Int) -> Matrix {
    var matrix = Matrix(zeros: classes.count, count)
    for (row, label) in classes.enumerated() { matrix[row, label] = 1 }
    return matrix
  }
}

extension LoadedData {
  /// Checksum and size of every file that was read, by its path.
  var checksums: [String: String] {
    Dictionary(files.map { ($0.path, "crc32 \($0.crc32), \($0.byteCount) bytes") }, uniquingKeysWith: { first, _ in first })
  }
}
