import Datasets
import Foundation

/// A directory of its own for a test, removed at the end.
final class TemporaryDirectory {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("isthmus-datasets-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file and returns its path.
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      at: URL(fileURLWithPath: file).deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
}

/// An IDX file.
func idx(type: UInt8 = 0x08, _ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
  [0, 0, type, UInt8(shape.count)] + shape.flatMap { size in (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } } + elements
}

/// A gzip file with one stored (uncompressed) block, written from RFC 1951 and 1952, not by the library under test.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
  precondition(bytes.count < 65536, "one stored block holds at most 65535 bytes")
  func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  var crc: UInt32 = .max
  for byte in bytes {
    crc ^= UInt32(byte)
    for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
  }
  return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 1] + little(bytes.count, 2) + little(~bytes.count, 2) + bytes + little(Int(~crc), 4)
    + little(bytes.count, 4)
}

extension DataStream {
  /// Everything that follows, to the end.
  func contents() throws(DatasetError) -> [UInt8] {
    var bytes: [UInt8] = []
    var part = try peek(1 << 16)
    while !part.isEmpty {
      bytes += try take(part.count)
      part = try peek(1 << 16)
    }
    try finish()
    return bytes
  }
}

/// What `body` throws, or nil.
func refusal<Result>(_ body: () throws -> Result) throws -> DatasetError? {
  do {
    _ = try body()
    return nil
  } catch let error as DatasetError {
    return error
  }
}

/// A gzip file of a header and zeros, of which every 258 take 13 bits, written from RFC 1951. The check of its end is wrong.
func deflatedZeros(header: [UInt8], count: Int) -> [UInt8] {
  precondition(header.count < 65536)
  func little(_ value: Int) -> [UInt8] { [UInt8(value & 0xFF), UInt8(value >> 8)] }
  // A stored block with the header and a first zero; then a block with fixed codes: length 258 (11000101), distance 1 (00000), 13 bits.
  let stored: [UInt8] = [0] + little(header.count + 1) + little(~(header.count + 1) & 0xFFFF) + header + [0]
  var (bits, bitCount, coded) = (UInt64(0), 0, [UInt8]())
  func put(_ value: UInt64, _ count: Int) {
    bits |= value << UInt64(bitCount)
    bitCount += count
    while bitCount >= 8 {
      coded.append(UInt8(bits & 0xFF))
      bits >>= 8
      bitCount -= 8
    }
  }
  put(0b011, 3)
  for _ in 0..<count / 258 { put(0b00000_10100011, 13) }
  put(0, 7 + 8)
  return [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255] + stored + coded + [UInt8](repeating: 0, count: 8)
}

/// Where data lie that are not part of the repository: `data/` under `ISTHMUS_SHARED`, or under `shared` beside the repository.
func sharedPath(_ path: String, file: String = #filePath) -> String {
  let repository = (0..<3).reduce(URL(fileURLWithPath: file)) { url, _ in url.deletingLastPathComponent() }
  let shared =
    ProcessInfo.processInfo.environment["ISTHMUS_SHARED"]
    ?? repository.deletingLastPathComponent().appendingPathComponent("shared").path
  return "\(shared)/data/\(path)"
}

/// `sharedPath`, or nil where it is absent.
func sharedData(_ path: String) -> String? {
  let path = sharedPath(path)
  return FileManager.default.fileExists(atPath: path) ? path : nil
}

/// A small labelled set: point i has features i, i + 1, ... and label i % classes.
func countingSet(_ count: Int, features: Int = 3, classes: Int = 3, name: String = "counting") throws -> Dataset {
  try Dataset(
    name: name, inputs: (0..<count * features).map { Double($0 / features + $0 % features) }, features: features,
    labels: (0..<count).map { $0 % classes }, values: (0..<count).map(Double.init), source: "test")
}
