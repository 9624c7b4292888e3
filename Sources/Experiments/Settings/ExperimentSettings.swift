import ArgumentParser

/// Settings of an experiment, each declared once with its range.
public protocol ExperimentSettings: ParsableArguments, Sendable {
  /// Sections by the name of the setting with which each begins, in the order of declaration; one may begin several times.
  static var sections: [String: SettingsSection] { get }
  /// What one setting demands of another; the ranges hold. `plan` asks for it.
  func checkTogether() throws
}

extension ExperimentSettings {
  /// The parser asks for this after parsing.
  public func validate() throws { try checkRanges() }

  /// Ranges, then what settings demand of each other.
  public func checkAll() throws {
    try checkRanges()
    try checkTogether()
  }
}

extension ParsableArguments {
  /// Throws `ExperimentError.invalidSetting` for the first value outside the range that its declaration states.
  public func checkRanges() throws {
    for (name, wrapper) in settingWrappers {
      if let fault = (wrapper as? any RangedSetting)?.value.fault(name: name) { throw fault }
    }
  }

  /// Ranges of parsed settings, by the names of those that have one.
  var ranges: [String: String] {
    settingWrappers.reduce(into: [:]) { ranges, setting in ranges[setting.name] = (setting.wrapper as? any RangedSetting)?.value.range }
  }

  /// ArgumentParser's property wrappers of all settings, those of groups too, by the names that the settings have.
  var settingWrappers: [(name: String, wrapper: Any)] {
    Mirror(reflecting: self).children.flatMap { child -> [(name: String, wrapper: Any)] in
      if let group = child.value as? any SettingGroup { return group.settings.settingWrappers }
      return child.label.map { [(settingName($0), child.value)] } ?? []
    }
  }
}

/// A property wrapper of ArgumentParser that holds a number with a range.
private protocol RangedSetting {
  var value: any RangeBearing { get }
}

extension Option: RangedSetting where Value: RangeBearing {
  fileprivate var value: any RangeBearing { wrappedValue }
}

protocol RangeBearing {
  var range: String { get }
  func fault(name: String) -> ExperimentError?
}

extension Within: RangeBearing {}

/// One that holds settings of its own.
protocol SettingGroup {
  var settings: any ParsableArguments { get }
}

extension OptionGroup: SettingGroup {
  var settings: any ParsableArguments { wrappedValue }
}

/// `_targetScale`, as a wrapped property is stored, as `target-scale`: how ArgumentParser names options.
func settingName(_ label: String) -> String {
  let name = label.hasPrefix("_") ? label.dropFirst() : label[...]
  return name.reduce(into: "") { text, character in text += character.isUppercase ? "-\(character.lowercased())" : String(character) }
}
