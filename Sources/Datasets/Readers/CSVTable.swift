/// What a CSV file holds: numeric features and one column to be learnt.
package struct CSVTable {
  enum Target {
    case numbers([Double])
    /// The number of every class name, and the class of every row.
    case names([String: Int], [Int])
  }

  let path: String
  /// Row-major `[rows, columns]`.
  package let features: [Double]
  /// Count of the columns.
  package let columns: Int
  /// The line of every row, from 1.
  package let lines: [Int]
  let target: Target
  /// How the file was read, for a person.
  let reading: String

  /// Training and test set with the same classes.
  ///
  /// Names become classes in alphabetical order, those of the training file only. Numbers are values, and also labels if all of them,
  /// in both files, are whole numbers in `0...Dataset.largestLabel`.
  ///
  /// - Throws: `DatasetError.shapeMismatch` if the files differ in columns or in the kind of the target, `.invalidLine` for a class of the
  ///   test file that the training file lacks.
  static func loaded(train: CSVTable, test: CSVTable?, files: [FileChecksum]) throws(DatasetError) -> LoadedData {
    let tables = [train, test].compactMap { $0 }
    var sets: [Dataset] = []
    switch train.target {
    case .numbers:
      let unlabelled = tables.compactMap(\.unlabelled).first
      for table in tables { sets.append(try table.numeric(unlabelled: unlabelled, beside: train)) }
    case .names(let classes, _):
      let names = classes.keys.sorted()
      for table in tables { sets.append(try table.named(names, beside: train)) }
    }
    return try LoadedData(train: sets[0], test: sets.count > 1 ? sets[1] : nil, files: files, notices: tables.map(\.reading))
  }

  /// Why the target is no class; nil where all of its numbers are labels.
  private var unlabelled: String? {
    guard case .numbers(let numbers) = target, let row = PointStorage.doubles(numbers).firstThatIsNoLabel else { return nil }
    return "\(path):\(lines[row]) has \(shortest: numbers[row])"
  }

  private func numeric(unlabelled: String?, beside train: CSVTable) throws(DatasetError) -> Dataset {
    guard case .numbers(let numbers) = target else { throw otherKind(train) }
    return try Dataset(
      name: path, storage: .doubles(features), features: columns, imageShape: nil,
      labels: unlabelled == nil ? PointStorage.doubles(numbers).labels : nil, classNames: nil, values: numbers, source: path,
      unlabelled: unlabelled, lines: lines)
  }

  private func named(_ names: [String], beside train: CSVTable) throws(DatasetError) -> Dataset {
    guard case .names(let classes, let rows) = target else { throw otherKind(train) }
    let labelOfName = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
    var labels = [Int](repeating: 0, count: classes.count)
    for (name, number) in classes {
      guard let label = labelOfName[name] else {
        let row = rows.firstIndex(of: number) ?? 0
        throw .invalidLine(
          path: path, line: lines[row],
          reason: "expected a class of \(train.path), one of \(names.prefix(20).joined(separator: ", ")), found \(name.debugDescription)")
      }
      labels[number] = label
    }
    return try Dataset(
      name: path, storage: .doubles(features), features: columns, imageShape: nil, labels: rows.map { labels[$0] }, classNames: names,
      values: nil, source: path, unlabelled: nil, lines: lines)
  }

  private func otherKind(_ train: CSVTable) -> DatasetError {
    .invalidParameter(
      name: "target of \(path)", value: "of another kind than in \(train.path)", expected: "numbers in both files or class names in both")
  }
}
