import Foundation

/// The files of CIFAR-10 records that are meant by a list of files or by one directory.
struct CIFAR10Files {
  let train: [String]
  let test: [String]

  /// In a directory, `data_batch*.bin` in the order of their names are for training and `test_batch*.bin` for testing; `.gz` may follow.
  ///
  /// - Throws: `DatasetError.missingFiles` without any file for training.
  init(_ paths: [String]) throws(DatasetError) {
    var isDirectory: ObjCBool = false
    if paths.count == 1, FileManager.default.fileExists(atPath: paths[0], isDirectory: &isDirectory), isDirectory.boolValue {
      let names = try DataDirectory.names(paths[0]).filter { $0.hasSuffix(".bin") || $0.hasSuffix(".bin.gz") }
      train = names.filter { $0.hasPrefix("data_batch") }.map { DataDirectory.join(paths[0], $0) }
      test = names.filter { $0.hasPrefix("test_batch") }.map { DataDirectory.join(paths[0], $0) }
    } else {
      let isTest = { (path: String) in (path as NSString).lastPathComponent.hasPrefix("test") }
      train = paths.filter { !isTest($0) }
      test = paths.filter(isTest)
    }
    guard !train.isEmpty else {
      throw .missingFiles(directory: paths.joined(separator: ","), expected: ["data_batch_1.bin"])
    }
  }
}
