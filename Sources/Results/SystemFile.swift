import DurableFiles
import Foundation
import PrintableText

/// Calls to the operating system; errors carry the text of `errno`.
package enum SystemFile {
  static var lastError: String { String(cString: strerror(errno)) }

  /// What `body` returns, its error as one of results.
  static func durably<Value>(_ body: () throws(FileError) -> Value) throws(ResultsError) -> Value {
    do {
      return try body()
    } catch {
      switch error {
      case .cannotWrite(let path, let reason): throw .cannotWrite(path: path, reason: reason)
      case .cannotRead(let path, let reason), .notTrusted(let path, let reason): throw .cannotRead(path: path, reason: reason)
      }
    }
  }

  /// Replaces `url` by `bytes` in one go; see `ReplacementFile`.
  static func replace(_ url: URL, with bytes: [UInt8]) throws(ResultsError) {
    try durably { () throws(FileError) in try DurableFile.replace(url, with: bytes) }
  }

  /// Removes a file; that there is none is no error.
  static func remove(_ url: URL) throws(ResultsError) {
    try durably { () throws(FileError) in try DurableFile.remove(url) }
  }

  /// Makes a folder and those above it that are missing.
  ///
  /// - Throws: `ResultsError.notWritable` with the system's reason, for example where a file is in the way.
  package static func createFolder(_ folder: URL) throws(ResultsError) {
    do {
      try DurableFile.createFolder(folder)
    } catch {
      throw .notWritable(path: error.path, reason: error.reason)
    }
  }

  /// Writes a file in `folder` and removes it again.
  static func checkWritable(_ folder: URL) throws(ResultsError) {
    let probe = folder.appendingPathComponent(".writable-\(getpid())")
    do {
      try replace(probe, with: [UInt8(0)])
    } catch .cannotWrite(_, let reason) {
      throw .notWritable(path: folder.path, reason: reason)
    }
    unlink(probe.path)
  }

  /// Throws unless an unprivileged process can still write `expectedBytes` in `folder`.
  static func checkSpace(_ folder: URL, expectedBytes: Int) throws(ResultsError) {
    let available: Int
    do {
      available = try DurableFile.availableBytes(in: folder)
    } catch {
      throw .notWritable(path: error.path, reason: error.reason)
    }
    guard available >= expectedBytes else {
      throw .notEnoughSpace(path: folder.path, expectedBytes: expectedBytes, availableBytes: available)
    }
  }

  /// Opens a regular file to read; a pipe, a device or a folder in its place is refused, since reading might not end.
  ///
  /// - Throws: `ResultsError.cannotRead`.
  static func openForReading(_ url: URL) throws(ResultsError) -> Int32 {
    // A pipe without a writer would block.
    let descriptor = open(url.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotRead(path: url.path, reason: errno == ENOENT ? "no such file" : lastError) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .cannotRead(path: url.path, reason: "it is no regular file")
    }
    return descriptor
  }

  /// - Parameter limit: in bytes; a larger file is refused before it is read.
  static func contents(of url: URL, limit: Int = .max) throws(ResultsError) -> [UInt8] {
    let file = FileHandle(fileDescriptor: try openForReading(url), closeOnDealloc: true)
    do {
      guard try file.seekToEnd() <= UInt64(limit) else {
        throw ResultsError.cannotRead(path: url.path, reason: "it is larger than \(limit.byteText)")
      }
      try file.seek(toOffset: 0)
      return [UInt8](try file.readToEnd() ?? Data())
    } catch {
      throw error as? ResultsError ?? .cannotRead(path: url.path, reason: "\(error)")
    }
  }

  /// The bytes of a file that is read from the disk as they are touched. It must not be shortened meanwhile; replacing it is harmless.
  static func mapped(_ url: URL) throws(ResultsError) -> Data {
    close(try openForReading(url))
    do {
      return try Data(contentsOf: url, options: .alwaysMapped)
    } catch {
      throw .cannotRead(path: url.path, reason: "\(error)")
    }
  }
}
