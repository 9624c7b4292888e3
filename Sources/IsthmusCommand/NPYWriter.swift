import Compute
import Foundation
import NumPyFormat

/// Writes an array in NumPy's format row by row, so that it need not fit into memory, and shows it only when it is complete.
///
/// Version 1.0, little-endian, row-major.
final class NPYWriter {
  let url: URL
  private let partial: URL
  private let precision: Precision
  private let handle: FileHandle
  private var isOpen = true

  /// Begins a hidden file beside `url`, whose folder is made if it does not exist.
  init(_ url: URL, shape: [Int], precision: Precision) throws(CommandLineError) {
    self.url = url
    self.precision = precision
    partial = url.deletingLastPathComponent().appendingPathComponent(".\(url.lastPathComponent).partial")
    do {
      try Self.createFolder(url.deletingLastPathComponent())
      try Data(NPYHeader(descr: "<f\(precision.byteCount)", shape: shape).encoded).write(to: partial)
      handle = try FileHandle(forWritingTo: partial)
      try handle.seekToEnd()
    } catch let error as CommandLineError {
      throw error
    } catch {
      throw .cannotWrite(path: url.path, reason: error.localizedDescription)
    }
  }

  private static func createFolder(_ folder: URL) throws(CommandLineError) {
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    } catch {
      // Foundation keeps the cause to itself; the system tells it again.
      let reason = access(folder.path, W_OK) == 0 ? error.localizedDescription : String(cString: strerror(errno))
      throw .cannotWrite(path: folder.path, reason: reason)
    }
  }

  /// - Parameter values: whole rows.
  func append(_ values: [Double]) throws(CommandLineError) {
    try writing {
      switch precision {
      case .float64: try handle.write(contentsOf: values.map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) })
      case .float32: try handle.write(contentsOf: values.map { Float($0).bitPattern.littleEndian }.withUnsafeBytes { Data($0) })
      }
    }
  }

  /// Waits until all rows are on the disk.
  func complete() throws(CommandLineError) {
    try writing {
      try handle.synchronize()
      try handle.close()
    }
    isOpen = false
  }

  /// Gives the complete file its name, in place of an older one.
  func publish() throws(CommandLineError) {
    guard rename(partial.path, url.path) == 0 else { throw .cannotWrite(path: url.path, reason: String(cString: strerror(errno))) }
  }

  func abandon() {
    if isOpen { try? handle.close() }
    isOpen = false
    unlink(partial.path)
  }

  private func writing(_ body: () throws -> Void) throws(CommandLineError) {
    do { try body() } catch { throw .cannotWrite(path: url.path, reason: error.localizedDescription) }
  }
}
