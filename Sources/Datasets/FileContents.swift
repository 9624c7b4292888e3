import CZlib
import Foundation

/// What identifies a file in a manifest.
public struct FileChecksum: Sendable, Hashable, Codable {
  /// As it was given.
  public let path: String
  /// Size on disk, not decompressed.
  public let byteCount: Int
  /// CRC-32 (as in gzip and zip) of the bytes on disk. It finds changes and damage; it is no protection from malice.
  public let crc32: UInt32

  init(path: String, bytes: [UInt8]) {
    self.path = path
    self.byteCount = bytes.count
    self.crc32 = bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
  }
}

/// The bytes of a data file, decompressed if it begins with gzip's magic number.
struct FileContents {
  let path: String
  let bytes: [UInt8]
  let checksum: FileChecksum

  /// Wraps bytes that are already in memory; they are decompressed as those of a file are.
  ///
  /// - Throws: `DatasetError.emptyFile`, `.damagedGzip`, `.tooLarge`.
  init(path: String, bytes: [UInt8]) throws(DatasetError) {
    guard !bytes.isEmpty else { throw .emptyFile(path: path) }
    self.path = path
    self.checksum = FileChecksum(path: path, bytes: bytes)
    if bytes.starts(with: Gzip.magic) {
      self.bytes = try Gzip.decompress(bytes, path: path)
      guard !self.bytes.isEmpty else { throw .emptyFile(path: path) }
    } else {
      self.bytes = bytes
    }
  }

  /// Reads a whole regular file.
  ///
  /// - Throws: `DatasetError.fileNotFound`, `.isDirectory`, `.unreadable`, `.emptyFile`, `.damagedGzip`, `.tooLarge`.
  init(contentsOf path: String) throws(DatasetError) {
    // Without O_NONBLOCK the opening of a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR { throw .fileNotFound(path: path) }
      throw .unreadable(path: path, reason: String(cString: strerror(code)))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw .isDirectory(path: path) }
    guard kind == S_IFREG else { throw .unreadable(path: path, reason: "it is not a regular file") }

    let size = Int(status.st_size)
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        guard let base = buffer.baseAddress else { break }
        let got = read(descriptor, base + count, size - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        count += got
      }
    }
    guard failure == 0 else { throw .unreadable(path: path, reason: String(cString: strerror(failure))) }
    try self.init(path: path, bytes: bytes)
  }
}
