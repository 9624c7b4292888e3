import YAMLFiles

/// Reads the axes of a sweep's file.
struct AxisReader {
  typealias Setting = SweepFile.Setting
  /// Path of the file.
  let path: String

  private static let axisForm =
    "a list of values, {from, to, step}, or {from, to, count} with `spacing: log` or `spacing: linear`"

  private func fault(_ value: YAMLValue, _ reason: String) -> SweepError { .invalid(path: "\(path):\(value.line)", reason: reason) }

  /// A value, or a list of values with commas.
  func text(_ value: YAMLValue, of name: String) throws(SweepError) -> String {
    let texts = (value.elements.isEmpty ? [value] : value.elements).map { if case .text(let text, _) = $0.content { text } else { "" } }
    guard !texts.contains("") else { throw fault(value, "'\(name)': expected a value or a list of values, got \(value.shown).") }
    return texts.joined(separator: ",")
  }

  private func members(_ value: YAMLValue, of key: String, _ expected: String) throws(SweepError) -> [(key: String, value: YAMLValue)] {
    guard case .mapping(let members) = value.content else { throw fault(value, "'\(key)': expected \(expected), got \(value.shown).") }
    return members
  }

  /// Settings of all runs.
  func fixed(_ value: YAMLValue) throws(SweepError) -> [Setting] {
    var settings: [Setting] = []
    for (name, value) in try members(value, of: "settings", "settings, one `name: value` per line") {
      settings.append(Setting(name: name, value: try text(value, of: name)))
    }
    return settings
  }

  /// Axes of their own, each of one setting.
  func grid(_ value: YAMLValue) throws(SweepError) -> [[[Setting]]] {
    var axes: [[[Setting]]] = []
    for (name, value) in try members(value, of: "grid", "settings with their axes, one `name: axis` per line") {
      axes.append(try axis(value, of: name).map { [Setting(name: name, value: $0)] })
    }
    return axes
  }

  /// Axes of several settings that advance together.
  func zipped(_ value: YAMLValue) throws(SweepError) -> [[[Setting]]] {
    guard !value.elements.isEmpty else {
      throw fault(value, "'zip': expected a list of groups such as `- {train: [100, 200], steps: [50, 100]}`, got \(value.shown).")
    }
    var axes: [[[Setting]]] = []
    for group in value.elements {
      var columns: [(name: String, values: [String])] = []
      for (name, value) in try members(group, of: "zip", "settings with axes of one length") {
        let values = try axis(value, of: name)
        columns.append((name, values))
        guard columns[0].values.count == values.count else {
          throw fault(
            value,
            "'zip': '\(columns[0].name)' has \(columns[0].values.count) values and '\(name)' has \(values.count); "
              + "expected as many, since they advance together.")
        }
      }
      guard let length = columns.first?.values.count else { throw fault(group, "'zip': expected settings in the group, got none.") }
      axes.append((0..<length).map { place in columns.map { Setting(name: $0.name, value: $0.values[place]) } })
    }
    return axes
  }

  /// The axis `seed`: from 1 to a number, or those of a list or a range.
  func seeds(_ value: YAMLValue) throws(SweepError) -> [[Setting]] {
    guard case .text(let text, _) = value.content else { return try axis(value, of: "seed").map { [Setting(name: "seed", value: $0)] } }
    guard let count = Int(text), 1...SweepFile.mostRuns ~= count else {
      throw fault(value, "'seeds': expected how many, from 1 to \(SweepFile.mostRuns), or a list of seeds, got \(value.shown).")
    }
    return (1...count).map { [Setting(name: "seed", value: "\($0)")] }
  }

  private func axis(_ value: YAMLValue, of name: String) throws(SweepError) -> [String] {
    switch value.content {
    case .list(let elements):
      guard !elements.isEmpty else { throw fault(value, "'\(name)': the axis is empty; expected \(Self.axisForm).") }
      var values: [String] = []
      for element in elements { values.append(try text(element, of: name)) }
      return values
    case .mapping(let members):
      var parts: [String: String] = [:]
      for (key, value) in members {
        guard SweepRange.keys.contains(key) else {
          throw fault(value, "'\(name)': \(SweepFile.unknown("key", key, known: SweepRange.keys))")
        }
        parts[key] = try text(value, of: "\(name).\(key)")
      }
      do throws(SweepRange.Fault) {
        return try SweepRange.values(parts)
      } catch {
        throw fault(value, "'\(name)': \(error.reason)")
      }
    case .text: throw fault(value, "'\(name)': expected \(Self.axisForm), got \(value.shown). What all runs have stands under `settings`.")
    }
  }

  /// Throws for a setting that is unknown or given twice.
  func check(_ names: [String], known: [String]) throws(SweepError) {
    var given: Set<String> = []
    for name in names {
      guard !["device", "threads", "results"].contains(name) else {
        throw .invalid(
          path: path,
          reason: "'\(name)' is no setting of a run here; "
            + (name == "results" ? "it is a key beside `settings`." : "give --\(name == "threads" ? "workers" : name) on the command line.")
        )
      }
      guard known.contains(name) else { throw .invalid(path: path, reason: SweepFile.unknown("setting", name, known: known)) }
      guard given.insert(name).inserted else {
        throw .invalid(path: path, reason: "'\(name)' is given twice, in `settings`, `grid`, `zip` or `seeds`; leave out one of them.")
      }
    }
  }
}
