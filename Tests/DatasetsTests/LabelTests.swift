import Datasets
import Testing

/// Classes are those that occur; what is no class is named.
@Suite struct LabelTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func load(_ labels: [String]) throws -> LoadedData {
    let text = labels.enumerated().map { "\($0 * $0 + 7).5,\($1)\n" }.joined()
    return try DataSource.parse("csv:\(directory.write("data.csv", text))").load()
  }

  private func selected(_ data: LoadedData) throws -> SelectedData {
    try Split(train: data.train.count - 1, test: 1, seed: 0, order: .file).select(from: data)
  }

  @Test func labelsFromOneHaveAnOutputEach() throws {
    let data = try load(["1", "3", "2", "5", "4", "1"])
    #expect(data.train.classNames == ["1", "2", "3", "4", "5"])
    #expect(data.notices.last == "5 classes have points, in this order: 1, 2, 3, 4, 5; no point has class 0")
    let targets = try TargetKind.onehot.targets(for: selected(data))
    #expect(targets.outputs == 5)
    #expect(targets.classNames == ["1", "2", "3", "4", "5"])
    #expect(targets.trainClasses == [0, 2, 1, 4, 3])
    // Even and odd are the file's.
    let signs = try TargetKind.parity.targets(for: selected(data))
    #expect(signs.train == [-1, -1, 1, -1, 1] && signs.test == [-1])
  }

  @Test func gapsTakeNoRoom() throws {
    let data = try load(["0", "60000", "0", "60000"])
    #expect(data.train.classCount == 2)
    #expect(data.train.labels == [0, 1, 0, 1])
    #expect(data.notices.last?.hasPrefix("2 classes have points, in this order: 0, 60000; no point has class 1, 2, 3") == true)
    #expect(data.notices.last?.hasSuffix("… 59999") == true)
    #expect(try TargetKind.onehot.targets(for: selected(data)).outputs == 2)
    // Every class has points: nothing to tell.
    #expect(try load(["0", "1", "0", "2"]).notices.count == 1)
  }

  @Test func aSubsetKeepsClassesAndParity() throws {
    let data = try load(["2", "4", "7", "4"])
    let some = try data.train.subset([2, 0])
    #expect(some.classNumbers == [2, 4, 7] && some.labels == [2, 0])
    #expect(try InterleavedClasses(data, seed: 0).count == 3)
  }

  @Test(arguments: [("2.5", "2.5"), ("-1", "-1"), ("1e19", "1e+19"), ("1e300", "1e+300"), ("65536", "65536")])
  func whatIsNoClassIsNamedByItsLine(text: String, shown: String) throws {
    let data = try load(["0", "1", text, "1"])
    #expect(data.train.labels == nil && data.train.values?.count == 4)
    let path = "\(directory.path)/data.csv"
    #expect(throws: DatasetError.noLabels(name: path, target: "onehot", reason: "\(path):3 has \(shown)")) {
      try TargetKind.onehot.targets(for: selected(data))
    }
    let (x, y) = ("\(directory.path)/x.npy", "\(directory.path)/y.npy")
    try NumPyArray(shape: [2, 1], elements: [1, 2]).write(to: x)
    try NumPyArray(shape: [2], elements: [1, #require(Double(text))]).write(to: y)
    let arrays = try DataSource.npy(inputs: x, targets: y, test: nil).load()
    #expect(throws: DatasetError.noLabels(name: x, target: "parity", reason: "entry 1 (from 0) of \(y) is \(shown)")) {
      try TargetKind.parity.targets(for: selected(arrays))
    }
  }

  @Test func aPointThatCannotBeScaledIsNamedByItsLine() throws {
    let path = try directory.write("zero.csv", "a,b,c\n1,2,0\n\"0\",0,1\n3,4,0\n")
    let data = try DataSource.parse("csv:\(path)").load()
    #expect(throws: DatasetError.zeroInput(name: path, index: 1, line: 3, preparation: "norm")) {
      try InputPreparation.norm.prepare(selected(data))
    }
    #expect("\(DatasetError.zeroInput(name: path, index: 1, line: 3, preparation: "norm"))".hasPrefix("\(path):3: this point is zero"))
  }
}
