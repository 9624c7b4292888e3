import Foundation

/// The files of a directory that are named like MNIST's.
///
/// A file is recognised by the end of its name, so that a prefix such as `emnist-letters-` may stand before it. `idx3.ubyte` may have a
/// dot, `t10k` may be `test`, labels may be QMNIST's `idx2-int`, and `.gz` may follow. Of a file and its compressed copy the former is
/// taken. The files may lie where torchvision puts them: in `raw`, or in `MNIST/raw` and the like.
struct MNISTDirectory {
  let images: String
  let labels: String
  let test: DataSource.TestFiles?

  private static let folders = ["", "raw"] + ["MNIST", "FashionMNIST", "KMNIST", "QMNIST", "EMNIST"].map { "\($0)/raw" }

  /// - Parameter split: what the names begin with, such as `letters` or `emnist-letters`; nil takes all.
  /// - Throws: `DatasetError.missingFiles` where images or labels are absent, `.ambiguousFiles` where there are several, `.foreignFormat`
  ///   for folders of another kind.
  init(_ directory: String, split: String? = nil) throws(DatasetError) {
    var names: [String] = []
    for folder in Self.folders {
      let path = folder.isEmpty ? directory : DataDirectory.join(directory, folder)
      if !folder.isEmpty, !DataDirectory.exists(path) { continue }
      for name in try DataDirectory.names(path) where split.map({ name.hasPrefix("\($0)-") || name.hasPrefix("emnist-\($0)-") }) ?? true {
        names.append(folder.isEmpty ? name : "\(folder)/\(name)")
      }
    }
    func find(_ stems: [String]) throws(DatasetError) -> String? {
      var found: [String: String] = [:]
      for name in names {
        let plain = (name.hasSuffix(".gz") ? String(name.dropLast(3)) : name)
        let normal = plain.replacingOccurrences(of: ".idx", with: "-idx")
        guard stems.contains(where: normal.hasSuffix) else { continue }
        // Sorted names have the plain file before the compressed one.
        if found[normal] == nil { found[normal] = name }
      }
      guard found.count <= 1 else {
        throw .ambiguousFiles(directory: directory, role: stems[0], candidates: found.values.sorted())
      }
      return found.values.first.map { DataDirectory.join(directory, $0) }
    }
    let images = try find(["train-images-idx3-ubyte"])
    let labels = try find(["train-labels-idx1-ubyte", "train-labels-idx2-int"])
    let testImages = try find(["t10k-images-idx3-ubyte", "test-images-idx3-ubyte"])
    let testLabels = try find(["t10k-labels-idx1-ubyte", "test-labels-idx1-ubyte", "test-labels-idx2-int"])
    guard let images, let labels else {
      if let foreign = try DataDirectory.foreign(directory, expected: "files named like MNIST's") { throw foreign }
      let missing = [images == nil ? "train-images-idx3-ubyte" : nil, labels == nil ? "train-labels-idx1-ubyte" : nil]
      throw .missingFiles(directory: directory, expected: missing.compactMap { $0 })
    }
    (self.images, self.labels) = (images, labels)
    switch (testImages, testLabels) {
    case (nil, nil): test = nil
    case (let testImages?, let testLabels?): test = DataSource.TestFiles(inputs: testImages, targets: testLabels)
    case (nil, _): throw .missingFiles(directory: directory, expected: ["t10k-images-idx3-ubyte"])
    case (_, nil): throw .missingFiles(directory: directory, expected: ["t10k-labels-idx1-ubyte"])
    }
  }
}
