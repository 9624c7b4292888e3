/// What a `DataSource` yields: points to learn from, the source's own test set if it has one, and what identifies the files.
public struct LoadedData: Sendable {
  /// The training set, or all points of a source without a division.
  public let train: Dataset
  /// The source's own test set.
  public let test: Dataset?
  /// Every file read, in order, for a manifest. Empty for synthetic data.
  public let files: [FileChecksum]
  /// How the files were taken where they leave that open, and classes that no point has: sentences for the user.
  public let notices: [String]

  /// Both sets get the same classes: those that a point of either has, in the order of their numbers.
  ///
  /// - Throws: `DatasetError.shapeMismatch` if the sets differ in features, image shape or outputs, `.noLabels` if only one has labels.
  public init(train: Dataset, test: Dataset? = nil, files: [FileChecksum] = []) throws(DatasetError) {
    try self.init(train: train, test: test, files: files, notices: [])
  }

  init(train: Dataset, test: Dataset?, files: [FileChecksum], notices: [String]) throws(DatasetError) {
    self.files = files
    if let test { try Self.checkAgreement(train, test) }
    guard train.labels != nil else {
      (self.train, self.test, self.notices) = (train, test, notices)
      return
    }
    let names = train.classCount >= test?.classCount ?? 0 ? train.classNames : test?.classNames ?? []
    var counts = [Int](repeating: 0, count: names.count)
    for label in [train, test].compactMap({ $0?.labels }).joined() { counts[label] += 1 }
    let kept = counts.indices.filter { counts[$0] > 0 }
    self.train = train.keeping(classes: kept, of: names)
    self.test = test?.keeping(classes: kept, of: names)
    self.notices = notices + Self.notice(kept, of: names)
  }

  /// Says which class is which output where they are not the same number.
  private static func notice(_ kept: [Int], of names: [String]) -> [String] {
    guard kept.count < names.count else { return [] }
    func list(_ classes: [Int]) -> String {
      let shown = classes.count > 12 ? classes.prefix(11) + [classes[classes.count - 1]] : classes[...]
      return shown.enumerated().map { ($0 == 11 && classes.count > 12 ? "… " : "") + names[$1] }.joined(separator: ", ")
    }
    let missing = Set(kept).symmetricDifference(names.indices).sorted()
    return [
      "\(kept.count == 1 ? "1 class has points" : "\(kept.count) classes have points, in this order"): \(list(kept)); no point has class \(list(missing))"
    ]
  }

  private static func checkAgreement(_ train: Dataset, _ test: Dataset) throws(DatasetError) {
    guard train.features == test.features, train.imageShape == test.imageShape else {
      throw .shapeMismatch(first: train.name, firstShape: shape(train), second: test.name, secondShape: shape(test))
    }
    guard train.outputs == test.outputs else {
      throw .shapeMismatch(
        first: "\(train.name): values", firstShape: [train.outputs], second: "\(test.name): values", secondShape: [test.outputs])
    }
    guard (train.labels == nil) == (test.labels == nil) else {
      let bare = train.labels == nil ? train : test
      throw .noLabels(name: bare.name, target: "classes of \(train.name) and \(test.name)", reason: bare.unlabelled)
    }

    func shape(_ set: Dataset) -> [Int] {
      set.imageShape.map { [$0.channels, $0.height, $0.width] } ?? [set.features]
    }
  }
}
