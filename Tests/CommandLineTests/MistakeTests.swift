import Foundation
import TestSupport
import Testing

/// Every mistake ends in one clear message and an exit code, and leaves nothing behind.
@Suite struct MistakeTests {
  /// A command line and what its message must say.
  struct Mistake: CustomTestStringConvertible, Sendable {
    let arguments: String
    let exitCode: Int32
    let message: String
    var testDescription: String { arguments }

    init(_ arguments: String, _ exitCode: Int32, _ message: String) {
      (self.arguments, self.exitCode, self.message) = (arguments, exitCode, message)
    }
  }

  static let mistakes = [
    Mistake("walk", 64, "'walk' is no command of isthmus; choose from devices, list"),
    Mistake("run walk", 1, "experiment 'walk' is not known; choose one of bottleneck"),
    Mistake("run bottlenek", 1, "experiment 'bottlenek' is not known; did you mean bottleneck? Choose one of bottleneck"),
    Mistake("results --results nowhere", 1, "there is no folder nowhere; start a run with `isthmus run`, or name"),
    Mistake("results table --experiment bottleneck --results nowhere", 1, "there is no folder nowhere"),
    Mistake("plot --results nowhere", 1, "there is no folder nowhere"),
    Mistake("list runs --results nowhere", 1, "there is no folder nowhere"),
    Mistake("run bottleneck --trane 20", 64, "Unknown option '--trane'"),
    Mistake("run bottleneck --device tpu", 1, "device 'tpu' is not known; choose one of"),
    Mistake(
      "run bottleneck --train 20 --test 20 --activation reluu", 1,
      "activation 'reluu' is not known; did you mean relu? Choose one of abrelu"),
    Mistake("run bottleneck --data mnits", 1, "'mnits' names no data"),
    Mistake("run bottleneck --data mnist:nowhere", 1, "nowhere"),
    Mistake("run bottleneck --bottlenecks=-3", 1, "--bottlenecks: expected widths of at least 1 and at most 1000000"),
    Mistake("run bottleneck --train 0", 1, "--train: expected a whole number from 2 to 10000000, got '0'"),
    Mistake("run bottleneck --train many", 64, "The value 'many' is invalid for '--train <train>': expected a whole number from 2"),
    Mistake("run bottleneck --bias-variance -1", 1, "--bias-variance: expected a number from 0 to 10000000000, got '-1'"),
    Mistake("run bottleneck --steps -1e3", 64, "The value '-1e3' is invalid for '--steps <steps>': expected a whole number from 1"),
    Mistake("run bottleneck --target-scale -inf", 64, "The value '-inf' is invalid for '--target-scale <target-scale>': expected a number"),
    Mistake("run bottleneck-scaling --points -1,2", 1, "--points: expected whole numbers from 2 to 10000000"),
    Mistake("run bottleneck --plan -1", 64, "The option '--plan' does not take any value"),
    Mistake("run lazy-feature --alphas 1e16", 1, "--alphas: expected numbers from 1e-12 to 1000000000000"),
    Mistake("run linear-acceleration --spectrum 400", 1, "--spectrum: expected numbers from 0 to 30"),
    Mistake("run bottleneck --checkpoint-seconds 1e23", 1, "--checkpoint-seconds: expected a number from 0 to 1000000000, got '1e23'"),
    Mistake("run bottleneck --symmetrised 7", 1, "--symmetrised: expected blocks from 0 to 1, which the chain 1 has, got '7'"),
    Mistake("run bottleneck --results=", 1, "--results: expected a value, got an empty text"),
    Mistake("run multilinearity --widths 1000000", 1, "the experiment multilinearity needs at least"),
    Mistake("run bottleneck-scaling --train 20", 1, "--train: in this experiment --points says it; leave --train out"),
    Mistake("run bottleneck-scaling --target-scale=3", 1, "--target-scale: in this experiment --scales says it"),
    Mistake("run scaling.yaml", 1, "scaling.yaml:3: the setting 'train' is not known; choose from activation"),
    Mistake(
      "run bottleneck-scaling --points 20,many", 1,
      "--points: expected whole numbers from 2 to 10000000 with commas between them, at most 1000, got '20,many'"),
    Mistake("run bottleneck --paper", 1, "--paper: the experiment 'bottleneck' has no settings of a paper"),
    Mistake("run linear-acceleration --powers 3", 1, "--powers: expected even powers of at least 2, such as 2,4, got '3'"),
    Mistake("run bottleneck-depth --depth 3", 1, "--depth: expected at least 4 hidden layers for 3 bottleneck(s)"),
    Mistake("run bottleneck --precision float16", 64, "'float32' and 'float64'"),
    Mistake("run bottleneck --settings", 64, "Missing value for '--settings"),
    Mistake("run missing.yaml", 1, "missing.yaml cannot be read: no such file"),
    Mistake("run unknown-key.yaml", 1, "unknown-key.yaml:2: the setting 'trane' is not known; choose from activation"),
    Mistake("run torn.yaml", 1, "torn.yaml:3: this is no YAML"),
    Mistake("run list.yaml", 1, "list.yaml:1: expected settings, one `name: value` per line"),
    Mistake("run unnamed.yaml", 1, "unnamed.yaml: expected `experiment: bottleneck`"),
    Mistake("run nested.yaml", 1, "'bottlenecks': expected a value or a list of values"),
    Mistake("run other.yaml", 1, "experiment 'other' is not known"),
    Mistake("run bottleneck --settings other.yaml", 1, "these are settings of the experiment 'other', not of 'bottleneck'"),
    Mistake("run bottleneck --train 20 --test 20 --feature-width 16 --results file/below", 1, "Choose another results folder"),
    Mistake("plot nowhere", 1, "no run in results has an id that begins with 'nowhere', and there is no folder of that name"),
    Mistake("plot --format svg,gif", 64, "the format 'gif' is not known; choose from svg, png"),
    Mistake("check --device reference --filter nonsense", 1, "no case contains 'nonsense'"),
    Mistake("check --all --device cpu", 64, "--all and --require choose the devices"),
    Mistake("bench --device reference --filter nonsense", 1, "no case contains 'nonsense'"),
    Mistake("bench --all --device cpu", 64, "Choose either --all or --device"),
    Mistake("bench --threads 1,0", 64, "--threads: expected numbers from 1 to 1024 separated by commas, got '1,0'"),
    Mistake("bench --device reference --threads 1", 64, "--threads is about the device cpu"),
    Mistake("bench --device reference --compare missing.json", 1, "missing.json cannot be read"),
    Mistake("bench --device reference --compare /dev/zero", 1, "/dev/zero cannot be read: it is longer than the 67108864 bytes"),
    Mistake("bench --device reference --compare x.npy", 1, "x.npy cannot be read: it is no report of `isthmus bench --json`"),
    Mistake("bench --compare x.npy missing.json", 1, "x.npy cannot be read: it is no report of `isthmus bench --json`"),
    Mistake("bench --compare x.npy x.npy x.npy", 64, "--compare: expected one file, or an old one and a new one, got 3"),
    Mistake("bench --compare x.npy x.npy --smoke", 64, "--compare with two files measures nothing and does not go with --smoke"),
    Mistake("bench --compare", 64, "Missing value for '--compare"),
    Mistake("bench --fail-below 0.9", 64, "--fail-below goes with --compare"),
    Mistake("bench --compare x.npy x.npy --fail-below 1.5", 1, "--fail-below: expected a number"),
    Mistake("bench --rounds 0", 1, "--rounds: expected a whole number from 1 to 100"),
    Mistake("bench --list --device cpu", 64, "--list measures nothing and does not go with --device"),
    Mistake("bench --list --filter nonsense", 1, "no case contains 'nonsense'"),
    Mistake("kernel --network block.yaml --out k", 64, "Give the points by one of --x FILE.npy and --data SOURCE"),
    Mistake("kernel --network block.yaml --x x.npy --data digits --out k", 64, "Give the points by one of --x FILE.npy and --data SOURCE"),
    Mistake("kernel --network block.yaml --data digits --y x.npy --out k", 64, "--y goes with --x"),
    Mistake("kernel --network block.yaml --x x.npy --train 2 --out k", 64, "--train goes with --data"),
    Mistake("kernel --network block.yaml --data digits --train 0 --out k", 1, "--train: expected a whole number from 1"),
    Mistake("kernel --network block.yaml --data digits --train 1790 --test 8 --out k", 1, "left beside 1790 training points"),
    Mistake("kernel --network block.yaml --data digit --out k", 1, "'digit' names no data"),
    Mistake("kernel --network wide.yaml --data digits --out k", 1, "digits: expected points of width 3, got 64"),
    Mistake("kernel --network missing.yaml --x x.npy --out k", 1, "missing.yaml cannot be read: no such file"),
    Mistake("kernel --network block.yaml --x missing.npy --out k", 1, "missing.npy: no such file"),
    Mistake("kernel --network block.yaml --x block.yaml --out k", 1, "block.yaml"),
    Mistake("kernel --network block.yaml --x nan.npy --out k", 1, "nan.npy: expected finite numbers, got nan in row 0, column 1"),
    Mistake("kernel --network block.yaml --x flat.npy --out k", 1, "flat.npy: expected points as rows"),
    Mistake("kernel --network block.yaml --x x.npy --y nan.npy --out k", 1, "nan.npy: expected points of width 2, got 3"),
    Mistake("kernel --network block.yaml --x x.npy --get gram --out k", 1, "--get: expected nngp, ntk or nngp,ntk, got 'gram'"),
    Mistake("kernel --network block.yaml --x x.npy --out file/k", 1, "k failed: Not a directory"),
    Mistake("kernel --network wide.yaml --x x.npy --out k", 1, "x.npy: expected points of width 3, got 2"),
    Mistake("kernel --network bottleneck.yaml --x x.npy --out k", 1, "has bottlenecks of width 4, and a kernel belongs to one block"),
    Mistake("kernel --network misspelt.yaml --x x.npy --out k", 1, "misspelt.yaml:1: network: 'outptus' is no part of a block"),
    Mistake("kernel --network erff.yaml --x x.npy --out k", 1, "erff.yaml:1: network: activation 'erff' is not known; did you mean erf?"),
    Mistake("kernel --network rleu.yaml --x x.npy --out k", 1, "rleu.yaml:3: network: layer 'rleu' is not known; did you mean relu?"),
    Mistake("kernel --network layernorm.yaml --x x.npy --out k", 1, "'layernorm' is not known; did you mean layerNorm? A block holds"),
    Mistake("kernel --network pool.yaml --x x.npy --out k", 1, "pool.yaml:3: network: a layer of the kind 'pool' cannot be computed yet"),
    Mistake("kernel --network negative.yaml --x x.npy --out k", 1, "negative.yaml:1: network: outputs must be at least 1, got -1"),
    Mistake("kernel --network huge.yaml --x x.npy --out k --precision float32 --device reference", 1, "or choose --precision float64."),
    Mistake("kernel --network block.yaml --x long.npy --out k", 1, "row 0 of x and row 1 of x are so long and so nearly parallel"),
    Mistake("kernel --network block.yaml --x near.npy --out k --precision float32", 1, "or compute in float64"),
    Mistake(
      "kernel --network deep.yaml --x x.npy --out k --precision float32 --device reference", 1, "Compute in float64, or raise the weight"),
  ]

