import Datasets
import Foundation
import Testing

@Suite struct DataSourceTests {
  @Test(
    arguments: [
      "digits", "mnist:data/mnist", "idx:a,b", "idx:a,b,c,d", "cifar10:data", "cifar10:a.bin,b.bin", "csv:a.csv", "csv:a.csv,b.csv",
      "csv:a.csv,target=y,header=no", "npy:x.npy,y.npy", "npy:x,y,z,w", "gaussian:features=4,degree=3,count=7,seed=18446744073709551615",
      "csv:a\\,b\\\\c.csv", "mnist:C:\\\\data", "mnist:data,split=letters", "npz:a.npz", "npz:a.npz,x=u,y=v",
      "npz:a.npz,x=u,y=v,testx=s,testy=t",
    ])
  func theTextIsCanonicalAndCodable(text: String) throws {
    let source = try DataSource.parse(text)
    #expect(source.description == text)
    #expect(DataSource(rawValue: text) == source)
    let decoded = try JSONDecoder().decode([DataSource].self, from: JSONEncoder().encode([source]))
    #expect(decoded == [source])
  }

  @Test func textsThatAreNotCanonicalAreUnderstood() throws {
    #expect(try DataSource.parse("./data") == .mnist(directory: "./data"))
    #expect(try DataSource.parse("csv:a\\,b.csv") == .csv(file: "a,b.csv", testFile: nil, target: nil, hasHeader: nil))
    #expect(try DataSource.parse("gaussian") == .gaussian(GaussianTeacher()))
    #expect(try DataSource.parse("gaussian:degree=1").description == "gaussian:features=10,degree=1,count=10000,seed=0")
  }

