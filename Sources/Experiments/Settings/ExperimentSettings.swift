import ArgumentParser

/// Settings of an experiment, each declared once with its range.
public protocol ExperimentSettings: ParsableArguments, Sendable {
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

/// A property wrapper of ArgumentParser that holds a number with a range.
private protocol RangedSetting {
  func fault(_ label: String) -> ExperimentError?
}

extension Option: RangedSetting where Value: RangeBearing {
  fileprivate func fault(_ label: String) -> ExperimentError? { wrappedValue.fault(name: settingName(label)) }
}

protocol RangeBearing {
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
