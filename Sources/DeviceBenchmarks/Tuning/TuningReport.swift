import Compute
import DeviceTuning
import Foundation

/// What was found for one operation at one precision.
public struct TuningRow: Sendable, Codable {
  /// Sizes that ran right, and their time over that of the best before them.
  public struct Candidate: Sendable, Codable {
    /// Sizes by name.
    public let sizes: [String: Int]
    /// Time over that of the best before.
    public let ratio: Double
  }
  /// Sizes that were refused, and why.
  public struct Refusal: Sendable, Codable {
    /// Sizes by name.
    public let sizes: [String: Int]
    /// Why the sizes were refused.
    public let reason: String
  }

  /// Name of the operation.
  public let operation: String
  /// Precision of the kernels.
  public let precision: Precision
  /// Descriptions of the cases by which sizes were compared.
  public let cases: [String]
  /// The device's own sizes by name.
  public let defaults: [String: Int]
  /// Sizes that ran right, in the order in which they were tried.
  public internal(set) var tried: [Candidate] = []
  /// Sizes that were refused.
  public internal(set) var refused: [Refusal] = []
  /// Sizes to take in place of the device's own; empty where these are the best or within the margin.
  public internal(set) var best: [String: Int] = [:]
  /// Seconds of one run of every case.
  public internal(set) var ownSeconds = 0.0
  /// Seconds of the best that was found, whether or not it is taken; nil where that is the device's own.
  public internal(set) var bestSeconds: Double?
  /// Share by which the device's own sizes differed from themselves; 0 where nothing was ahead of them.
  public internal(set) var noise = 0.0
  /// Share of the time that `best` saves, by the least of the measures; 0 where it is empty.
  public internal(set) var gain = 0.0

  init(_ operation: TunableOperation, cases: [String]) {
    self.operation = operation.operation
    self.precision = operation.precision
    self.cases = cases
    self.defaults = operation.defaults
  }

  /// Sizes to take in place of the device's own, as a backend takes them.
  public var values: MeasuredSizes {
    MeasuredSizes(Dictionary(uniqueKeysWithValues: best.map { (KernelSizeKey(operation, precision, $0.key), $0.value) }))
  }

  /// Sizes for a reader: `columns 4, rows 8`.
  public static func text(_ sizes: [String: Int]) -> String {
    sizes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
  }
}

/// What was found for a device.
public struct TuningReport: Sendable, Codable {
  /// The device that was measured.
  public let device: DeviceDescription
  /// Device, driver and format that the values belong to.
  public let key: TunedDevice
  /// Whether fewer cases and candidates were measured.
  public let isQuick: Bool
  /// One row per operation and precision.
  public var rows: [TuningRow] = []
  /// Digest of the values that were stored; nil for none.
  public var digest: String?

  public init(device: DeviceDescription, key: TunedDevice, isQuick: Bool) {
    (self.device, self.key, self.isQuick) = (device, key, isQuick)
  }

  /// Sizes of all rows to take in place of the device's own.
  public var values: MeasuredSizes { rows.reduce(MeasuredSizes()) { $0.merging($1.values) } }
}
