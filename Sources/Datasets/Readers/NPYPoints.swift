/// Two arrays that belong together: inputs `[count, ...]` and what is to be learnt, `[count]` or `[count, outputs]`.
struct NPYPoints {
  let inputs: ArrayFile
  let targets: ArrayFile
  /// Why the targets are no class labels; nil where there is one per point and all are whole numbers in `0...Dataset.largestLabel`.
  let unlabelled: String?

  /// - Throws: `DatasetError.unsupported` for other numbers of dimensions, `.noPoints`, `.countMismatch`, `.notFinite`.
  init(inputs: ArrayFile, targets: ArrayFile) throws(DatasetError) {
    try inputs.checkHoldsPoints(minimumDimensions: 2, format: "NPY inputs")
    try targets.checkHoldsPoints(minimumDimensions: 1, format: "NPY targets")
    guard targets.shape.count <= 2 else {
      throw .unsupported(
        path: targets.path, format: "NPY targets", found: "\(targets.shape.count) dimensions", supported: "one or two dimensions")
    }
    guard inputs.count == targets.count else {
      throw .countMismatch(first: inputs.path, firstCount: inputs.count, second: targets.path, secondCount: targets.count)
    }
    try inputs.checkIsFinite()
    try targets.checkIsFinite()
    (self.inputs, self.targets) = (inputs, targets)
    if targets.features > 1 {
      unlabelled = "\(targets.path) has \(targets.features) values per point"
    } else {
      unlabelled = targets.storage.firstThatIsNoLabel.map { "entry \($0) (from 0) of \(targets.path) is \(shortest: targets.storage[$0])" }
    }
  }

  /// - Parameter unlabelled: why the points get no labels, for messages; nil gives them labels.
  func dataset(unlabelled: String?) throws(DatasetError) -> Dataset {
    try Dataset(
      name: inputs.path, storage: inputs.storage, features: inputs.features, imageShape: inputs.imageShape,
      labels: unlabelled == nil ? targets.storage.labels : nil, classNames: nil, values: targets.storage.all,
      source: "\(inputs.path), \(targets.path)", unlabelled: unlabelled)
  }

  /// Training and test set; labels where both have them.
  static func loaded(train: NPYPoints, test: NPYPoints?, files: [FileChecksum], notices: [String]) throws(DatasetError) -> LoadedData {
    let unlabelled = train.unlabelled ?? test?.unlabelled
    let testSet: Dataset? = if let test { try test.dataset(unlabelled: unlabelled) } else { nil }
    return try LoadedData(train: train.dataset(unlabelled: unlabelled), test: testSet, files: files, notices: notices)
  }
}
