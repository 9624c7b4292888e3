import Compute
import Foundation

/// What `isthmus bench` measured in one command.
public struct BenchmarkReport: Sendable, Codable {
  /// A device with the limits that its rows are compared with.
  public struct Device: Sendable, Codable {
    public let description: DeviceDescription
    /// Multiply-adds per second by precision.
    public let multiplyAddsPerSecond: [String: Double]
    /// Bytes per second that the device's memory reads and writes.
    public let bytesPerSecond: Double

    /// A device with the limits measured on it.
    public init(_ description: DeviceDescription, limits: DeviceLimits) {
      self.description = description
      multiplyAddsPerSecond = Dictionary(uniqueKeysWithValues: limits.multiplyAdds.map { ($0.key.rawValue, $0.value) })
      bytesPerSecond = limits.bandwidth
    }
  }

  /// Grows when a member changes its meaning.
  public private(set) var version = 1
  /// ISO 8601.
  public let date: String
  /// Revision of the program's sources.
  public let revision: String
  /// What the numbers depend on beside the devices: versions of the program, compiler and system.
  public let environment: [String: String]
  /// Devices that were measured.
  public var devices: [Device] = []
  /// Rows of all devices.
  public var rows: [BenchmarkRow] = []

  public init(date: Date = Date(), revision: String, environment: [String: String]) {
    self.date = date.formatted(.iso8601)
    self.revision = revision
    self.environment = environment
  }

  /// Rows of cases that failed.
  public var failures: [BenchmarkRow] { rows.filter { !$0.passed } }
  /// A report on nothing has not passed.
  public var passed: Bool { !rows.isEmpty && failures.isEmpty }

  /// Keys sorted; a residual that is not finite is a text.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(self)
  }

  /// Reads a report that `json` gave.
  public init(json: Data) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    self = try decoder.decode(BenchmarkReport.self, from: json)
  }
}
