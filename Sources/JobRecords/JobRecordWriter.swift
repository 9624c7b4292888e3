import Compute
import DurableFiles
import Foundation

/// Writes the parts of a record one after the other, up to a limit.
///
/// The file appears at its place when the record ends (see `ReplacementFile`); nobody but its owner may read it.
package final class JobRecordWriter {
  private var file: ReplacementFile?
  private let limit: Int
  private var checksum = PartChecksum()
  private(set) var byteCount = 0
  private(set) var jobs = 0

  /// Bytes kept free for the end; what a device says of a failure is cut to fit.
  private static let endBytes = 4096

  /// Begins a record, which ends at `limit` bytes.
  package init(_ url: URL, limit: Int, device: DeviceDescription) throws {
    let file = try ReplacementFile(of: url)
    // Inputs of users are in it.
    fchmod(file.descriptor, 0o600)
    self.file = consume file
    self.limit = limit
    try append(Array("\(JobRecordFormat.name) \(JobRecordFormat.version)\n".utf8))
    try part(.device, device)
  }

  /// Whether a job of this size fits, with the end after it.
  func hasRoom(_ line: [UInt8], byteCount: Int) -> Bool {
    self.byteCount + line.count + byteCount + JobRecordFormat.trailerBytes + Self.endBytes <= limit
  }

  /// Begins a job with its line.
  package func beginJob(_ line: [UInt8]) throws {
    checksum = PartChecksum()
    try append(line)
  }

  /// Adds bytes of the part that was begun.
  package func append(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { bytes in
      checksum.add(bytes)
      // Back only where nothing failed: an unfinished file goes.
      guard let own = file.take() else { return }
      try own.append(bytes)
      file = consume own
    }
    byteCount += bytes.count
  }

  /// Ends a job, whose bytes then count.
  package func endJob() throws {
    try endPart()
    jobs += 1
  }

  /// Puts the record in its place.
  package func finish(_ reason: JobRecordEnd.Reason, message: String? = nil) throws -> JobRecordEnd {
    let end = JobRecordEnd(jobs: jobs, reason: reason, message: message.map { String($0.prefix(500)) })
    try part(.end, end)
    if let file = file.take() { try file.commit() }
    return end
  }

  /// One without bytes.
  private func part(_ kind: JobRecordFormat.Kind, _ content: some Encodable) throws {
    checksum = PartChecksum()
    try append(try JobRecordFormat.line(kind, byteCount: 0, content))
    try endPart()
  }

  private func endPart() throws { try append(Array("\n\(JobRecordFormat.checksumText(checksum.value))\n".utf8)) }
}
