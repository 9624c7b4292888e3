import Foundation

/// The names in a directory.
enum DataDirectory {
  /// Sorted names, without a path.
  ///
  /// - Throws: `DatasetError.fileNotFound`, or `.unreadable` if it is no directory or may not be read.
  static func names(_ directory: String) throws(DatasetError) -> [String] {
    var isDirectory: ObjCBool = false
    guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) else { throw .fileNotFound(path: directory) }
    guard isDirectory.boolValue else {
      throw .unreadable(path: directory, reason: "a directory was expected and this is a file")
    }
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
    } catch {
      throw .unreadable(path: directory, reason: error.localizedDescription)
    }
  }

  static func join(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }
}
