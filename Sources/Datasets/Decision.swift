/// How a network's outputs become a class.
public enum Decision: String, Sendable, Codable {
  /// One output: class 1 if positive, class 0 if negative.
  case sign
  /// The class with the largest output.
  case argmax
  /// Regression: no class.
  case none

  /// Share of the points whose class the outputs miss, in 0...1.
  ///
  /// Where outputs tie (for `sign`: an output of zero), a point counts as much as a choice by chance among the tied classes would miss
  /// on average. So outputs that are all zero have the error of guessing.
  ///
  /// - Parameters:
  ///   - outputs: row-major `[count, c]`; c is 1 for `sign`.
  ///   - classes: `[count]`; nil has no error rate.
  /// - Returns: nil for regression or without classes.
  /// - Throws: `DatasetError.countMismatch` if the lengths do not agree, `.notFinite` for an output that is NaN or infinite.
  public func errorRate(outputs: [Double], classes: [Int]?) throws(DatasetError) -> Double? {
    guard self != .none, let classes else { return nil }
    let width = self == .sign || classes.isEmpty ? 1 : outputs.count / classes.count
    guard !classes.isEmpty, width > 0, outputs.count == classes.count * width else {
      throw .countMismatch(first: "classes", firstCount: classes.count, second: "outputs", secondCount: outputs.count)
    }
    if let position = outputs.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(name: "outputs", row: position / width, column: position % width)
    }
    var missed = 0.0
    for (point, label) in classes.enumerated() {
      // For one output, class 0 has output 0 and class 1 the given one.
      let row = self == .sign ? [0, outputs[point]] : Array(outputs[(point * width)..<((point + 1) * width)])
      guard row.indices.contains(label) else {
        throw .labelOutOfRange(name: "classes", index: point, label: label, classCount: row.count)
      }
      let largest = row.reduce(-Double.infinity, max)
      missed += row[label] == largest ? 1 - 1 / Double(row.count { $0 == largest }) : 1
    }
    return missed / Double(classes.count)
  }
}
