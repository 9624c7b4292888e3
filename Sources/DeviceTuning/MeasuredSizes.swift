import Compute

/// A size of a kernel that may be measured: `widePass/float64/copies`.
public struct KernelSizeKey: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// What the kernel computes, such as `widePass`.
  public let operation: String
  /// Precision of the kernel.
  public let precision: Precision
  /// Name of the size, such as `copies`.
  public let name: String

  public init(_ operation: String, _ precision: Precision, _ name: String) {
    self.operation = operation
    self.precision = precision
    self.name = name
  }

  /// The key that `description` gives; nil for other text.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let precision = Precision(rawValue: parts[1]) else { return nil }
    self.init(parts[0], precision, parts[2])
  }

  public var description: String { "\(operation)/\(precision.rawValue)/\(name)" }
  public static func < (a: KernelSizeKey, b: KernelSizeKey) -> Bool { a.description < b.description }
}

/// Sizes of kernels that stand in place of a device's own. Sums may run in another order with them, so they are part of what a result
/// depends on, and their digest is recorded with it.
public struct MeasuredSizes: Sendable, Equatable {
  /// Sizes by key.
  public private(set) var values: [KernelSizeKey: Int]

  public init(_ values: [KernelSizeKey: Int] = [:]) { self.values = values }

  /// Whether no size is replaced.
  public var isEmpty: Bool { values.isEmpty }

  /// The size for a key; nil where the device's own is used.
  public subscript(key: KernelSizeKey) -> Int? {
    get { values[key] }
    set { values[key] = newValue }
  }

  /// The sizes with those of `others` added; where both have one, that of `others`.
  public func merging(_ others: MeasuredSizes) -> MeasuredSizes { MeasuredSizes(values.merging(others.values) { _, new in new }) }

  /// One line for each value, sorted.
  var text: String { values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }.joined() }

  /// 16 hexadecimal digits that other values have only by accident.
  public var digest: String { FNV1a(text.utf8).text }
}

/// Why stored sizes are not used. The device computes with its own sizes then.
public enum KernelSizeError: Error, Equatable, CustomStringConvertible {
  /// A table that is not as `MeasuredSizeStore` writes it.
  case damaged(path: String, reason: String)
  /// Another user could have written it.
  case notTrusted(path: String, reason: String)
  /// A table of another device, driver or format.
  case otherDevice(path: String, expected: String, got: String)
  /// A size that is no candidate of this device.
  case unknownSize(key: String, value: Int, expected: String)
  /// A table that cannot be written.
  case cannotWrite(path: String, reason: String)

  public var description: String {
    switch self {
    case .damaged(let path, let reason):
      "\(path) is no table of tiles: \(reason). It is not used; remove it by `isthmus tune --reset`, or measure again by `isthmus tune`."
    case .notTrusted(let path, let reason): "\(path) is not used: \(reason). Name a folder of your own with ISTHMUS_TILES."
    case .otherDevice(let path, let expected, let got):
      "\(path) belongs to another device: expected \(expected), got \(got). It is not used; remove it, and measure by `isthmus tune`."
    case .unknownSize(let key, let value, let expected):
      "tiles: \(key) = \(value), expected \(expected). They are not used; measure again by `isthmus tune`."
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason). Name another folder with ISTHMUS_TILES."
    }
  }
}
