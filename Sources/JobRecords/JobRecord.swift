import Compute
import Foundation

/// A file of recorded jobs, found to be whole.
public struct JobRecord: Sendable {
  private let url: URL
  /// The device that computed while it was recorded.
  public let device: DeviceDescription
  /// How the record ended.
  public let end: JobRecordEnd
  /// The number of jobs.
  public var jobCount: Int { end.jobs }

  /// Reads the file once, checking every part of it.
  ///
  /// - Throws: `JobRecordError`.
  public init(_ url: URL) throws(JobRecordError) {
    self.url = url
    let reader = try JobRecordReader(url)
    device = try reader.device()
    while true {
      guard case .end(let end) = try reader.next() else { continue }
      self.end = end
      return
    }
  }

  /// Calls `body` with each job in order.
  ///
  /// - Throws: `JobRecordError` where the file has changed meanwhile or a job is none, and what `body` throws.
  public func forEach(_ body: (RecordedJob) throws -> Void) throws {
    let reader = try JobRecordReader(url)
    _ = try reader.device()
    while case .job(let job) = try reader.next() { try body(job) }
  }
}
