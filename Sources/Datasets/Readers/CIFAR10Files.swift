import Foundation

/// The files of CIFAR-10 records that are meant by a list of files or by one directory.
struct CIFAR10Files {
  let train: [String]
  let test: [String]

  /// Files of a directory: `data_batch*.bin` by name are for training and `test_batch*.bin` for testing; `.gz` may follow.
  /// The files may lie in `cifar-10-batches-bin`, where the archive has them.
  ///
  /// - Throws: `DatasetError.missingFiles` without any file for training, `.foreignFormat` for folders of another kind.
  init(_ paths: [String]) throws(DatasetError) {
    if paths.count == 1, DataDirectory.exists(paths[0]) {
      let inner = DataDirectory.join(paths[0], "cifar-10-batches-bin")
      let directory = DataDirectory.exists(inner) ? inner : paths[0]
      let all = try DataDirectory.names(directory)
      // Of a file and its compressed copy the former is taken.
      let names = all.filter { $0.hasSuffix(".bin") || $0.hasSuffix(".bin.gz") && !all.contains(String($0.dropLast(3))) }
      train = names.filter { $0.hasPrefix("data_batch") }.map { DataDirectory.join(directory, $0) }
      test = names.filter { $0.hasPrefix("test_batch") }.map { DataDirectory.join(directory, $0) }
      if train.isEmpty, let foreign = try DataDirectory.foreign(paths[0], expected: "records of CIFAR-10 (binary version)") {
        throw foreign
      }
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
