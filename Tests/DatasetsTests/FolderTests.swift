import Datasets
import Testing

/// Folders as torchvision and the archives of the data sets make them.
@Suite struct FolderTests {
  private let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func set(_ names: [String], label: UInt8) throws {
    for (name, bytes) in zip(names, [idx([1, 1, 2], [1, 2]), idx([1], [label]), idx([1, 1, 2], [3, 4]), idx([1], [label])]) {
      _ = try directory.write(name, bytes)
    }
  }

  private static let endings = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"]

  @Test(arguments: ["", "raw/", "MNIST/raw/", "FashionMNIST/raw/", "KMNIST/raw/"]) func theFolderOfTorchvisionIsSearched(folder: String)
    throws
  {
    try set(Self.endings.map { folder + $0 }, label: 5)
    let data = try DataSource.mnist(directory: directory.path).load()
    #expect(data.train.inputs == [1, 2] && data.test?.inputs == [3, 4])
    #expect(data.train.classNames == ["5"])
    // Beside a compressed copy.
    _ = try directory.write("\(folder)\(Self.endings[0]).gz", [0x1f, 0x8b])
    #expect(try DataSource.mnist(directory: directory.path).load().train.count == 1)
  }

  @Test func twoSetsInOneFolderAreToldApart() throws {
    for (split, label) in [("letters", UInt8(26)), ("digits", 9)] {
      try set(Self.endings.map { "EMNIST/raw/emnist-\(split)-\($0.replacing("t10k", with: "test"))" }, label: label)
    }
    guard case .ambiguousFiles = try refusal({ try DataSource.mnist(directory: directory.path).load() }) else {
      Issue.record("one of two sets was taken")
      return
    }
    #expect(try DataSource.parse("mnist:\(directory.path),split=letters").load().train.classNames == ["26"])
    #expect(try DataSource.parse("mnist:\(directory.path),split=emnist-digits").load().train.classNames == ["9"])
    guard case .missingFiles = try refusal({ try DataSource.parse("mnist:\(directory.path),split=balanced").load() }) else {
      Issue.record("a set that is not there was found")
      return
    }
  }

  @Test func qmnistIsRead() throws {
    let labels = idx(type: 0x0C, [1, 8], [0, 0, 0, 4] + [UInt8](repeating: 1, count: 28))
    for part in ["train", "test"] {
      _ = try directory.write("QMNIST/raw/qmnist-\(part)-images-idx3-ubyte.gz", gzip(idx([1, 1, 2], [1, 2])))
      _ = try directory.write("QMNIST/raw/qmnist-\(part)-labels-idx2-int.gz", gzip(labels))
    }
    let data = try DataSource.mnist(directory: directory.path).load()
    #expect(data.train.classNames == ["4"] && data.test?.count == 1)
  }

  @Test func theFolderOfCIFAR10IsFoundWithoutItsCompressedCopies() throws {
    let record = [UInt8(2)] + [UInt8](repeating: 1, count: 3072)
    for name in ["data_batch_1.bin", "test_batch.bin"] {
      _ = try directory.write("cifar-10-batches-bin/\(name)", record)
      _ = try directory.write("cifar-10-batches-bin/\(name).gz", gzip(record))
    }
    let data = try DataSource.cifar10(paths: [directory.path]).load()
    #expect(data.train.count == 1 && data.test?.count == 1)
    #expect(data.train.classNames == ["bird"])
  }
}
