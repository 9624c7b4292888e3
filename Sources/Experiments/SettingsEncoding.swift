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
    var values: [String: JSONValue] = [:]
    for child in Mirror(reflecting: settings).children {
      guard let label = child.label, let setting = child.value as? any SettingValue else { continue }
      values[kebabCase(label.hasPrefix("_") ? String(label.dropFirst()) : label)] = try setting.settingValue()
    }
    return values
  }
}

/// `targetScale` as `target-scale`: how ArgumentParser names options.
func kebabCase(_ name: String) -> String {
  name.reduce(into: "") { text, character in text += character.isUppercase ? "-\(character.lowercased())" : String(character) }
}
