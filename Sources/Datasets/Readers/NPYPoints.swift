/// Two arrays that belong together: inputs `[count, ...]` and what is to be learnt, `[count]` or `[count, outputs]`.
struct NPYPoints {
  let inputs: ArrayFile
  let targets: ArrayFile
  /// The targets as class labels, if there is one per point and all are whole numbers in `0...Dataset.largestLabel`.
  let labels: [Int]?

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
    for array in [inputs, targets] {
      if let position = array.storage.firstNotFinite {
        throw .notFinite(name: array.path, row: position / array.features, column: position % array.features)
      }
    }
    (self.inputs, self.targets) = (inputs, targets)
    labels = targets.features == 1 ? targets.storage.integers(in: 0...Dataset.largestLabel) : nil
  }

  func dataset(name: String, hasLabels: Bool) throws(DatasetError) -> Dataset {
    try Dataset(
      name: name, storage: inputs.storage, features: inputs.features, imageShape: inputs.imageShape, labels: hasLabels ? labels : nil,
      classNames: nil, values: targets.storage.all, source: "\(inputs.path), \(targets.path)")
  }
}
