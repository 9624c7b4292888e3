extension RunSummary {
  /// What every run has beside its settings, by the names that conditions and orders use.
  public static let fields = ["experiment", "run", "state", "reason", "started", "ended", "device", "precision", "records"]

  /// A field or a setting; nil where the run has none of that name, or no value of that field yet.
  public subscript(name: String) -> JSONValue? {
    switch name {
    case "experiment": .string(experiment)
    case "run": .string(run)
    case "state": .string(state.name)
    case "reason": state.reason.map { .string($0) }
    case "started": started.isEmpty ? nil : .string(started)
    case "ended": ended.map { .string($0) }
    case "device": device.isEmpty ? nil : .string(device)
    case "precision": precision.isEmpty ? nil : .string(precision)
    case "records": records.map { .integer(Int128($0)) }
    default: settings.first { $0.key == name }?.value
    }
  }

  /// The run as an object: the members of `fields`, null where there is none, `directory` and `settings`.
  public var json: JSONValue {
    let fields = RunSummary.fields.map { JSONValue.Member($0, self[$0] ?? .null) }
    return .object(
      fields + [JSONValue.Member("directory", .string(directory.path)), JSONValue.Member("settings", .object(settings))])
  }
}

extension JSONValue {
  /// The value as a person would write it: a text without quotes, all else as JSON.
  public var plain: String { string ?? text }
}

extension [RunSummary] {
  /// Names of settings that any of the runs has, sorted.
  public var settingNames: [String] {
    var names: Set<String> = []
    for run in self { for setting in run.settings { names.insert(setting.key) } }
    return names.sorted()
  }

  /// Names of settings of which two of the runs have different values, sorted. A run without a setting does not differ in it.
  public var differingSettings: [String] {
    var first: [String: JSONValue] = [:], differing: Set<String> = []
    for run in self {
      for setting in run.settings {
        guard let value = first[setting.key] else {
          first[setting.key] = setting.value
          continue
        }
        if value != setting.value { differing.insert(setting.key) }
      }
    }
    return differing.sorted()
  }

  /// Refuses a name that is neither a field nor a setting of any of the runs; any name is known where there is no run.
  ///
  /// - Throws: `ResultsError.unknownSetting`.
  public func check(_ names: [String]) throws(ResultsError) {
    guard !isEmpty else { return }
    let known = RunSummary.fields + settingNames
    for name in names where !known.contains(name) { throw .unknownSetting(name, known: known) }
  }

  /// The runs by a field or setting: numbers by size, then texts by their letters, then those that have none; equal ones as before.
  public func sorted(by name: String) -> [RunSummary] {
    let ranks = map { Rank($0[name]) }
    return indices.sorted { ranks[$0] == ranks[$1] ? $0 < $1 : ranks[$0] < ranks[$1] }.map { self[$0] }
  }
}

/// Where a value stands in an order.
private struct Rank: Comparable {
  let kind: Int
  let number: Double
  let text: String

  init(_ value: JSONValue?) {
    switch value {
    case nil, .null: (kind, number, text) = (2, 0, "")
    case let value?:
      if let number = value.number { (kind, self.number, text) = (0, number, "") } else { (kind, number, text) = (1, 0, value.plain) }
    }
  }

  static func < (a: Rank, b: Rank) -> Bool { (a.kind, a.number, a.text) < (b.kind, b.number, b.text) }
}

extension JSONValue {
  /// The number that this is, or that its text is: settings of lists hold one as a text.
  var number: Double? { double ?? string.flatMap { Double($0) }.flatMap { $0.isNaN ? nil : $0 } }
}
