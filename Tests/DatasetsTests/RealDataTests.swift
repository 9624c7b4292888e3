import Datasets
import Testing

@Suite struct RealDataTests {
  @Test func theDigitsComeWithTheLibrary() throws {
    let data = try DataSource.digits.load()
    let digits = data.train
    #expect(digits.count == 1797)
    #expect(digits.features == 64)
    #expect(digits.imageShape == ImageShape(channels: 1, height: 8, width: 8))
    #expect(digits.labelCounts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
    #expect(digits.classCount == 10)
    #expect(data.test == nil)
    let inputs = digits.inputs
    #expect(inputs.count == 1797 * 64)
    #expect(Array(inputs[..<16]) == [0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0])
    #expect(inputs.max() == 16)
    #expect(inputs.reduce(0, +) == 561_718)
    #expect(data.files.map(\.byteCount) == [115_024, 1805])
    #expect(data.files.map(\.crc32) == [3_963_827_250, 1_475_326_877])
    #expect(digits.source.contains("CC BY 4.0"))
  }

  @Test(.enabled(if: sharedData("mnist") != nil, "needs \(sharedPath("mnist")), which is not part of the repository"))
  func mnistIsRead() throws {
    let path = try #require(sharedData("mnist"))
    let data = try DataSource.mnist(directory: path).load()
    #expect(data.train.count == 60000)
    #expect(data.train.imageShape == ImageShape(channels: 1, height: 28, width: 28))
    #expect(data.train.labelCounts == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949])
    #expect(data.test?.labelCounts == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009])
    let first = try data.train.subset([0]).inputs
    #expect(Array(first[200..<220]) == [0, 0, 0, 49, 238, 253, 253, 253, 253, 253, 253, 253, 253, 251, 93, 82, 82, 56, 39, 0])
    #expect(data.train.inputs.reduce(0, +) == 1_567_298_545)
    #expect(data.test?.inputs.reduce(0, +) == 264_923_200)
    #expect(data.files.count == 4)
    #expect(data.files.first?.crc32 == 3_946_389_873)
    #expect(data.files.first?.byteCount == 9_912_422)
  }

  @Test(.enabled(if: sharedData("cifar10-subset") != nil, "needs \(sharedPath("cifar10-subset")), which is not part of the repository"))
  func theSubsetOfCIFAR10IsRead() throws {
    let path = try #require(sharedData("cifar10-subset"))
    let data = try DataSource.cifar10(paths: [path]).load()
    #expect(data.train.labelCounts == [396, 366, 420, 384, 422, 393, 414, 385, 407, 413])
    #expect(data.test?.labelCounts == [103, 89, 100, 103, 90, 86, 112, 102, 106, 109])
    let first = try data.train.subset([0]).inputs
    #expect(Array(first[..<3]) == [59, 43, 50])
    #expect(Array(first[3069...]) == [140, 84, 72])
    let firstTest = try #require(try data.test?.subset([0]).inputs)
    #expect(Array(firstTest[..<3]) == [158, 159, 165])
    #expect(Array(firstTest[3069...]) == [124, 129, 110])
  }

  @Test(.enabled(if: sharedData("cora") != nil, "needs \(sharedPath("cora")), which is not part of the repository"))
  func coraIsRead() throws {
    let path = try #require(sharedData("cora"))
    let data = try DataSource.npz(file: "\(path)/cora.npz", train: nil, test: nil).load()
    #expect(data.train.count == 2708 && data.train.features == 1433)
    #expect(data.train.labelCounts == [351, 217, 418, 818, 426, 298, 180])
    #expect(data.train.inputs.count { $0 != 0 } == 49216)
    guard
      case .foreignFormat(_, _, "a pickle of Python", _) = try refusal({
        try DataSource.npy(inputs: "\(path)/ind.cora.x", targets: "\(path)/ind.cora.y", test: nil).load()
      })
    else {
      Issue.record("a pickle was not named")
      return
    }
  }
}
