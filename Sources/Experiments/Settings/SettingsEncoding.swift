import ArgumentParser
import Results

/// A property wrapper of ArgumentParser that holds the value of a setting.
private protocol SettingValue {
  func settingValue() throws -> JSONValue
}

extension Option: SettingValue where Value: Encodable {
  fileprivate func settingValue() throws -> JSONValue { try JSONValue(encoding: wrappedValue, what: "setting") }
}

extension Flag: SettingValue where Value: Encodable {
  fileprivate func settingValue() throws -> JSONValue { try JSONValue(encoding: wrappedValue, what: "setting") }
}

extension Experiment {
  /// Every setting with its value, by the name that it has on the command line and in YAML.
  public static func values(of settings: Settings) throws -> [String: JSONValue] {
    try allValues(of: settings).filter { replacedSettings[$0.key] == nil }
  }

  /// The values that make a run this run.
  public static func identity(of settings: Settings) throws -> [String: JSONValue] {
    try values(of: settings).filter { name, value in
      !extendingSettings.contains(name) && !(value == .null && laterSettings.contains(name))
    }
  }

  private static func allValues(of settings: Any) throws -> [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for child in Mirror(reflecting: settings).children {
      if let nested = child.value as? any SettingGroup { try values.merge(allValues(of: nested.settings)) { own, _ in own } }
      guard let label = child.label, let setting = child.value as? any SettingValue else { continue }
      values[settingName(label)] = try setting.settingValue()
    }
    return values
  }
}