  @Test(arguments: mistakes) func isExplained(_ mistake: Mistake) throws {
    let folder = try Self.folder()
    let before = folder.files
    let invocation = try Invocation(mistake.arguments.split(separator: " ").map(String.init), in: folder.url)
    #expect(invocation.exitCode == mistake.exitCode, "\(invocation.testDescription)")
    #expect(invocation.errors.hasPrefix("error: ") && invocation.errors.contains(mistake.message), "\(invocation.testDescription)")
    #expect(invocation.output.isEmpty, "\(invocation.testDescription)")
    // An empty folder may stay; no file does.
    #expect(folder.files.filter { $0 != "k" } == before)
  }

  private static func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("file", "")
    try folder.write("unknown-key.yaml", "experiment: bottleneck\ntrane: 20\n")
    try folder.write("torn.yaml", "experiment: bottleneck\nbottlenecks: [1, 2\n")
    try folder.write("list.yaml", "- 1\n- 2\n")
    try folder.write("unnamed.yaml", "train: 20\n")
    try folder.write("nested.yaml", "experiment: bottleneck\nbottlenecks: [[1, 2]]\n")
    try folder.write("scaling.yaml", "experiment: bottleneck-scaling\npoints: [20, 30]\ntrain: 20\n")
    try folder.write("other.yaml", "experiment: other\n")
    try folder.write("block.yaml", "hidden: [erf]\noutputs: 1\n")
    try folder.write("wide.yaml", "inputs: 3\nblocks: [{hidden: [erf], outputs: 1}]\n")
    try folder.write("bottleneck.yaml", "inputs: 2\nblocks: [{hidden: [erf], outputs: 4}, {hidden: [relu], outputs: 1}]\n")
    try folder.write("misspelt.yaml", "hidden: [erf]\noutptus: 1\n")
    try folder.write("erff.yaml", "hidden: [erff]\noutputs: 1\n")
    try folder.write("rleu.yaml", "layers:\n  - {dense: 8}\n  - rleu\n  - {dense: 1}\n")
    try folder.write("layernorm.yaml", "layers:\n  - {dense: 8}\n  - {layernorm: {epsilon: 1e-5}}\n  - relu\n  - {dense: 1}\n")
    try folder.write("pool.yaml", "layers:\n  - {dense: 8}\n  - {pool: {average: 2}}\n  - {dense: 1}\n")
    try folder.write("negative.yaml", "hidden: [erf]\noutputs: -1\n")
    try folder.write(
      "huge.yaml", "hidden: [{activation: relu, weightVariance: 1e30}, {activation: relu, weightVariance: 1e30}]\noutputs: 1\n")
    try folder.write("deep.yaml", "hidden:\n" + String(repeating: "  - relu\n", count: 200) + "outputs: 1\n")
    try Points.write([1e4, 1e4 + 1, 1e4 + 2, 1e4], shape: [2, 2], to: folder.url.appendingPathComponent("near.npy"))
    try Points.write([1e9, 1e9 + 1, 1e9, 1e9 + 3, 2, 1], shape: [3, 2], to: folder.url.appendingPathComponent("long.npy"))
    try Points.write([1, 2, 3, 4], shape: [2, 2], to: folder.url.appendingPathComponent("x.npy"))
    try Points.write([1, .nan, 3], shape: [1, 3], to: folder.url.appendingPathComponent("nan.npy"))
    try Points.write([1, 2], shape: [2], to: folder.url.appendingPathComponent("flat.npy"))
    return folder
  }
}
