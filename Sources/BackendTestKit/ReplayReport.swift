import Compute
import Foundation
import JobRecords
import PrintableText

/// How the jobs of a record went on another device, or on the same one again.
public struct ReplayReport: Sendable, Codable {
  /// One operation's jobs.
  public struct Operation: Sendable, Codable {
    /// The operation.
    public let operation: BackendOperation
    /// The jobs of the record.
    public var jobs = 0
    /// Jobs in a precision that the device does not have.
    public var skipped = 0
    /// Numbers of all results.
    public var numbers = 0
    /// Numbers that have the bits of the record, and of the reference.
    public var sameAsRecord = 0
    /// Numbers that have the bits of the reference.
    public var sameAsReference = 0
    /// The largest |a − b| / max(|a|, |b|) to the record and to the reference.
    public var largestToRecord = 0.0
    /// The largest relative difference to the reference.
    public var largestToReference = 0.0
    /// The largest error in units of its derived bound, of those numbers that differ most from the reference.
    public var worstRatio = 0.0
    /// The largest such error of the record's own numbers.
    public var worstRecordedRatio = 0.0

    init(_ operation: BackendOperation) { self.operation = operation }
  }

  /// A job with a wrong number.
  public struct Fault: Sendable, Codable {
    /// The number of the job in the record, from 1.
    public let job: Int
    /// The operation.
    public let operation: BackendOperation
    /// What is wrong, with the numbers.
    public let reason: String

    /// The fault in one line.
    public var text: String { "job \(job) (\(operation.rawValue)): \(reason)" }
  }

  /// The device that performed the jobs.
  public let device: DeviceDescription
  /// The device that the record was made on.
  public let recordedOn: DeviceDescription
  /// How the record ended.
  public let end: JobRecordEnd
  /// The operations that occur, in the order of their first jobs.
  public internal(set) var operations: [Operation] = []
  /// The first job that the device performed wrongly, and how many there are.
  public internal(set) var firstWrong: Fault?
  /// How many jobs the device performed wrongly.
  public internal(set) var wrongJobs = 0
  /// The first job of which the record holds a wrong result, and how many there are.
  public internal(set) var firstWrongRecord: Fault?
  /// How many jobs have a wrong result in the record.
  public internal(set) var wrongRecords = 0

  init(_ record: JobRecord, on device: DeviceDescription) {
    (self.device, recordedOn, end) = (device, record.device, record.end)
  }

  /// The jobs of the record.
  public var jobs: Int { operations.reduce(0) { $0 + $1.jobs } }

  /// A record of nothing, and one of which the device could perform nothing, has not passed.
  public var passed: Bool { wrongJobs == 0 && wrongRecords == 0 && operations.contains { $0.jobs > $0.skipped } }

  /// The report for reading: a line for each operation, then what was wrong.
  public var text: String {
    var lines = operations.map(Self.line)
    if end.reason != .done, end.reason != .limit {
      lines.append("the record ended by \(end.reason.rawValue)\(end.message.map { ": \($0.printable)" } ?? "")")
    }
    if let fault = firstWrong { lines.append("WRONG on \(device.identifier): \(wrongJobs) jobs, the first is \(fault.text)") }
    if let fault = firstWrongRecord {
      let recording = "\(recordedOn.identifier), \(recordedOn.name)".printable
      lines.append("WRONG in the record (\(recording)): \(wrongRecords) jobs, the first is \(fault.text)")
    }
    let conclusion = passed ? "all within their bounds" : jobs == 0 ? "nothing was performed" : "not all is right"
    let summary = "replay: \(jobs) jobs of \(recordedOn.identifier.printable) on \(device.identifier): \(conclusion)"
    return (lines + [summary]).joined(separator: "\n")
  }

  private static func line(_ operation: Operation) -> String {
    let skipped = operation.skipped > 0 ? " (\(operation.skipped) in a precision that the device lacks)" : ""
    func share(_ count: Int, _ largest: Double, _ other: String) -> String {
      "\(count) with the bits of the \(other) (largest relative difference \(short(largest)))"
    }
    return "  \(operation.operation.rawValue): \(operation.jobs) jobs\(skipped), \(operation.numbers) numbers, "
      + share(operation.sameAsRecord, operation.largestToRecord, "record") + ", "
      + share(operation.sameAsReference, operation.largestToReference, "reference")
      + ", worst ratio \(short(operation.worstRatio)), of the record \(short(operation.worstRecordedRatio))"
  }

  private static func short(_ number: Double) -> String { String(format: "%.2g", number) }

  /// All of it as JSON, keys sorted; an infinite ratio is the text "inf".
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(self)
  }
}
