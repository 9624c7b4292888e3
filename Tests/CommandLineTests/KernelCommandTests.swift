import Compute
import Datasets
import Foundation
import Networks
import ReferenceBackend
import Results
import TestSupport
import Testing
import WideKernels

/// `isthmus kernel` writes what the engine computes.
@Suite struct KernelCommandTests {
  private static let points = (0..<15).map { Double($0 * $0 % 7) - 2.5 }
  private static let block = WideBlock(
    hidden: [Hidden(.erf, weightVariance: 2.25, biasVariance: 0.25), Hidden(.relu)], outputs: 1, readoutWeightVariance: 1.5)
  private static let yaml = """
    hidden:
      - {activation: erf, weightVariance: 2.25, biasVariance: 0.25}
      - relu
    outputs: 1
    readoutWeightVariance: 1.5
    """

  @Test(arguments: Precision.allCases, [false, true]) func equalsTheEngine(_ precision: Precision, _ hasY: Bool) throws {
    let folder = try TemporaryFolder()
    try folder.write("block.yaml", Self.yaml)
    try Points.write(Self.points, shape: [5, 3], to: folder.url.appendingPathComponent("x.npy"))
    // Further dimensions are flattened.
    try Points.write(Array(Self.points.prefix(6)), shape: [2, 1, 3], to: folder.url.appendingPathComponent("y.npy"), as: .float32)
    let invocation = try Invocation(
      ["kernel", "--network", "block.yaml", "--x", "x.npy", "--out", "new/k", "--device", "reference", "--precision", "\(precision)"]
        + (hasY ? ["--y", "y.npy"] : []), in: folder.url)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")

    let engine = try Engine(ReferenceBackend(), precision: precision)
    let x = try engine.tensor(Self.points, rows: 5, columns: 3)
    let y = hasY ? try engine.tensor(Array(Self.points.prefix(6)), rows: 2, columns: 3) : nil
    let expected = try engine.kernel(Self.block.program, x, y)
    for (name, tensor) in [("nngp", expected.nngp), ("ntk", expected.ntk)] {
      let written = try Points.read(folder.url.appendingPathComponent("new/k/\(name).npy"))
      #expect(written.shape == [5, hasY ? 2 : 5])
      #expect(written.elements == (try engine.read(try #require(tensor))), "\(name), \(precision)")
    }
    #expect(folder.files.allSatisfy { !$0.contains("partial") })
  }

  @Test func takesBottlenecksAsInfinitelyWide() throws {
    let network = Network(
      inputs: 3, blocks: [WideBlock(hidden: [Hidden(.erf)], outputs: 4), WideBlock(hidden: [Hidden(.relu)], outputs: 1)])
    let folder = try TemporaryFolder()
    try folder.write("net.yaml", "inputs: 3\nblocks: [{hidden: [erf], outputs: 4}, {hidden: [relu], outputs: 1}]\n")
    try Points.write(Self.points, shape: [5, 3], to: folder.url.appendingPathComponent("x.npy"))
    let invocation = try Invocation(
      ["kernel", "--network", "net.yaml", "--composed", "--x", "x.npy", "--get", "ntk", "--out", "k", "--device", "reference"],
      in: folder.url)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    let engine = try Engine(ReferenceBackend())
    let x = try engine.tensor(Self.points, rows: 5, columns: 3)
    let expected = try engine.read(try engine.kernel(.ntk, network.composed.blocks[0].program, x))
    #expect(try Points.read(folder.url.appendingPathComponent("k/ntk.npy")).elements == expected)
    #expect(!folder.files.contains("k/nngp.npy"))
  }

