import Compute
import Foundation
import Networks
import ReferenceBackend
import Testing
import WideKernels

/// `isthmus kernel` writes what the engine computes.
@Suite struct KernelCommandTests {
  private static let points = (0..<15).map { Double($0 * $0 % 7) - 2.5 }
  private static let block = WideBlock(
    hidden: [Hidden(Erf(), weightVariance: 2.25, biasVariance: 0.25), Hidden(ReLU())], outputs: 1, readoutWeightVariance: 1.5)
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
      inputs: 3, blocks: [WideBlock(hidden: [Hidden(Erf())], outputs: 4), WideBlock(hidden: [Hidden(ReLU())], outputs: 1)])
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
}
