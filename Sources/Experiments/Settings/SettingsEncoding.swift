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
    try settings.settingWrappers.reduce(into: [:]) { values, setting in
      guard replacedSettings[setting.name] == nil, let wrapper = setting.wrapper as? any SettingValue else { return }
      values[setting.name] = try wrapper.settingValue()
    }
  }

  /// The values that make a run this run.
  public static func identity(of settings: Settings) throws -> [String: JSONValue] {
    try values(of: settings).filter { name, value in
      !extendingSettings.contains(name) && !(value == .null && laterSettings.contains(name))
    }
  }
}
