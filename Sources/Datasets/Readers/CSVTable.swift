/// What a CSV file holds: numeric features and one column to be learnt.
struct CSVTable {
  enum Target {
    case numbers([Double])
    case names([String])
  }

  let path: String
  /// Row-major `[rows, columns]`.
  let features: [Double]
  let columns: Int
  let target: Target

  /// Training and test set with the same classes.
  ///
  /// Names become classes in alphabetical order, those of the training file only. Numbers are values, and also labels if all of them,
  /// in both files, are whole numbers in `0...Dataset.largestLabel`.
  ///
  /// - Throws: `DatasetError.shapeMismatch` if the files differ in columns or in the kind of the target, `.invalidParameter` for a
  ///   class of the test file that the training file lacks.
  static func datasets(name: String, train: CSVTable, test: CSVTable?) throws(DatasetError) -> (train: Dataset, test: Dataset?) {
    switch (train.target, test?.target) {
    case (.numbers(let trainNumbers), nil):
      return (try numeric(name, train, trainNumbers, hasLabels: isLabels(trainNumbers)), nil)
    case (.numbers(let trainNumbers), .numbers(let testNumbers)):
      let hasLabels = isLabels(trainNumbers) && isLabels(testNumbers)
      return (
        try numeric("\(name) train", train, trainNumbers, hasLabels: hasLabels),
        try test.map { table throws(DatasetError) in try numeric("\(name) test", table, testNumbers, hasLabels: hasLabels) }
      )
    case (.names(let trainNames), nil):
      return (try named(name, train, trainNames, classes: Set(trainNames).sorted()), nil)
    case (.names(let trainNames), .names(let testNames)):
      let classes = Set(trainNames).sorted()
      return (
        try named("\(name) train", train, trainNames, classes: classes),
        try test.map { table throws(DatasetError) in try named("\(name) test", table, testNames, classes: classes) }
      )
    case (.numbers, .names), (.names, .numbers):
      throw .invalidParameter(
        name: "target of \(test?.path ?? name)", value: "of another kind than in \(train.path)",
        expected: "numbers in both files or class names in both")
    }
  }

  private static func isLabels(_ numbers: [Double]) -> Bool {
    PointStorage.doubles(numbers).integers(in: 0...Dataset.largestLabel) != nil
  }

  private static func numeric(
    _ name: String, _ table: CSVTable, _ numbers: [Double], hasLabels: Bool
  ) throws(DatasetError) -> Dataset {
    try Dataset(
      name: name, inputs: table.features, features: table.columns,
      labels: hasLabels ? PointStorage.doubles(numbers).integers(in: 0...Dataset.largestLabel) : nil, values: numbers, source: table.path)
  }

  private static func named(
    _ name: String, _ table: CSVTable, _ names: [String], classes: [String]
  ) throws(DatasetError) -> Dataset {
    guard classes.count <= Dataset.largestLabel + 1 else {
      throw .invalidParameter(
        name: "number of classes of \(table.path)", value: "\(classes.count)", expected: "at most \(Dataset.largestLabel + 1)")
    }
    let classOfName = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
    var labels: [Int] = []
    labels.reserveCapacity(names.count)
    for name in names {
      guard let label = classOfName[name] else {
        throw .invalidParameter(name: "a class of \(table.path)", value: "'\(name)'", expected: "one of \(classes.joined(separator: ", "))")
      }
      labels.append(label)
    }
    return try Dataset(
      name: name, inputs: table.features, features: table.columns, labels: labels, classNames: classes, source: table.path)
  }
}
