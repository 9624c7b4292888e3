import Foundation

/// One thing that a device says of itself.
public struct DeviceProperty: Sendable, Equatable {
  /// What a property can be.
  public enum Value: Sendable, Equatable {
    /// A text.
    case text(String)
    /// Texts in the device's order.
    case list([String])
    /// Yes or no.
    case flag(Bool)
    /// A count without unit, or in the named one.
    case number(UInt64, unit: String = "")
    /// A size of memory.
    case bytes(UInt64)
    /// Counts in the device's order.
    case numbers([UInt64])
  }

  /// Name in the standard, as `CL_DEVICE_MAX_COMPUTE_UNITS`, which does not change.
  public let name: String
  /// The value.
  public let value: Value

  public init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  /// The name in words: without prefix, in small letters.
  public var label: String {
    let prefixes = ["CL_DEVICE_", "CL_PLATFORM_", "CL_"]
    let plain = prefixes.first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) } ?? name
    return name == plain ? name : plain.replacing("_", with: " ").lowercased()
  }

  /// The value with its unit, on one line.
  public var text: String {
    switch value {
    case .text(let text): text.isEmpty ? "–" : text
    case .list(let texts): texts.isEmpty ? "none" : texts.joined(separator: ", ")
    case .flag(let isSet): isSet ? "yes" : "no"
    case .number(let number, let unit): unit.isEmpty ? "\(number)" : "\(number) \(unit)"
    case .bytes(let count): Self.text(bytes: count)
    case .numbers(let numbers): numbers.map { "\($0)" }.joined(separator: " x ")
    }
  }

  /// Whole numbers of the largest binary unit that has one, else one digit more.
  static func text(bytes: UInt64) -> String {
    guard bytes >= 1024 else { return "\(bytes) bytes" }
    let units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    let index = min((63 - bytes.leadingZeroBitCount) / 10, units.count)
    let amount = Double(bytes) / exp2(Double(10 * index))
    return (amount == amount.rounded() ? String(format: "%.0f", amount) : String(format: "%.1f", amount)) + " \(units[index - 1])"
  }
}

/// Properties that belong together.
public struct PropertyGroup: Sendable, Equatable {
  /// What the properties are about, which does not change.
  public let title: String
  /// The properties in the order in which they are shown.
  public let properties: [DeviceProperty]

  public init(_ title: String, _ properties: [DeviceProperty]) {
    self.title = title
    self.properties = properties
  }
}
