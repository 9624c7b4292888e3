/// All points of a source with its classes in turn, prepared for balanced classification by the parity of the class.
///
/// Training and test set are joined; each class is put in a random order of its own; points are taken one of each class in turn, until
/// the smallest class is used up. The mean over all joined points is subtracted and every point scaled to norm √features. The sign of
/// class 0, 2, 4 … is −1, of 1, 3, 5 … +1.
///
/// Source: Geiger et al. 2019 (1906.08034), authors' code (dataset.py).
public struct InterleavedClasses: Sendable {
  /// Points that can be taken.
  public var count: Int { order.count }
  /// Features of one point.
  public let features: Int
  /// Shape of the images; nil where points are none.
  public let imageShape: ImageShape?
  /// ±1 of every point, in their order.
  public let signs: [Double]
  private let train: Dataset
  private let test: Dataset?
  /// Positions in the joined sets.
  private let order: [Int]
  private let mean: [Double]

  /// - Parameter seed: of the order within the classes.
  /// - Throws: `DatasetError.noLabels`; `.invalidParameter` unless at least two classes have points.
  public init(_ data: LoadedData, seed: UInt64) throws(DatasetError) {
    (train, test) = (data.train, data.test)
    guard let labels = train.labels, test == nil || test?.labels != nil else {
      throw .noLabels(name: train.name, target: "parity", reason: train.unlabelled)
    }
    let joined = labels + (data.test?.labels ?? [])
    var members = [[Int]](repeating: [], count: train.classCount)
    for (position, label) in joined.enumerated() { members[label].append(position) }
    let present = members.indices.filter { !members[$0].isEmpty }
    guard present.count > 1 else {
      throw .invalidParameter(name: "classes of \(train.name)", value: "\(present.count)", expected: "at least 2 with points")
    }
    for label in present {
      var random = SplitMix64(seed: seed, stream: UInt64(train.classNumbers[label]))
      members[label] = random.permutation(members[label].count).map { members[label][$0] }
    }
    let rounds = present.map { members[$0].count }.min() ?? 0
    let names = present
    order = (0..<rounds).flatMap { round in names.map { members[$0][round] } }
    signs = (0..<rounds).flatMap { _ in names.indices.map { Double(2 * ($0 % 2) - 1) } }
    features = train.features
    imageShape = train.imageShape
    var sums = [Double](repeating: 0, count: features)
    for set in [data.train, data.test].compactMap({ $0 }) { set.addRows(to: &sums) }
    mean = sums.map { $0 / Double(joined.count) }
  }

  /// Points `positions`, row-major `[positions.count, features]`.
  ///
  /// - Parameter isPrepared: centred and scaled; otherwise as they are.
  /// - Throws: `DatasetError.tooManyPoints`; `.zeroInput` where a point is the mean itself.
  public func inputs(_ positions: Range<Int>, isPrepared: Bool = true) throws(DatasetError) -> [Double] {
    guard positions.upperBound <= count else {
      throw .tooManyPoints(
        name: train.name, requested: positions.upperBound, available: count, reason: ", as many of every class as the smallest has")
    }
    var inputs: [Double] = []
    inputs.reserveCapacity(positions.count * features)
    for position in positions {
      let index = order[position]
      let isOwn = index < train.count
      let set = isOwn ? train : test ?? train
      var row = set.storage.rows([isOwn ? index : index - train.count], width: features).all
      guard isPrepared else {
        inputs.append(contentsOf: row)
        continue
      }
      for feature in row.indices { row[feature] -= mean[feature] }
      let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard norm > 0 else {
        throw .zeroInput(
          name: set.name, index: index, line: set.lines?[isOwn ? index : index - train.count], preparation: "interleaved classes")
      }
      let factor = Double(features).squareRoot() / norm
      inputs.append(contentsOf: row.map { $0 * factor })
    }
    return inputs
  }
}

extension Dataset {
  /// Adds every point to `sums` `[features]`.
  func addRows(to sums: inout [Double]) {
    for first in stride(from: 0, to: count, by: 1024) {
      let rows = storage.rows(Array(first..<min(first + 1024, count)), width: features).all
      for start in stride(from: 0, to: rows.count, by: features) {
        for feature in 0..<features { sums[feature] += rows[start + feature] }
      }
    }
  }
}