  /// Six points of four bytes in every form of data that has files; what the command makes of each is what it makes of the array.
  @Test(arguments: ["csv:points.csv", "npy:x.npy,labels.npy", "idx:images,labels", "mnist:folder", "csv:points.csv,test.csv"])
  func readsWhatRunReads(_ source: String) throws {
    let bytes: [UInt8] = (0..<24).map { UInt8($0 * $0 * 7 % 251) }
    let folder = try TemporaryFolder()
    try folder.write("block.yaml", Self.yaml)
    try Points.write(bytes.map(Double.init), shape: [6, 4], to: folder.url.appendingPathComponent("x.npy"))
    try Points.write([0, 1, 0, 1, 0, 1], shape: [6], to: folder.url.appendingPathComponent("labels.npy"))
    let lines = (0..<6).map { row in (bytes[4 * row..<4 * row + 4].map(String.init) + ["\(row % 2)"]).joined(separator: ",") }
    try folder.write("points.csv", lines.joined(separator: "\n") + "\n")
    try folder.write("test.csv", lines[0] + "\n")
    try FileManager.default.createDirectory(at: folder.url.appendingPathComponent("folder"), withIntermediateDirectories: true)
    let images = Data([0, 0, 8, 3, 0, 0, 0, 6, 0, 0, 0, 2, 0, 0, 0, 2] + bytes), labels = Data([0, 0, 8, 1, 0, 0, 0, 6, 0, 1, 0, 1, 0, 1])
    for name in ["images", "folder/train-images-idx3-ubyte"] { try images.write(to: folder.url.appendingPathComponent(name)) }
    for name in ["labels", "folder/train-labels-idx1-ubyte"] { try labels.write(to: folder.url.appendingPathComponent(name)) }

    func kernels(_ points: [String], _ out: String) throws -> [NumPyArray] {
      let invocation = try Invocation(
        ["kernel", "--network", "block.yaml", "--out", out, "--device", "reference"] + points, in: folder.url)
      #expect(invocation.exitCode == 0, "\(source): \(invocation.testDescription)")
      return try ["nngp", "ntk"].map { try Points.read(folder.url.appendingPathComponent("\(out)/\($0).npy")) }
    }
    #expect(try kernels(["--data", source], "data") == kernels(["--x", "x.npy"], "array"))
    #expect(try Points.read(folder.url.appendingPathComponent("data/x-rows.npy")).elements == [0, 1, 2, 3, 4, 5])
  }

  @Test func takesThePointsThatRunTakes() throws {
    let folder = try TemporaryFolder()
    try folder.write("block.yaml", Self.yaml)
    let invocation = try Invocation(
      ["kernel", "--network", "block.yaml", "--data", "digits", "--train", "20", "--test", "5", "--order", "shuffled", "--seed", "3"]
        + ["--preparation", "std", "--out", "k", "--device", "reference", "--json"], in: folder.url)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    let selected = try Split(train: 20, test: 5, seed: 3).select(from: DataSource.digits.load())
    let inputs = try InputPreparation.std.prepare(selected)
    let engine = try Engine(ReferenceBackend())
    let expected = try engine.kernel(
      .ntk, Self.block.program, engine.tensor(inputs.train, rows: 20, columns: 64), engine.tensor(inputs.test, rows: 5, columns: 64))
    let written = try Points.read(folder.url.appendingPathComponent("k/ntk.npy"))
    #expect(written.shape == [20, 5])
    #expect(written.elements == (try engine.read(expected)))
    #expect(try Points.read(folder.url.appendingPathComponent("k/x-rows.npy")).elements == selected.trainIndices.map(Double.init))
    #expect(try Points.read(folder.url.appendingPathComponent("k/y-rows.npy")).elements == selected.testIndices.map(Double.init))

    let json = try JSONValue(parsing: invocation.output.utf8)
    #expect(json["rows"] == 20 && json["columns"] == 5 && json["symmetric"] == false && json["bytes"] == 1600, "\(invocation.output)")
    #expect(json["files"]?["ntk"] == .string(folder.url.appendingPathComponent("k/ntk.npy").path), "\(invocation.output)")
    for part in ["total", "points", "compute", "write"] { #expect(json["seconds"]?[part] != nil, "\(invocation.output)") }
  }

  /// The files of a kernel that no disk holds are refused before any of it is computed.
  @Test func saysBeforeTheWorkThatTheDiskIsTooSmall() throws {
    let folder = try TemporaryFolder()
    try folder.write("block.yaml", Self.yaml)
    let invocation = try Invocation(
      ["kernel", "--network", "block.yaml", "--data", "gaussian:features=1,degree=1,count=2000000", "--out", "k"], in: folder.url)
    #expect(invocation.exitCode == 1, "\(invocation.testDescription)")
    #expect(invocation.errors.contains("the kernels take 64 TB, and the disk has room for"), "\(invocation.testDescription)")
    #expect(folder.files == ["block.yaml", "k"])
  }
}
