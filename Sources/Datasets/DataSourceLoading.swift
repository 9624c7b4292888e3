import Foundation

extension DataSource {
  /// Reads and checks every file of the source, or draws its points.
  ///
  /// - Throws: `DatasetError` that names the file and what is wrong with it.
  public func load() throws(DatasetError) -> LoadedData {
    switch self {
    case .digits:
      return try Digits.load()
    case .mnist(let directory, let split):
      let files = try MNISTDirectory(directory, split: split)
      return try Self.loadIDX(
        name: (directory as NSString).lastPathComponent, images: files.images, labels: files.labels, test: files.test)
    case .idx(let images, let labels, let test):
      return try Self.loadIDX(name: nil, images: images, labels: labels, test: test)
    case .cifar10(let paths):
      return try Self.loadCIFAR10(paths)
    case .csv(let file, let testFile, let target, let hasHeader):
      return try Self.loadCSV(file, testFile, target: target, header: hasHeader.map { $0 ? .yes : .no } ?? .automatic)
    case .npy(let inputs, let targets, let test):
      return try Self.loadNPY(inputs, targets, test)
    case .npz(let file, let train, let test):
      return try Self.loadNPZ(file, train, test)
    case .gaussian(let teacher):
      return try LoadedData(train: teacher.dataset())
    }
  }

  /// - Parameter name: of the whole; nil takes that of the images for each set.
  private static func loadIDX(name: String?, images: String, labels: String, test: TestFiles?) throws(DatasetError) -> LoadedData {
    var checksums: [FileChecksum] = []
    func set(_ part: String, _ images: String, _ labels: String) throws(DatasetError) -> Dataset {
      let (images, labels) = (try DataStream(contentsOf: images), try DataStream(contentsOf: labels))
      let set = try IDXReader.dataset(
        name: name.map { $0 + part } ?? images.path, images: images, labels: labels, source: "\(images.path), \(labels.path)")
      checksums += [images.checksum, labels.checksum]
      return set
    }
    let train = try set(test == nil ? "" : " train", images, labels)
    let testSet: Dataset? = if let test { try set(" test", test.inputs, test.targets) } else { nil }
    return try LoadedData(train: train, test: testSet, files: checksums)
  }

  private static func loadCIFAR10(_ paths: [String]) throws(DatasetError) -> LoadedData {
    let files = try CIFAR10Files(paths)
    var checksums: [FileChecksum] = []
    func set(_ name: String, _ paths: [String]) throws(DatasetError) -> Dataset {
      var streams: [DataStream] = []
      for path in paths { streams.append(try DataStream(contentsOf: path)) }
      let set = try CIFAR10Reader.dataset(name: name, files: streams)
      checksums += streams.map(\.checksum)
      return set
    }
    let train = try set(files.test.isEmpty ? "cifar10" : "cifar10 train", files.train)
    let test = files.test.isEmpty ? nil : try set("cifar10 test", files.test)
    return try LoadedData(train: train, test: test, files: checksums)
  }

  private static func loadCSV(
    _ file: String, _ testFile: String?, target: String?, header: CSVReader.Header
  ) throws(DatasetError) -> LoadedData {
    var checksums: [FileChecksum] = []
    func table(_ path: String) throws(DatasetError) -> CSVTable {
      let stream = try DataStream(contentsOf: path)
      let table = try CSVReader.read(stream, target: target, header: header)
      checksums.append(stream.checksum)
      return table
    }
    let train = try table(file)
    let test: CSVTable? = if let testFile { try table(testFile) } else { nil }
    return try CSVTable.loaded(train: train, test: test, files: checksums)
  }

  private static func loadNPY(_ inputs: String, _ targets: String, _ test: TestFiles?) throws(DatasetError) -> LoadedData {
    var checksums: [FileChecksum] = []
    func points(_ inputs: String, _ targets: String) throws(DatasetError) -> NPYPoints {
      let (inputs, targets) = (try NPYReader.read(contentsOf: inputs), try NPYReader.read(contentsOf: targets))
      checksums += [inputs.checksum, targets.checksum]
      return try NPYPoints(inputs: inputs.array, targets: targets.array)
    }
    let train = try points(inputs, targets)
    let testPoints: NPYPoints? = if let test { try points(test.inputs, test.targets) } else { nil }
    return try NPYPoints.loaded(train: train, test: testPoints, files: checksums, notices: [])
  }

  private static func loadNPZ(_ file: String, _ train: ArrayNames?, _ test: ArrayNames?) throws(DatasetError) -> LoadedData {
    let archive = try NPZArchive(.file(try RegularFile(file)))
    let names = if let train { (train: train, test: test) } else { try archive.customaryNames() }
    func points(_ names: ArrayNames) throws(DatasetError) -> NPYPoints {
      try NPYPoints(inputs: archive.array(names.inputs), targets: archive.array(names.targets))
    }
    let trainPoints = try points(names.train)
    let testPoints: NPYPoints? = if let test = names.test { try points(test) } else { nil }
    let notice =
      "\(file): inputs \(names.train.inputs), targets \(names.train.targets)"
      + (names.test.map { "; test set \($0.inputs), \($0.targets)" } ?? ", no test set of its own")
    return try NPYPoints.loaded(
      train: trainPoints, test: testPoints, files: [archive.stored.checksum()], notices: train == nil ? [notice] : [])
  }
}
