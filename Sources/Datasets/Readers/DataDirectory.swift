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

  static func exists(_ directory: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory) && isDirectory.boolValue
  }

  static func join(_ directory: String, _ name: String) -> String {
    directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }

  /// Names what a directory holds in place of what was expected, or nil.
  static func foreign(_ directory: String, expected: String) throws(DatasetError) -> DatasetError? {
    let names = try names(directory)
    func foreign(_ found: String, _ advice: String) -> DatasetError {
      .foreignFormat(path: directory, expected: expected, found: found, advice: advice)
    }
    if names.contains("data_batch_1") || names.contains("cifar-10-batches-py") {
      return foreign(
        "the Python version of CIFAR-10 (pickles)",
        "Fetch the binary version (cifar-10-binary.tar.gz), unpack it and name its folder; or save the arrays with numpy.savez and name npz:FILE"
      )
    }
    if names.contains(where: { $0.hasPrefix("cifar-100") }) || names.contains("fine_label_names.txt") || names.contains("meta") {
      return foreign("CIFAR-100", "Take CIFAR-10, or save images and fine labels with numpy.savez and name npz:FILE")
    }
    if names.contains("cifar-10-batches-bin") || names.contains("data_batch_1.bin") {
      return foreign("CIFAR-10", "Name it as cifar10:\(directory)")
    }
    if let archive = names.first(where: { [".tar", ".tar.gz", ".tgz", ".zip"].contains(where: $0.hasSuffix) }) {
      return foreign("an archive, \(archive)", "Unpack it here and name the folder again")
    }
    for name in names.prefix(100) where exists(join(directory, name)) {
      let images = try Self.names(join(directory, name)).contains { name in
        [".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"].contains(where: name.lowercased().hasSuffix)
      }
      if images {
        return foreign(
          "folders of images, as for torchvision's ImageFolder",
          "Collect the images in one array, save it with numpy.savez and name npz:FILE")
      }
    }
    return nil
  }
}
