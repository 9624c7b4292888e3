import ArgumentParser
import Compute
import Datasets
import Foundation

/// `isthmus kernel`.
struct KernelCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "kernel",
      abstract: "Compute the NNGP and tangent kernels of an infinitely wide network on your own points.",
      discussion: """
        Reads points as rows of NumPy arrays (x: n by w, y: m by w; any further dimensions are flattened) and writes OUT/nngp.npy \
        and OUT/ntk.npy, n by m, or n by n of x with itself without --y. A file appears only when it is complete.

        The network is YAML, a single block or a network without bottlenecks:

          hidden:
            - {activation: erf, weightVariance: 2.25, biasVariance: 0.25}
            - relu
          outputs: 1

        Variances default to 1 (weights) and 0 (biases); readoutWeightVariance and readoutBiasVariance belong to the block. \
        Inner products are divided by the width w. A network with bottlenecks (inputs: 784, blocks: [{hidden: …, outputs: 2}, …]) \
        has no kernel of its own; --composed takes its bottlenecks as infinitely wide.

        Example: isthmus kernel --network net.yaml --x train.npy --y test.npy --get ntk --out kernels
        """)
  }

  @Option(help: "YAML file with the network.", completion: .file(extensions: ["yaml", "yml"])) var network: String
  @Option(help: "Points, one per row.", completion: .file(extensions: ["npy"])) var x: String
  @Option(help: "Further points; without them the kernels of x with itself.", completion: .file(extensions: ["npy"])) var y: String?
  @Option(help: "Kernels to compute: nngp, ntk or both.", completion: .list(["nngp", "ntk", "nngp,ntk"])) var get = "nngp,ntk"
  @Option(help: "Folder to write to; made if it does not exist.", completion: .directory) var out: String
  @Flag(help: "Take the bottlenecks as infinitely wide.") var composed = false
  @Option(help: "Precision of the computation and the files.") var precision = Precision.float64
  @OptionGroup var device: DeviceOptions

  func run() throws {
    let kinds = try kinds()
    let file = try NetworkFile(network)
    let program = try file.block(composed: composed).program
    let rows = try Self.points(x, width: file.inputs)
    let columns = try y.map { try Self.points($0, width: rows.width) }
    let engine = try Engine(try device.backend(), precision: precision)
    let x = try engine.tensor(rows.values, rows: rows.count, columns: rows.width)
    let y = try columns.map { try engine.tensor($0.values, rows: $0.count, columns: $0.width) }

    let folder = URL(fileURLWithPath: out)
    let shape = [rows.count, columns?.count ?? rows.count]
    var files: [NPYWriter] = []
    do {
      for kind in kinds {
        files.append(try NPYWriter(folder.appendingPathComponent("\(kind).npy"), shape: shape, precision: precision))
      }
      try engine.kernelPanels(program, x, y, nngp: kinds.contains(.nngp), ntk: kinds.contains(.ntk)) { range, nngp, ntk in
        for (kind, file) in zip(kinds, files) {
          guard let panel = kind == .nngp ? nngp : ntk else { continue }
          try file.append(try Self.finite(try engine.read(panel), of: kind, firstRow: range.lowerBound, columns: shape[1]))
        }
      }
      for file in files { try file.complete() }
    } catch {
      files.forEach { $0.abandon() }
      throw error
    }
    for file in files { try file.publish() }
    for file in files { Terminal.write("\(file.url.relativePath): \(shape[0]) by \(shape[1]), \(precision)") }
  }

  private func kinds() throws(CommandLineError) -> [KernelKind] {
    var kinds: [KernelKind] = []
    for name in get.split(separator: ",", omittingEmptySubsequences: false) {
      guard let kind = KernelKind(rawValue: String(name)), !kinds.contains(kind) else { throw .unknownKernel(get) }
      kinds.append(kind)
    }
    return kinds
  }

  private static func points(_ path: String, width: Int?) throws -> (values: [Double], count: Int, width: Int) {
    let array = try NumPyArray(contentsOf: path)
    let found = array.shape.dropFirst().reduce(1, *)
    guard array.shape.count >= 2, !array.elements.isEmpty else {
      throw CommandLineError.invalidPoints(path: path, expected: "points as rows, a shape such as (100, 784)", got: "shape \(array.shape)")
    }
    if let width, width != found {
      throw CommandLineError.invalidPoints(path: path, expected: "points of width \(width)", got: "\(found), from shape \(array.shape)")
    }
    if let index = array.elements.firstIndex(where: { !$0.isFinite }) {
      throw CommandLineError.invalidPoints(
        path: path, expected: "finite numbers", got: "\(array.elements[index]) in row \(index / found), column \(index % found)")
    }
    return (array.elements, array.shape[0], found)
  }

  private static func finite(_ values: [Double], of kind: KernelKind, firstRow: Int, columns: Int) throws(CommandLineError) -> [Double] {
    if let index = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFiniteKernel(kernel: kind.rawValue, row: firstRow + index / columns, column: index % columns)
    }
    return values
  }
}
