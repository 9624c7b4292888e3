/// Channels, height and width of an image; its features are in this order, the width running fastest.
public struct ImageShape: Sendable, Hashable, Codable {
  /// Numbers per pixel.
  public let channels: Int
  /// Rows of pixels.
  public let height: Int
  /// Columns of pixels.
  public let width: Int

  /// Precondition: all at least 1.
  public init(channels: Int, height: Int, width: Int) {
    precondition(channels > 0 && height > 0 && width > 0, "an image has at least one pixel")
    (self.channels, self.height, self.width) = (channels, height, width)
  }

  /// Numbers per image.
  public var features: Int { channels * height * width }
}

/// Data points with what is known of them: class labels, values, or both.
///
/// Always valid: at least one point, every number finite, every part with one entry per point, every label a class.
public struct Dataset: Sendable {
  /// The largest class label accepted.
  public static let largestLabel = 65535

  /// Short name for tables and messages, for example `mnist train`.
  public let name: String
  /// Number of points.
  public let count: Int
  /// Numbers per point, called n0 in the literature.
  public let features: Int
  /// Set where the points are images; then `features == imageShape.features`.
  public let imageShape: ImageShape?
  /// Class of every point, `[count]`, each in `0..<classCount`.
  public private(set) var labels: [Int]?
  /// A name for every class; empty without labels. Some classes may have no point.
  public private(set) var classNames: [String]
  /// The number of every class in the file, such as 1...26 for letters; that of names is their place. It decides what is even and odd.
  public private(set) var classNumbers: [Int]
  /// Values to be learnt by regression, row-major `[count, outputs]`.
  public let values: [Double]?
  /// Values per point; 0 without values.
  public let outputs: Int
  /// Where the data comes from, with its attribution.
  public let source: String
  let storage: PointStorage
  /// Why there are no labels, for messages.
  let unlabelled: String?
  /// The line of a text file for every point.
  let lines: [Int]?

  /// - Parameters:
  ///   - inputs: row-major `[count, features]`; `features` must divide its length.
  ///   - labels: `[count]`, in `0...largestLabel`.
  ///   - classNames: one per class; by default the numbers from 0 to the largest label.
  ///   - values: row-major `[count, outputs]`; `outputs` is found from its length.
  /// - Throws: `DatasetError` if there are no points, lengths do not agree, a number is not finite or a label is no class.
  public init(
    name: String, inputs: [Double], features: Int, imageShape: ImageShape? = nil, labels: [Int]? = nil,
    classNames: [String]? = nil, values: [Double]? = nil, source: String
  ) throws(DatasetError) {
    try self.init(
      name: name, storage: .doubles(inputs), features: features, imageShape: imageShape, labels: labels, classNames: classNames,
      values: values, source: source)
  }

  init(
    name: String, storage: PointStorage, features: Int, imageShape: ImageShape?, labels: [Int]?, classNames: [String]?,
    values: [Double]?, source: String, unlabelled: String? = nil, lines: [Int]? = nil
  ) throws(DatasetError) {
    guard features > 0 else { throw .invalidParameter(name: "\(name): features", value: "\(features)", expected: "at least 1") }
    guard storage.count > 0 else { throw .noPoints(name: name) }
    guard storage.count.isMultiple(of: features) else {
      throw .invalidParameter(name: "\(name): inputs", value: "\(storage.count) numbers", expected: "a multiple of \(features) features")
    }
    if let imageShape, imageShape.features != features {
      throw .shapeMismatch(
        first: "\(name): image", firstShape: [imageShape.channels, imageShape.height, imageShape.width], second: "inputs",
        secondShape: [features])
    }
    if let position = storage.firstNotFinite {
      throw .notFinite(name: name, row: position / features, column: position % features)
    }
    let count = storage.count / features
    if let labels {
      guard labels.count == count else {
        throw .countMismatch(first: "\(name): inputs", firstCount: count, second: "labels", secondCount: labels.count)
      }
      let classCount = classNames?.count ?? Dataset.largestLabel + 1
      if let index = labels.firstIndex(where: { $0 < 0 || $0 >= classCount }) {
        throw .labelOutOfRange(name: name, index: index, label: labels[index], classCount: classCount)
      }
    }
    if let values {
      guard !values.isEmpty, values.count.isMultiple(of: count) else {
        throw .countMismatch(first: "\(name): inputs", firstCount: count, second: "values", secondCount: values.count)
      }
      if let position = values.firstIndex(where: { !$0.isFinite }) {
        let outputs = values.count / count
        throw .notFinite(name: "\(name): values", row: position / outputs, column: position % outputs)
      }
    }
    self.name = name
    self.count = count
    self.features = features
    self.imageShape = imageShape
    self.labels = labels
    self.classNames = labels == nil ? [] : classNames ?? (0...(labels?.max() ?? 0)).map(String.init)
    self.classNumbers = Array(self.classNames.indices)
    self.unlabelled = unlabelled
    self.lines = lines
    self.values = values
    self.outputs = (values?.count ?? 0) / count
    self.source = source
    self.storage = storage
  }

  /// Number of classes; 0 without labels.
  public var classCount: Int { classNames.count }

  /// Every point, row-major `[count, features]`. Images of bytes are converted on each call: 8 bytes per feature.
  public var inputs: [Double] { storage.all }

  /// Number of points of every class, `[classCount]`.
  public var labelCounts: [Int] {
    var counts = [Int](repeating: 0, count: classCount)
    for label in labels ?? [] { counts[label] += 1 }
    return counts
  }

  /// The points at `indices`, in that order, with their labels and values. The classes stay those of the whole.
  ///
  /// - Throws: `DatasetError.noPoints` for no index, `.invalidParameter` for an index out of range.
  public func subset(_ indices: [Int]) throws(DatasetError) -> Dataset {
    if let index = indices.first(where: { $0 < 0 || $0 >= count }) {
      throw .invalidParameter(name: "index of a point of \(name)", value: "\(index)", expected: "0...\(count - 1)")
    }
    var chosenValues: [Double]?
    if let values {
      chosenValues = PointStorage.doubles(values).rows(indices, width: outputs).all
    }
    var chosen = try Dataset(
      name: name, storage: storage.rows(indices, width: features), features: features, imageShape: imageShape,
      labels: labels.map { labels in indices.map { labels[$0] } }, classNames: labels == nil ? nil : classNames,
      values: chosenValues, source: source, unlabelled: unlabelled, lines: lines.map { lines in indices.map { lines[$0] } })
    chosen.classNumbers = classNumbers
    return chosen
  }

  /// The points with some classes of a list, renumbered in its order. Precondition: every point's class is among them, and there are
  /// labels.
  func keeping(classes kept: [Int], of names: [String]) -> Dataset {
    var newLabels = [Int](repeating: -1, count: names.count)
    for (new, old) in kept.enumerated() { newLabels[old] = new }
    precondition(labels?.allSatisfy { newLabels[$0] >= 0 } ?? false, "every point keeps its class")
    var renumbered = self
    renumbered.labels = labels?.map { newLabels[$0] }
    renumbered.classNames = kept.map { names[$0] }
    renumbered.classNumbers = kept
    return renumbered
  }
}
