/// What a `DataSource` yields: points to learn from, the source's own test set if it has one, and what identifies the files.
public struct LoadedData: Sendable {
  /// The training set, or all points of a source without a division.
  public let train: Dataset
  /// The source's own test set.
  public let test: Dataset?
  /// Every file read, in order, for a manifest. Empty for synthetic data.
  public let files: [FileChecksum]

  /// Both sets get the same classes: those of the set that has more.
  ///
  /// - Throws: `DatasetError.shapeMismatch` if the sets differ in features, image shape or outputs, `.noLabels` if only one has labels.
  public init(train: Dataset, test: Dataset? = nil, files: [FileChecksum] = []) throws(DatasetError) {
    self.files = files
    guard let test else {
      (self.train, self.test) = (train, nil)
      return
    }
    guard train.features == test.features, train.imageShape == test.imageShape else {
      throw .shapeMismatch(first: train.name, firstShape: shape(train), second: test.name, secondShape: shape(test))
    }
    guard train.outputs == test.outputs else {
      throw .shapeMismatch(
        first: "\(train.name): values", firstShape: [train.outputs], second: "\(test.name): values", secondShape: [test.outputs])
    }
    guard (train.labels == nil) == (test.labels == nil) else {
      throw .noLabels(name: train.labels == nil ? train.name : test.name, target: "classes of \(train.name) and \(test.name)")
    }
    if train.labels == nil {
      (self.train, self.test) = (train, test)
    } else {
      let names = train.classCount >= test.classCount ? train.classNames : test.classNames
      (self.train, self.test) = (train.naming(classes: names), test.naming(classes: names))
    }

    func shape(_ set: Dataset) -> [Int] {
      set.imageShape.map { [$0.channels, $0.height, $0.width] } ?? [set.features]
    }
  }
}