  @Test func anUnknownSourceIsAnsweredWithTheKnownOnes() {
    for text in ["", "imagenet", "digits:8", "MNIST:dir", "mnist"] {
      #expect {
        _ = try DataSource.parse(text)
      } throws: { error in
        DataSource.knownForms.allSatisfy { "\(error)".contains($0) } && "\(error)".contains("'\(text)'")
      }
    }
  }

  @Test(
    arguments: [
      "mnist:", "mnist:a,b", "idx:a", "idx:a,b,c", "idx:a,,c,d", "npy:x.npy", "cifar10:", "cifar10:a,", "csv:", "csv:a,b,c",
      "csv:a,header=maybe", "csv:target=y", "csv:a,target=", "csv:a,target=x,target=y", "gaussian:width=3", "gaussian:features",
      "gaussian:features=2,features=3", "gaussian:features=-1", "gaussian:", "npz:", "npz:a,b", "npz:a,x=u", "npz:a,x=u,y=v,testx=w",
      "npz:a,testx=u,testy=v", "npz:a,x=,y=v", "mnist:a,split=", "mnist:split=letters", "mnist:a,split=x,split=y",
    ])
  func wrongArgumentsAreRefused(text: String) {
    #expect {
      _ = try DataSource.parse(text)
    } throws: { error in
      if case .invalidSource(text, _) = error as? DatasetError { true } else { false }
    }
    #expect {
      _ = try JSONDecoder().decode([DataSource].self, from: JSONEncoder().encode([text]))
    } throws: { error in
      "\(error)".contains("Known: digits")
    }
  }

  @Test(arguments: ["features=0", "degree=0", "degree=11", "count=0", "count=99999999999", "features=18446744073709551615"])
  func settingsOfTheTeacherHaveARange(setting: String) {
    #expect {
      _ = try DataSource.parse("gaussian:\(setting)")
    } throws: { error in
      if case .invalidParameter = error as? DatasetError { true } else { false }
    }
  }

  @Test func theTeacherIsTheSignOfAProductOfNormalNumbers() throws {
    let data = try GaussianTeacher(features: 5, degree: 3, count: 4000, seed: 11).dataset()
    let inputs = data.inputs
    let values = try #require(data.values)
    let labels = try #require(data.labels)
    let wrong = (0..<4000).filter { i in
      let product = inputs[i * 5] * inputs[i * 5 + 1] * inputs[i * 5 + 2]
      return values[i] != (product > 0 ? 1 : -1) || labels[i] != (product > 0 ? 0 : 1)
    }
    #expect(wrong.isEmpty, "seed 11")
    // 20000 numbers: the mean has standard deviation 1/sqrt(20000), the mean square sqrt(2/20000); five of each.
    let mean = inputs.reduce(0, +) / 20000
    let square = inputs.reduce(0) { $0 + $1 * $1 } / 20000
    #expect(abs(mean) < 5 * (1 / 20000).squareRoot(), "seed 11")
    #expect(abs(square - 1) < 5 * (2 / 20000).squareRoot(), "seed 11")
    #expect(abs(data.labelCounts[0] - 2000) < 5 * 32, "seed 11: binomial with standard deviation 31.6")
    let fewer = try GaussianTeacher(features: 5, degree: 3, count: 7, seed: 11).dataset()
    #expect(fewer.inputs == Array(inputs[..<35]))
    #expect(try GaussianTeacher(features: 5, degree: 3, count: 7, seed: 12).dataset().inputs != fewer.inputs)
  }

  @Test func aDirectoryIsSearchedForTheNamesInUse() throws {
    let directory = try TemporaryDirectory()
    let path = directory.path
    func source() throws -> LoadedData { try DataSource.mnist(directory: path).load() }
    #expect(throws: DatasetError.missingFiles(directory: path, expected: ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"])) {
      try source()
    }
    _ = try directory.write("emnist-letters-train-images-idx3-ubyte.gz", gzip(idx([1, 1, 2], [1, 2])))
    #expect(throws: DatasetError.missingFiles(directory: path, expected: ["train-labels-idx1-ubyte"])) { try source() }
    let labels = try directory.write("emnist-letters-train-labels.idx1-ubyte", idx([1], [3]))
    #expect(try source().test == nil)
    _ = try directory.write("emnist-letters-test-images-idx3-ubyte", idx([1, 1, 2], [1, 2]))
    #expect(throws: DatasetError.missingFiles(directory: path, expected: ["t10k-labels-idx1-ubyte"])) { try source() }
    _ = try directory.write("emnist-letters-test-labels-idx1-ubyte", idx([1], [7]))
    let data = try source()
    // Both sets have the classes that occur in either.
    #expect(data.train.classNames == ["3", "7"])
    #expect(data.test?.classNames == ["3", "7"])
    #expect(data.train.labels == [0] && data.test?.labels == [1])
    // The plain file is taken before its compressed copy, which is damaged here.
    _ = try directory.write("emnist-letters-train-labels.idx1-ubyte.gz", [0x1f, 0x8b])
    #expect(try source().files.map(\.path).contains(labels))
    _ = try directory.write("emnist-digits-train-images-idx3-ubyte", idx([1, 1, 2], [1, 2]))
    #expect {
      _ = try source()
    } throws: { error in
      if case .ambiguousFiles(path, _, let candidates) = error as? DatasetError { candidates.count == 2 } else { false }
    }
    #expect(throws: DatasetError.fileNotFound(path: "\(path)/none")) { try DataSource.mnist(directory: "\(path)/none").load() }
    #expect(throws: DatasetError.unreadable(path: labels, reason: "a directory was expected and this is a file")) {
      try DataSource.mnist(directory: labels).load()
    }
  }

  @Test func aTestSetOfAnotherShapeIsRefused() throws {
    let directory = try TemporaryDirectory()
    let images = try directory.write("images", idx([1, 2, 2], [1, 2, 3, 4]))
    let others = try directory.write("others", idx([1, 1, 4], [1, 2, 3, 4]))
    let labels = try directory.write("labels", idx([1], [3]))
    #expect(throws: DatasetError.shapeMismatch(first: images, firstShape: [1, 2, 2], second: others, secondShape: [1, 1, 4])) {
      try DataSource.idx(images: images, labels: labels, test: .init(inputs: others, targets: labels)).load()
    }
  }
}
