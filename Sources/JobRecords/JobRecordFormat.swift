import CZlib
import Compute
import Foundation

/// Files of recorded jobs: a line that names the format, then parts.
///
/// A part is a line `KIND BYTES JSON`, as many bytes, a line feed, the CRC-32 of the line with its feed and the bytes as eight hexadecimal
/// digits, and a line feed. The first part is `device`, the last one `end`, those between are `job`.
package enum JobRecordFormat {
  static let name = "isthmus-jobs"
  static let version = "1"
  /// A line feed, eight digits, a line feed.
  static let trailerBytes = 10

  /// What a line of a record holds.
  package enum Kind: String {
    /// The device at the head, a job with its tensors, and the end.
    case device, job, end
  }

  static func checksumText(_ crc: UInt32) -> String {
    let digits = String(crc, radix: 16)
    return String(repeating: "0", count: 8 - digits.count) + digits
  }

  /// The bytes of a line with its kind and the size of what follows.
  package static func line(_ kind: Kind, byteCount: Int, _ content: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array("\(kind.rawValue) \(byteCount) ".utf8) + (try encoder.encode(content)) + Array("\n".utf8)
  }
}

/// CRC-32 (as in gzip and zip) of bytes that arrive in parts.
struct PartChecksum {
  private(set) var value: UInt32 = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    // For no buffer zlib would begin again.
    guard let base = bytes.baseAddress else { return }
    value = UInt32(truncatingIfNeeded: crc32_z(UInt(value), base.assumingMemoryBound(to: UInt8.self), bytes.count))
  }
}

/// What a record says of a job beside its numbers.
package struct JobDescription: Codable, Equatable {
  /// Operation of the job.
  package var operation: BackendOperation
  /// Numbers and choices of the job by name.
  package var parameters: [String: String]
  /// Tensors of the job, in the order of their bytes.
  package var tensors: [TensorDescription]

  /// Describes a job without the numbers of its tensors.
  package init(_ job: BackendJob) {
    operation = job.operation
    parameters = job.parameters
    tensors = job.tensorDescriptions
  }
}

/// How a record ended.
public struct JobRecordEnd: Codable, Equatable, Sendable {
  /// Why a record ended.
  public enum Reason: String, Codable, Sendable {
    /// The run ended.
    case done
    /// The limit of size was reached.
    case limit
    /// The device failed in the last job, whose results are no numbers.
    case failure
    /// The run was interrupted.
    case interruption
  }

  /// The number of jobs.
  public let jobs: Int
  /// Why nothing follows.
  public let reason: Reason
  /// What the device said of its failure.
  public var message: String?
}
