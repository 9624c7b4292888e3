import Datasets
import Foundation

/// Files that are read whole, as long as they are no larger than such files are.
package enum SmallFile {
  /// Contents of a file.
  ///
  /// - Parameter kind: what the file should hold, in the plural or with an article, for the error.
  /// - Throws: `YAMLFileError.unreadable`.
  package static func contents(_ path: String, atMost limit: Int, kind: String) throws(YAMLFileError) -> [UInt8] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw .unreadable(path: path, reason: "no such file.")
    }
    guard !isFolder.boolValue else { throw .unreadable(path: path, reason: "it is a folder.") }
    let data: Data?
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      data = try file.read(upToCount: limit + 1)
    } catch {
      throw .unreadable(path: path, reason: error.localizedDescription)
    }
    let bytes = Array(data ?? Data())
    guard bytes.count <= limit else {
      throw .unreadable(path: path, reason: "it is longer than the \(limit) bytes that \(kind) may take.")
    }
    return bytes
  }

  /// Contents of a file that may be compressed by gzip, as `contents` else; the limit is also that of what it inflates to.
  package static func inflatedContents(_ path: String, atMost limit: Int, kind: String) throws(YAMLFileError) -> [UInt8] {
    let stored = try contents(path, atMost: limit, kind: kind)
    let bytes: [UInt8]?
    do {
      bytes = try InflatedBytes.contents(stored, path: path, atMost: limit)
    } catch {
      throw .unreadable(path: path, reason: "\(error)")
    }
    guard let bytes else {
      throw .unreadable(path: path, reason: "it inflates to more than the \(limit) bytes that \(kind) may take.")
    }
    return bytes
  }
}
