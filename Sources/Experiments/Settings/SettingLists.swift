import StudyRecords

extension ExperimentSettings {
  /// Throws what is wrong with a setting that does not fit the others.
  func require(_ condition: Bool, _ name: String, _ expected: String, _ got: Any) throws(ExperimentError) {
    guard condition else { throw .invalidSetting(name: name, expected: expected, got: "\(got)") }
  }
}

enum SettingList {
  /// Values with commas between them, without duplicates, in the order given.
  ///
  /// - Parameter read: reads one; nil for a text that is none.
  static func values<Value: Equatable>(
    _ text: String, of name: String, expected: String, most: Int = 1000, read: (String) -> Value?
  ) throws(ExperimentError) -> [Value] {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count <= most else { throw .invalidSetting(name: name, expected: "at most \(most) of them", got: "\(parts.count)") }
    var values: [Value] = []
    for part in parts {
      let own = part.trimmingWhitespace()
      guard let value = read(own) else { throw .invalidSetting(name: name, expected: expected, got: own) }
      if !values.contains(value) { values.append(value) }
    }
    return values
  }

  /// Bottlenecks of networks: widths, chains of them, or `inf` for none.
  static func bottlenecks(_ text: String) throws(ExperimentError) -> [BottleneckLabel] {
    let most = 1_000_000
    return try values(
      text, of: "bottlenecks", expected: "widths of at least 1 and at most \(most), chains such as 2x2, or inf"
    ) { part in
      if part == "inf" { return BottleneckLabel(infinite: 1) }
      let parts = part.split(separator: "x", omittingEmptySubsequences: false), widths = parts.compactMap { Int($0) }
      return widths.count == parts.count && widths.allSatisfy { (1...most).contains($0) } ? BottleneckLabel(widths: widths) : nil
    }
  }
}
