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
    for child in Mirror(reflecting: self).children {
      if let group = child.value as? any SettingGroup { try group.settings.checkRanges() }
      guard let label = child.label, let setting = child.value as? any RangedSetting, let fault = setting.fault(label) else { continue }
      throw fault
    }
  }
}

extension ParsableArguments {
  /// Ranges of parsed settings, by the names of those that have one.
  var ranges: [String: String] {
    var ranges: [String: String] = [:]
    for child in Mirror(reflecting: self).children {
      if let group = child.value as? any SettingGroup { ranges.merge(group.settings.ranges) { own, _ in own } }
      if let label = child.label, let setting = child.value as? any RangedSetting { ranges[settingName(label)] = setting.range }
    }
    return ranges
  }
}

/// A property wrapper of ArgumentParser that holds a number with a range.
private protocol RangedSetting {
  var range: String { get }
  func fault(_ label: String) -> ExperimentError?
}

extension Option: RangedSetting where Value: RangeBearing {
  fileprivate var range: String { wrappedValue.range }
  fileprivate func fault(_ label: String) -> ExperimentError? { wrappedValue.fault(name: settingName(label)) }
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
