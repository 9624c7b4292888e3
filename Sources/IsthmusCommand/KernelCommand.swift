import ArgumentParser
import CSignals
import Compute
import Foundation
import Networks
import Results
import WideKernels
import YAMLFiles

/// `isthmus kernel`.
struct KernelCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "kernel",
      abstract: "Compute the NNGP and tangent kernels of an infinitely wide network on your own points.",
      discussion: """
        Points are rows of NumPy arrays (x: n by w, y: m by w; any further dimensions are flattened), or come from any data that \
        `isthmus run` reads. Writes OUT/nngp.npy and OUT/ntk.npy, n by m, or n by n of x with itself without y. The files appear \
        together when they are complete; a command that is stopped leaves none.

        With --data, x are the training points and y, with --test, test points, as they lie in the data and unchanged. \
        `--order shuffled --preparation std` takes those that `isthmus run` takes with the same --data, --train, --test and --seed, \
        prepared as there. OUT/x-rows.npy and OUT/y-rows.npy say where the points lie in the data, counted from 0.

        The network is YAML, a single block or a network without bottlenecks:

          hidden:
            - {activation: erf, weightVariance: 2.25, biasVariance: 0.25}
            - relu
          outputs: 1

        The same block by its layers, whose widths are those of a finite network of this description (kernels are of infinite width):

          layers:
            - {dense: 512, weightVariance: 2.25, biasVariance: 0.25}
            - erf
            - {dense: 512}
            - relu
            - {dense: 1}

        Variances default to 1 (weights) and 0 (biases); readoutWeightVariance and readoutBiasVariance belong to the block. \
        Inner products are divided by the width w. A network with bottlenecks (inputs: 784, blocks: [{hidden: …, outputs: 2}, …]) \
        has no kernel of its own; --composed takes its bottlenecks as infinitely wide.

        With --json standard output is one object: rows, columns, symmetric, precision, device, bytes, files by name, and seconds \
        of the command in all, for the points, for the computation and for writing what was not written beside it.

        Examples:
          isthmus kernel --network net.yaml --data digits --train 500 --out kernels
          isthmus kernel --network net.yaml --x x.npy --y y.npy --get ntk --out out
        """)
  }

  @Option(help: "YAML file with the network.", completion: .file(extensions: ["yaml", "yml"])) var network: String
  @OptionGroup(title: "Points") var points: KernelPointOptions
  @Option(help: "Kernels to compute: nngp, ntk or both.", completion: .list(["nngp", "ntk", "nngp,ntk"])) var get = "nngp,ntk"
  @Option(help: "Folder to write to; made if it does not exist.", completion: .directory) var out: String
  @Flag(help: "Take the bottlenecks as infinitely wide.") var composed = false
  @Option(help: "Precision of the computation and the files.") var precision = Precision.float64
  @OptionGroup var device: DeviceOptions
  @Flag(help: "Print JSON.") var json = false

  /// Results that are handed on at a time, while those after them are computed. Between two sets of points every panel orders the
  /// inputs anew, which takes as long as the products of some hundred rows.
  private static func panelBytes(of all: Int, isSymmetric: Bool) -> Int { max(isSymmetric ? 32 << 20 : 64 << 20, all / 8) }

  func run() throws {
    var clock = Stopwatch()
    isthmus_signals_set_message("\ninterrupted; unfinished files were removed\n")
    let kinds = try kinds()
    let file = try NetworkFile(network)
    let program = try block(of: file).program
    let engine = try Engine(try device.backend(), precision: precision)
    let (inputs, output) = try begin(kinds, width: file.inputs, on: engine)
    let rows = inputs.x.rows
    clock.endPart("points")

    let line = ProgressLine(isSilent: json)
    do {
      defer { line.end() }
      let panelBytes = Self.panelBytes(of: output.byteCount, isSymmetric: inputs.y == nil)
      try engine.kernelPanels(
        program, inputs.x, inputs.y, nngp: kinds.contains(.nngp), ntk: kinds.contains(.ntk), panelBytes: panelBytes
      ) { panel, nngp, ntk in
        try engine.synchronize()
        clock.endPart("compute")
        try output.write(panel, nngp: nngp, ntk: ntk)
        clock.endPart("write")
        guard panel.upperBound < rows, clock.total > 1 else { return }
        line.update(fraction: Double(panel.upperBound) / Double(rows), activity: "kernels of \(rows) points", rate: "")
      }
      try output.publish()
    } catch {
      output.abandon()
      throw error
    }
    clock.endPart("write")
    DeviceStart.warnOfHostWork(of: engine.backend)
    conclude(output, clock, engine.device, inputs)
  }

  /// The block whose kernels are asked for.
  private func block(of file: NetworkFile) throws(CommandLineError) -> WideBlock {
    let network = Network(inputs: file.inputs ?? 1, blocks: file.blocks), chosen = composed ? network.composed : network
    guard chosen.bottlenecks.isEmpty, let block = chosen.blocks.first else {
      throw .hasBottlenecks(path: file.path, widths: network.bottlenecks)
    }
    return block
  }

  private struct Inputs {
    let x: Tensor
    let y: Tensor?
    let notes: [String]
  }

  /// Reads the points, begins the files and brings the points to the device; what was read is let go.
  private func begin(_ kinds: [KernelKind], width: Int?, on engine: Engine) throws -> (Inputs, KernelOutput) {
    let points = try points.load(width: width)
    if !json { points.notes.forEach { Terminal.write($0) } }
    try SelfTest.require(engine)
    let (rows, columns) = (points.x.points.count, (points.y ?? points.x).points.count)
    let output = try KernelOutput(in: URL(fileURLWithPath: out), kinds, rows: rows, columns: columns, engine)
    if let positions = points.x.positions { output.add(positions, of: "x") }
    if let positions = points.y?.positions { output.add(positions, of: "y") }
    let inputs = Inputs(x: try points.x.tensor(on: engine), y: try points.y.map { try $0.tensor(on: engine) }, notes: points.notes)
    return (inputs, output)
  }

  private func kinds() throws(CommandLineError) -> [KernelKind] {
    var kinds: [KernelKind] = []
    for name in get.split(separator: ",", omittingEmptySubsequences: false) {
      guard let kind = KernelKind(rawValue: String(name)), !kinds.contains(kind) else { throw .unknownKernel(get) }
      kinds.append(kind)
    }
    return kinds
  }

  private func conclude(_ output: KernelOutput, _ clock: Stopwatch, _ device: DeviceDescription, _ inputs: Inputs) {
    guard json else {
      return output.contents.forEach { Terminal.write("\($0.url.relativePath): \($0.text)") }
    }
    let value: JSONValue = [
      "rows": .integer(Int128(inputs.x.rows)), "columns": .integer(Int128((inputs.y ?? inputs.x).rows)),
      "symmetric": .bool(inputs.y == nil), "dataNotes": .array(inputs.notes.map { .string($0) }),
      "precision": .string(precision.rawValue), "device": .string("\(device.identifier): \(device.name)"),
      "bytes": .integer(Int128(output.byteCount)),
      "files": .object(output.contents.map { .init($0.name, .string($0.url.path)) }),
      "seconds": .object([.init("total", .number(clock.total))] + clock.parts.map { .init($0.name, .number($0.seconds)) }),
    ]
    Terminal.write(lines: value.prettyText.trimmingLineFeed)
  }
}

/// Seconds of the parts of a command, one after the other.
private struct Stopwatch {
  private let start = ContinuousClock.now
  private var mark = ContinuousClock.now
  private(set) var parts: [(name: String, seconds: Double)] = []

  /// All until now.
  var total: Double { (ContinuousClock.now - start) / .seconds(1) }

  /// Gives the time since the last call to a part, which may come again.
  mutating func endPart(_ name: String) {
    let now = ContinuousClock.now
    let seconds = (now - mark) / .seconds(1)
    mark = now
    if let index = parts.firstIndex(where: { $0.name == name }) {
      parts[index].seconds += seconds
    } else {
      parts.append((name, seconds))
    }
  }
}
