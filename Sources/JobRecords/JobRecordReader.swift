import Compute
import Foundation

/// Goes through a file of recorded jobs once, from part to part.
final class JobRecordReader {
  private let path: String
  private let descriptor: Int32
  private let fileBytes: Int
  /// Bytes of the file that were not taken yet.
  private var remaining: Int
  private var buffer: [UInt8] = []
  private var position = 0
  /// The part that is read: 0 for the device, then the number of a job.
  private var part = 0

  init(_ url: URL) throws(JobRecordError) {
    path = url.path
    func reason() -> String { String(cString: strerror(errno)) }
    // What is no file may wait for a writer.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: reason()) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .cannotRead(path: path, reason: "it is no file")
    }
    self.descriptor = descriptor
    fileBytes = Int(status.st_size)
    remaining = fileBytes
    let magic = "\(JobRecordFormat.name) "
    guard remaining > magic.utf8.count, try take(magic.utf8.count) == Array(magic.utf8) else { throw .foreign(path: path) }
    guard let rest = try? line(limit: 64) else { throw .foreign(path: path) }
    let version = String(decoding: rest, as: UTF8.self)
    guard version == JobRecordFormat.version else { throw .unknownVersion(path: path, version: version) }
  }

  deinit { close(descriptor) }

  func device() throws(JobRecordError) -> DeviceDescription {
    let (kind, content, _) = try nextPart()
    guard kind == .device else { throw invalid("the device comes first") }
    return try decoded(content, as: DeviceDescription.self)
  }

  enum Entry {
    case job(RecordedJob)
    case end(JobRecordEnd)
  }

  /// Reads the next job after `device`, or the end, with which the file ends.
  func next() throws(JobRecordError) -> Entry {
    part += 1
    let (kind, content, bytes) = try nextPart()
    switch kind {
    case .device: throw invalid("a device in the place of a job")
    case .job:
      let description = try decoded(content, as: JobDescription.self)
      return .job(try RecordedJob(description, bytes: bytes, number: part, path: path, fileBytes: fileBytes))
    case .end:
      let end = try decoded(content, as: JobRecordEnd.self)
      guard end.jobs == part - 1 else { throw invalid("the record ends after \(part - 1) jobs and not \(end.jobs)") }
      guard remaining == 0 else { throw invalid("something follows the end of the record") }
      return .end(end)
    }
  }

  // MARK: Parts

  private func nextPart() throws(JobRecordError) -> (JobRecordFormat.Kind, content: ArraySlice<UInt8>, bytes: [UInt8]) {
    let line = try line(limit: remaining)
    let fields = line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3, let kind = JobRecordFormat.Kind(rawValue: String(decoding: fields[0], as: UTF8.self)),
      let byteCount = Int(String(decoding: fields[1], as: UTF8.self)), byteCount >= 0
    else { throw .damaged(path: path, part: part) }
    guard byteCount <= remaining - JobRecordFormat.trailerBytes else { throw .truncated(path: path, part: part) }
    let bytes = try take(byteCount)
    let trailer = try take(JobRecordFormat.trailerBytes)
    var checksum = PartChecksum()
    (line + [UInt8(ascii: "\n")]).withUnsafeBytes { checksum.add($0) }
    bytes.withUnsafeBytes { checksum.add($0) }
    guard trailer == Array("\n\(JobRecordFormat.checksumText(checksum.value))\n".utf8) else { throw .damaged(path: path, part: part) }
    return (kind, fields[2], bytes)
  }

  private func decoded<Content: Decodable>(_ content: ArraySlice<UInt8>, as type: Content.Type) throws(JobRecordError) -> Content {
    do { return try JSONDecoder().decode(type, from: Data(content)) } catch { throw invalid("its description is none that is known") }
  }

  private func invalid(_ reason: String) -> JobRecordError { .invalid(path: path, part: part, reason: reason) }

  // MARK: Bytes

  /// Up to the next line feed, which is taken too.
  private func line(limit: Int) throws(JobRecordError) -> [UInt8] {
    var line: [UInt8] = []
    while true {
      if position == buffer.count { try fill() }
      let rest = buffer[position...]
      let end = rest.firstIndex(of: UInt8(ascii: "\n"))
      let taken = rest[..<(end ?? buffer.count)]
      line += taken
      position += taken.count + (end == nil ? 0 : 1)
      remaining -= taken.count + (end == nil ? 0 : 1)
      if end != nil { return line }
      guard remaining > 0, line.count <= limit else { throw .truncated(path: path, part: part) }
    }
  }

  /// Exactly so many, which are there.
  private func take(_ count: Int) throws(JobRecordError) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      if position == buffer.count { try fill() }
      let part = buffer[position..<min(buffer.count, position + count - bytes.count)]
      bytes += part
      position += part.count
    }
    remaining -= count
    return bytes
  }

  private func fill() throws(JobRecordError) {
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    var count = 0
    repeat { count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) } } while count < 0 && errno == EINTR
    guard count >= 0 else { throw .cannotRead(path: path, reason: String(cString: strerror(errno))) }
    guard count > 0 else { throw .truncated(path: path, part: part) }
    (buffer, position) = (Array(chunk[..<count]), 0)
  }
}
