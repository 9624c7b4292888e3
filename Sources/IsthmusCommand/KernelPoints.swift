import ArgumentParser
import Compute
import Datasets
import Experiments

/// Which points `isthmus kernel` takes: arrays of them, or data as `isthmus run` reads it.
struct KernelPointOptions: ParsableArguments {
  @Option(help: "Points, one per row of a NumPy array.", completion: .file(extensions: ["npy"])) var x: String?
  @Option(help: "Further points; without them the kernels of x with itself.", completion: .file(extensions: ["npy"])) var y: String?
  @Option(
    help: "In place of --x, data as `isthmus run` reads it: digits, mnist:FOLDER, csv:FILE, … (see `isthmus list data`).",
    completion: .list(["digits", "mnist:", "idx:", "cifar10:", "csv:", "npy:", "npz:", "gaussian"]))
  var data: String?
  @Option(help: "With --data: number of training points, which are x; by default all.") @Within(1...10_000_000) var train: Int? = nil
  @Option(help: "With --data: number of test points, which are y; by default none, and the kernels are those of x with itself.")
  @Within(1...10_000_000) var test: Int? = nil
  @Option(help: "With --data: order of the points, file (default) or shuffled by the seed, as `isthmus run` takes them.")
  var order: PointOrder?
  @Option(help: "With --data: seed of the shuffled order (default: 1).") @Within(0...UInt64.max) var seed: UInt64? = nil
  @Option(help: "With --data: input preparation, raw (default), norm (scale to norm √features) or std (subtract the mean, scale).")
  var preparation: InputPreparation?

  func validate() throws {
    try checkRanges()
    guard (x == nil) != (data == nil) else {
      throw ValidationError("Give the points by one of --x FILE.npy and --data SOURCE, such as --data digits.")
    }
    guard y == nil || x != nil else { throw ValidationError("--y goes with --x; with --data, --test says how many test points are y.") }
    let given = [
      ("--train", train == nil), ("--test", test == nil), ("--order", order == nil), ("--seed", seed == nil),
      ("--preparation", preparation == nil),
    ].filter { !$0.1 }
    if x != nil, let option = given.first {
      throw ValidationError("\(option.0) goes with --data; the rows of --x are taken as they are.")
    }
  }

  /// - Parameter width: of the points, where the network says it.
  func load(width: Int?) throws -> KernelPoints {
    guard let x else { return try KernelPoints(data ?? "", self, width: width) }
    let rows = try KernelPoints.Part(x, width: width)
    return KernelPoints(x: rows, y: try y.map { try KernelPoints.Part($0, width: rows.points.width) })
  }
}

/// The points of a kernel, x and, unless its kernels are those of x with itself, y.
struct KernelPoints {
  struct Part {
    /// All finite.
    let points: PointRows
    /// Where the points lie in the data; nil for arrays.
    var positions: [Int]?

    func tensor(on engine: Engine) throws -> Tensor { try engine.tensor(rows: points.count, columns: points.width) { points[$0] } }
  }

  let x: Part
  let y: Part?
  /// How the data were read where the files leave it open.
  let notes: [String]

  fileprivate init(x: Part, y: Part?, notes: [String] = []) { (self.x, self.y, self.notes) = (x, y, notes) }

  fileprivate init(_ source: String, _ options: KernelPointOptions, width: Int?) throws {
    let data = try DataSource.parse(source).load()
    let (order, seed, preparation) = (options.order ?? .file, options.seed ?? 1, options.preparation ?? .raw)
    if let width, width != data.train.features {
      throw CommandLineError.invalidPoints(path: source, expected: "points of width \(width)", got: "\(data.train.features)")
    }
    guard let test = options.test else {
      let (train, positions) = try data.trainingPoints(options.train, seed: seed, order: order)
      let points = preparation == .raw ? train.points : PointRows(try preparation.prepare(train, indices: positions), width: train.features)
      self.init(x: Part(points: points, positions: positions), y: nil, notes: data.notices)
      return
    }
    // Without a test set of its own a source gives what it has beside the test points.
    let all = data.test == nil ? max(data.train.count - max(test, 0), 1) : data.train.count
    let selected = try Split(train: options.train ?? all, test: test, seed: seed, order: order).select(from: data)
    let (train, other): (PointRows, PointRows)
    if preparation == .raw {
      (train, other) = (selected.train.points, selected.test.points)
    } else {
      let inputs = try preparation.prepare(selected)
      (train, other) = (PointRows(inputs.train, width: inputs.features), PointRows(inputs.test, width: inputs.features))
    }
    self.init(
      x: Part(points: train, positions: selected.trainIndices), y: Part(points: other, positions: selected.testIndices),
      notes: data.notices)
  }
}

extension KernelPoints.Part {
  /// Rows of an array; any dimensions after the first are flattened.
  fileprivate init(_ path: String, width: Int?) throws {
    let points = try PointRows(contentsOf: path)
    guard points.shape.count >= 2, points.count * points.width > 0 else {
      throw CommandLineError.invalidPoints(path: path, expected: "points as rows, a shape such as (100, 784)", got: "shape \(points.shape)")
    }
    if let width, width != points.width {
      throw CommandLineError.invalidPoints(
        path: path, expected: "points of width \(width)", got: "\(points.width), from shape \(points.shape)")
    }
    if let (row, column, number) = points.firstNotFinite {
      throw CommandLineError.invalidPoints(path: path, expected: "finite numbers", got: "\(number) in row \(row), column \(column)")
    }
    self.init(points: points)
  }
}
