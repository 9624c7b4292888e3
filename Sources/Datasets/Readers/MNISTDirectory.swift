import Foundation

/// The files of a directory that are named like MNIST's.
///
/// A file is recognised by the end of its name, so that a prefix such as `emnist-letters-` may stand before it. `idx3.ubyte` may have a
/// dot, `t10k` may be `test`, and `.gz` may follow. Of a file and its compressed copy the former is taken.
struct MNISTDirectory {
  let images: String
  let labels: String
  let test: DataSource.TestFiles?

  /// - Throws: `DatasetError.missingFiles` where images or labels are absent, `.ambiguousFiles` where there are several.
  init(_ directory: String) throws(DatasetError) {
    let names = try DataDirectory.names(directory)
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
    let labels = try find(["train-labels-idx1-ubyte"])
    let testImages = try find(["t10k-images-idx3-ubyte", "test-images-idx3-ubyte"])
    let testLabels = try find(["t10k-labels-idx1-ubyte", "test-labels-idx1-ubyte"])
    guard let images, let labels else {
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
