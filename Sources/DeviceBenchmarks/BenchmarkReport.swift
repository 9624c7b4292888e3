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
  /// What the numbers depend on beside the devices: versions of the program, compiler and system, and what else the machine did.
  public var environment: [String: String]
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

  /// The most rounds of a row.
  public static let mostRounds = 100
  /// Times whose quotients are numbers.
  private static let credibleSeconds = 1e-12...1e12

  /// Keys sorted; a residual that is not finite is a text.
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(self)
  }

  /// Reads a report that `json` gave, of this version or an earlier program.
  ///
  /// - Throws: `BenchmarkReportError` where its members contradict each other, and `DecodingError`.
  public init(json: Data) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    let report = try decoder.decode(BenchmarkReport.self, from: json)
    guard report.version == 1 else { throw BenchmarkReportError.unknownVersion(report.version) }
    for row in report.rows {
      guard row.seconds.allSatisfy({ Self.credibleSeconds ~= $0 }) else { throw BenchmarkReportError.noTime(row: row.name) }
      guard let rounds = row.rounds else { continue }
      let runs = rounds.reduce(0) { $0.addingReportingOverflow(max($1, 0)).partialValue }
      guard rounds.count <= Self.mostRounds, rounds.allSatisfy({ $0 > 0 }), runs == row.seconds.count else {
        throw BenchmarkReportError.roundsDoNotFit(row: row.name, rounds: Array(rounds.prefix(20)), runs: row.seconds.count)
      }
    }
    self = report
  }
}

/// What is wrong with a file of a report.
public enum BenchmarkReportError: Error, Equatable, CustomStringConvertible {
  /// A later program wrote it.
  case unknownVersion(Int)
  /// A run's time is 0, negative, beyond all measure or no number.
  case noTime(row: String)
  /// The runs of all rounds are not those of the row.
  case roundsDoNotFit(row: String, rounds: [Int], runs: Int)

  public var description: String {
    switch self {
    case .unknownVersion(let version): "it has version \(version) of the format; expected 1. Read it with the program that wrote it."
    case .noTime(let row): "the row '\(row)' has a time that is no number of seconds from 1e-12 to 1e12."
    case .roundsDoNotFit(let row, let rounds, let runs):
      "the row '\(row)' has rounds of \(rounds.map { "\($0)" }.joined(separator: ", ")) runs; "
        + "expected \(runs) in all, as many as its seconds, in at most \(BenchmarkReport.mostRounds) rounds."
    }
  }
}
