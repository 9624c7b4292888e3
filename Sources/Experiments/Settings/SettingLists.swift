import StudyRecords
import YAMLFiles

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

  /// What stands for the bottlenecks that --network has.
  static let ofNetwork = "network"

  /// Bottlenecks of networks: widths, chains of them, or `inf` for none.
  ///
  /// - Parameter file: the network whose bottlenecks get these widths; `network` stands for its own.
  static func bottlenecks(_ text: String, of file: NetworkFile? = nil) throws(ExperimentError) -> [BottleneckLabel] {
    let most = 1_000_000, count = file?.bottleneckCount
    let form = file == nil ? "chains such as 2x2, or inf" : "chains such as 2x2, inf, or \(ofNetwork) for those of --network"
    let chains = try values(text, of: "bottlenecks", expected: "widths of at least 1 and at most \(most), \(form)") { part in
      if part == "inf" { return BottleneckLabel(infinite: count ?? 1) }
      if let file, part == ofNetwork { return BottleneckLabel(widths: file.blocks.dropLast().map(\.outputs)) }
      let parts = part.split(separator: "x", omittingEmptySubsequences: false), widths = parts.compactMap { Int($0) }
      return widths.count == parts.count && widths.allSatisfy { (1...most).contains($0) } ? BottleneckLabel(widths: widths) : nil
    }
    if let count, let other = chains.first(where: { !$0.isInfinite && $0.widths.count != count }) {
      throw .invalidSetting(
        name: "bottlenecks",
        expected: count == 0
          ? "inf, since --network has no bottleneck"
          : "chains of \(count), as many as --network has, such as \(BottleneckLabel(widths: Array(repeating: 2, count: count)))",
        got: "\(other)")
    }
    return chains
  }
}
