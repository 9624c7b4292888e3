import Foundation

extension DataSource {
  /// Reads and checks every file of the source, or draws its points.
  ///
  /// - Throws: `DatasetError` that names the file and what is wrong with it.
  public func load() throws(DatasetError) -> LoadedData {
    switch self {
    case .digits:
      return try Digits.load()
    case .mnist(let directory):
      let files = try MNISTDirectory(directory)
      return try Self.loadIDX(
        name: (directory as NSString).lastPathComponent, images: files.images, labels: files.labels, test: files.test)
    case .idx(let images, let labels, let test):
      return try Self.loadIDX(name: "idx", images: images, labels: labels, test: test)
    case .cifar10(let paths):
      return try Self.loadCIFAR10(paths)
    case .csv(let file, let testFile, let target, let hasHeader):
      return try Self.loadCSV(file, testFile, target: target, header: hasHeader.map { $0 ? .yes : .no } ?? .automatic)
    case .npy(let inputs, let targets, let test):
      return try Self.loadNPY(inputs, targets, test)
    case .gaussian(let teacher):
      return try LoadedData(train: teacher.dataset())
    }
  }

  private static func loadIDX(name: String, images: String, labels: String, test: TestFiles?) throws(DatasetError) -> LoadedData {
    var checksums: [FileChecksum] = []
    func set(_ name: String, _ images: String, _ labels: String) throws(DatasetError) -> Dataset {
      let (images, labels) = (try FileContents(contentsOf: images), try FileContents(contentsOf: labels))
      checksums += [images.checksum, labels.checksum]
      return try IDXReader.dataset(name: name, images: images, labels: labels, source: "\(images.path), \(labels.path)")
    }
    let train = try set(test == nil ? name : "\(name) train", images, labels)
    let testSet: Dataset? = if let test { try set("\(name) test", test.inputs, test.targets) } else { nil }
    return try LoadedData(train: train, test: testSet, files: checksums)
  }

  private static func loadCIFAR10(_ paths: [String]) throws(DatasetError) -> LoadedData {
    let files = try CIFAR10Files(paths)
    var checksums: [FileChecksum] = []
    func set(_ name: String, _ paths: [String]) throws(DatasetError) -> Dataset {
      var contents: [FileContents] = []
      for path in paths { contents.append(try FileContents(contentsOf: path)) }
      checksums += contents.map(\.checksum)
      return try CIFAR10Reader.dataset(name: name, files: contents)
    }
    let train = try set(files.test.isEmpty ? "cifar10" : "cifar10 train", files.train)
    let test = files.test.isEmpty ? nil : try set("cifar10 test", files.test)
    return try LoadedData(train: train, test: test, files: checksums)
  }

  private static func loadCSV(
    _ file: String, _ testFile: String?, target: String?, header: CSVReader.Header
  ) throws(DatasetError) -> LoadedData {
    let trainContents = try FileContents(contentsOf: file)
    let train = try CSVReader.read(trainContents, target: target, header: header)
    guard let testFile else {
      return try LoadedData(train: CSVTable.datasets(name: "csv", train: train, test: nil).train, files: [trainContents.checksum])
    }
    let testContents = try FileContents(contentsOf: testFile)
    let test = try CSVReader.read(testContents, target: target, header: header)
    let sets = try CSVTable.datasets(name: "csv", train: train, test: test)
    return try LoadedData(train: sets.train, test: sets.test, files: [trainContents.checksum, testContents.checksum])
  }

  private static func loadNPY(_ inputs: String, _ targets: String, _ test: TestFiles?) throws(DatasetError) -> LoadedData {
    var checksums: [FileChecksum] = []
    func arrays(_ inputs: String, _ targets: String) throws(DatasetError) -> NPYPoints {
      let (inputs, targets) = (try FileContents(contentsOf: inputs), try FileContents(contentsOf: targets))
      checksums += [inputs.checksum, targets.checksum]
      return try NPYPoints(inputs: NPYReader.read(inputs), targets: NPYReader.read(targets))
    }
    let train = try arrays(inputs, targets)
    guard let test else {
      return try LoadedData(train: train.dataset(name: "npy", hasLabels: train.labels != nil), files: checksums)
    }
    let testPoints = try arrays(test.inputs, test.targets)
    let hasLabels = train.labels != nil && testPoints.labels != nil
    return try LoadedData(
      train: train.dataset(name: "npy train", hasLabels: hasLabels), test: testPoints.dataset(name: "npy test", hasLabels: hasLabels),
      files: checksums)
  }
}
