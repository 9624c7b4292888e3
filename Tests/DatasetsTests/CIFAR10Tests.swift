import Datasets
import Testing

@Suite struct CIFAR10Tests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func record(_ label: UInt8, _ pixel: UInt8) -> [UInt8] { [label] + [UInt8](repeating: pixel, count: 3072) }

  @Test func recordsAreReadInTheOrderOfTheFiles() throws {
    let first = try directory.write("data_batch_1.bin", record(9, 7) + record(0, 8))
    let second = try directory.write("data_batch_2.bin", record(3, 9))
    let test = try directory.write("test_batch.bin", record(1, 5))
    for source in [DataSource.cifar10(paths: [first, second, test]), .cifar10(paths: [directory.path])] {
      let data = try source.load()
      // Of the ten classes those that have a point.
      #expect(data.train.classNames == ["airplane", "automobile", "cat", "truck"])
      #expect(data.train.classNumbers == [0, 1, 3, 9])
      #expect(data.train.labels == [3, 0, 2])
      #expect(data.train.imageShape == ImageShape(channels: 3, height: 32, width: 32))
      #expect(try data.train.subset([2, 0]).inputs == [Double](repeating: 9, count: 3072) + [Double](repeating: 7, count: 3072))
      #expect(data.test?.labels == [1])
      #expect(data.files.map(\.path) == [first, second, test])
    }
  }

  @Test func partOfARecordIsRefused() throws {
    let cut = try directory.write("cut.bin", Array(record(1, 1).dropLast()))
    #expect(throws: DatasetError.truncated(path: cut, expected: 3073, found: 3072)) { try DataSource.cifar10(paths: [cut]).load() }
    let long = try directory.write("long.bin", record(1, 1) + [0, 0])
    #expect(throws: DatasetError.truncated(path: long, expected: 6146, found: 3075)) { try DataSource.cifar10(paths: [long]).load() }
  }

  @Test func aLabelAboveNineIsRefused() throws {
    let file = try directory.write("batch.bin", record(1, 1) + record(10, 1))
    #expect(throws: DatasetError.invalidLabel(path: file, place: "record 1 (from 0)", found: "10, and CIFAR-10's are 0...9")) {
      try DataSource.cifar10(paths: [file]).load()
    }
  }

  @Test func aDirectoryWithoutTrainingFilesIsRefused() {
    #expect(throws: DatasetError.missingFiles(directory: directory.path, expected: ["data_batch_1.bin"])) {
      try DataSource.cifar10(paths: [directory.path]).load()
    }
  }
}
