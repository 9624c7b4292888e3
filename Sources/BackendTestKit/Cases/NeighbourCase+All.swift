import Compute
import WideKernels

extension NeighbourCase {
  // MARK: Products

  private static let transposes = [(false, false), (true, false), (false, true), (true, true)]

  /// C[b, m, n] of inner side k; letters t and n say which operands are transposed.
  private static func product(
    _ size: (batch: Int, m: Int, n: Int, k: Int), transposes: (a: Bool, b: Bool), shares: (a: Bool, b: Bool) = (false, false),
    isPromised: Bool, parts: [Part]
  ) -> NeighbourCase {
    let (batch, m, n, k) = size
    let shared = (shares.a ? " sharedA" : "") + (shares.b ? " sharedB" : "")
    let label = "\(transposes.a ? "t" : "n")\(transposes.b ? "t" : "n") b\(batch) m\(m) n\(n) k\(k)\(shared)"
    return NeighbourCase(.gemm, label, isPromised: isPromised, parts: parts) { operand in
      switch operand.name {
      case "a": transposes.a ? (nil, .rows) : (.rows, nil)
      case "b": transposes.b ? (.columns, nil) : (nil, .columns)
      default: (.rows, .columns)
      }
    } whole: { probe in
      let (itemsA, itemsB) = (shares.a ? 1 : batch, shares.b ? 1 : batch)
      let a = try probe.input(
        "a", probe.uniforms("a", itemsA * m * k), batch: itemsA, rows: transposes.a ? k : m, columns: transposes.a ? m : k)
      let b = try probe.input(
        "b", probe.uniforms("b", itemsB * k * n), batch: itemsB, rows: transposes.b ? n : k, columns: transposes.b ? k : n)
      let c = try probe.input("c", probe.uniforms("c", batch * m * n), batch: batch, rows: m, columns: n)
      let operation = GEMM(transposeA: transposes.a, transposeB: transposes.b, alpha: 0.7, beta: 1.3)
      return .gemm(GEMMJob(operation, a.tensor, b.tensor, into: c.tensor))
    }
  }

  static var products: [NeighbourCase] {
    // More inner indices than any backend sums at once. Parts of many kinds of paths: few columns and many, few rows, beginnings anywhere.
    let cuts: [Part] = [
      Part(columns: 5..<22), Part(columns: 0..<40), Part(columns: 3..<67), Part(columns: 54..<131), Part(rows: 1..<18),
      Part(rows: 47..<137),
      Part(rows: 20..<40, columns: 9..<30),
    ]
    func items(_ sizes: [(Int, Int, Int, Int)], isPromised: Bool) -> [NeighbourCase] {
      sizes.enumerated().flatMap { index, size in
        transposes.enumerated().map { place, pair in
          product(
            size, transposes: pair, shares: transposes[(index + place) % 4], isPromised: isPromised,
            parts: [0, size.0 / 2, size.0 - 1].map { Part(item: $0) })
        }
      }
    }
    return transposes.map { product((1, 137, 131, 1100), transposes: $0, isPromised: true, parts: cuts) }
      + items([(20, 19, 40, 33), (3, 100, 90, 270), (2, 300, 40, 70), (40, 24, 33, 18), (17, 18, 20, 1030)], isPromised: true)
      + items(
        [(250, 9, 7, 5), (60, 13, 17, 12), (100, 40, 1, 32), (70, 64, 4, 40), (90, 1, 33, 40), (6, 40, 3, 600)], isPromised: false)
  }

  /// op(L)⁻¹ B with a heavy diagonal.
  private static func solve(transposed: Bool, batch: Int, columns: Int, isPromised: Bool, parts: [Part]) -> NeighbourCase {
    let size = 203
    return NeighbourCase(
      .triangularSolve, "\(transposed ? "t" : "n") b\(batch) R\(size) m\(columns)", isPromised: isPromised, parts: parts
    ) {
      $0.name == "b" ? (nil, .columns) : (nil, nil)
    } whole: { probe in
      let random = probe.uniforms("l", batch * size * size)
      let factor = random.indices.map { $0 / size % size == $0 % size ? 1 + random[$0] / 4 : random[$0] / 16 }
      let l = try probe.input("l", factor, batch: batch, rows: size, columns: size)
      let b = try probe.input("b", probe.uniforms("b", batch * size * columns), batch: batch, rows: size, columns: columns)
      return .triangularSolve(TriangularSolveJob(TriangularSolve(transposed: transposed), l.tensor, b.tensor))
    }
  }

  static var solves: [NeighbourCase] {
    [false, true].flatMap { transposed in
      [
        solve(
          transposed: transposed, batch: 2, columns: 400, isPromised: true,
          parts: [Part(item: 1), Part(columns: 100..<117), Part(columns: 7..<40), Part(columns: 330..<400)]),
        solve(
          transposed: transposed, batch: 1, columns: GEMM.fewColumns, isPromised: false,
          parts: [Part(columns: 4..<5), Part(columns: 0..<3), Part(columns: 7..<16)]),
      ]
    }
  }

  // MARK: Kernels

  /// Programs with a kink, smooth, and with many terms a pair.
  private static var programs: [CovarianceProgram] {
    let many = ProgramSample.oneHidden.first { $0.isQuadrature }
    return [ProgramSample.twoReLU, ProgramSample.deepPrograms.last { !$0.hasKink }, many].compactMap(\.self)
  }

  private static func pairSizes(_ program: CovarianceProgram) -> (n: Int, m: Int, parts: [Part]) {
    let item = Part(item: 1)
    if program.isQuadrature { return (3, 19, [item, Part(rows: 1..<2), Part(columns: 2..<18)]) }
    return (70, 90, [item, Part(rows: 9..<26), Part(columns: 50..<83), Part(rows: 69..<70, columns: 3..<4)])
  }

  static var kernels: [NeighbourCase] {
    programs.flatMap { program -> [NeighbourCase] in
      let (n, m, parts) = pairSizes(program)
      let blocks = [5, 40].map { width in
        NeighbourCase(.blockKernel, "\(program) b2 \(n)x\(m) w\(width)", parts: parts) { operand in
          switch operand.name {
          case "x": (.rows, nil)
          case "y": (.columns, nil)
          default: (.rows, .columns)
          }
        } whole: { probe in
          let x = try probe.input("x", probe.uniforms("x", 2 * n * width), batch: 2, rows: n, columns: width)
          let y = try probe.input("y", probe.uniforms("y", 2 * m * width), batch: 2, rows: m, columns: width)
          return .blockKernel(
            BlockKernelJob(
              program: program, x: x.tensor, y: y.tensor, nngp: try probe.result(2, n, m), ntk: try probe.result(2, n, m)))
        }
      }
      let recursions = [false, true].map { isPaired in
        NeighbourCase(.recursion, "\(program) b2 \(n)x\(m)\(isPaired ? " paired" : "")", parts: parts) { operand in
          switch operand.name {
          case "rowDiagonal" where !isPaired: (.rows, nil)
          case "columnDiagonal" where !isPaired: (.columns, nil)
          default: (.rows, .columns)
          }
        } whole: { probe in
          let inputs =
            isPaired
            ? try CovarianceInputs(pairs: probe, batch: 2, n: n, m: m, .dense)
            : try CovarianceInputs(probe, batch: 2, n: n, m: m, isSymmetric: false, .dense)
          return .recursion(
            RecursionJob(
              program: program, gram: inputs.gram.tensor, rowDiagonal: inputs.rowDiagonal.tensor,
              columnDiagonal: inputs.columnDiagonal.tensor, isSymmetric: false, isPaired: isPaired, nngp: try probe.result(2, n, m),
              ntk: try probe.result(2, n, m)))
        }
      }
      let product = NeighbourCase(.recursionVJP, "\(program) b2 \(n)x\(m)", parts: parts) { operand in
        switch operand.name {
        case "rowDiagonal", "rowCotangent": (.rows, nil)
        case "columnDiagonal", "columnCotangent": (.columns, nil)
        default: (.rows, .columns)
        }
      } whole: { probe in
        let inputs = try CovarianceInputs(probe, batch: 2, n: n, m: m, isSymmetric: false, .dense)
        let cotangents = try ["nngp", "ntk"].map {
          try probe.input($0, probe.uniforms($0, 2 * n * m), batch: 2, rows: n, columns: m).tensor
        }
        return .recursionVJP(
          RecursionVJPJob(
            program: program, gram: inputs.gram.tensor, rowDiagonal: inputs.rowDiagonal.tensor,
            columnDiagonal: inputs.columnDiagonal.tensor, nngpCotangent: cotangents[0], ntkCotangent: cotangents[1],
            gramCotangent: try probe.result(2, n, m), rowCotangent: try probe.result(2, n, 1), columnCotangent: try probe.result(2, m, 1)))
      }
      return blocks + recursions + [product]
    }
  }

  // MARK: Passes

  private static func pointParts(_ n: Int) -> [Part] {
    [Part(item: 1), Part(rows: 1..<2), Part(rows: n / 6..<n / 4), Part(rows: n / 2..<n - 1)]
  }

  @Sendable private static func pointAxes(_ operand: JobOperand) -> Axes {
    ["points", "value", "jacobian"].contains(operand.name) ? (.rows, nil) : (nil, nil)
  }

  private static func widePass(
    _ program: CovarianceProgram, _ kind: KernelKind, n: Int = 100, centres: Int, width: Int, outputs: Int, jacobian: Bool, isPromised: Bool
  ) -> NeighbourCase {
    let label = "\(kind.rawValue) \(program) b2 n\(n) R\(centres) w\(width) c\(outputs)\(jacobian ? " jacobian" : "")"
    return NeighbourCase(.widePass, label, isPromised: isPromised, parts: pointParts(n), axes: pointAxes) { probe in
      let points = try probe.input("points", probe.uniforms("points", 2 * n * width), batch: 2, rows: n, columns: width)
      let own = try probe.input("centres", probe.uniforms("centres", 2 * centres * width), batch: 2, rows: centres, columns: width)
      let factors = try probe.input("factors", probe.uniforms("factors", 2 * centres * outputs), batch: 2, rows: centres, columns: outputs)
      return .widePass(
        WidePassJob(
          program: program, kind: kind, points: points.tensor, centres: own.tensor, centreCounts: [centres, centres - 7],
          coefficients: factors.tensor, value: try probe.result(2, n, outputs),
          jacobian: jacobian ? try probe.result(2, n, outputs * width) : nil))
    }
  }

  private static func featurePass(width: Int, outputs: Int, jacobian: Bool) -> NeighbourCase {
    let (n, features) = (100, 300)
    let label = "erf b2 n\(n) M\(features) w\(width) c\(outputs)\(jacobian ? " jacobian" : "")"
    return NeighbourCase(.featurePass, label, parts: pointParts(n), axes: pointAxes) { probe in
      func input(_ name: String, _ rows: Int, _ columns: Int) throws -> Tensor {
        try probe.input(name, probe.uniforms(name, 2 * rows * columns), batch: 2, rows: rows, columns: columns).tensor
      }
      return .featurePass(
        FeaturePassJob(
          activation: .erf, points: try input("points", n, width), weights: try input("weights", features, width),
          biases: try input("biases", features, 1), coefficients: try input("coefficients", features, outputs),
          value: try probe.result(2, n, outputs), jacobian: jacobian ? try probe.result(2, n, outputs * width) : nil))
    }
  }

  static var passes: [NeighbourCase] {
    programs.map { program in
      program.isQuadrature
        ? widePass(program, .ntk, n: 24, centres: 8, width: 3, outputs: 2, jacobian: true, isPromised: true)
        : widePass(program, .ntk, centres: 127, width: 3, outputs: 2, jacobian: true, isPromised: true)
    } + [
      widePass(ProgramSample.twoReLU, .nngp, centres: 90, width: 32, outputs: 1, jacobian: false, isPromised: true),
      widePass(ProgramSample.twoReLU, .ntk, n: 600, centres: 130, width: 2, outputs: 1, jacobian: false, isPromised: false),
      widePass(ProgramSample.twoReLU, .ntk, centres: 50, width: 40, outputs: 2, jacobian: true, isPromised: false),
      featurePass(width: 3, outputs: 2, jacobian: true), featurePass(width: 17, outputs: 1, jacobian: false),
    ]
  }

  // MARK: Elements and rows

  static var elements: [NeighbourCase] {
    let (rows, columns) = (60, 301)
    let functions: [PointFunction] = [.quotient, .exponential, .activation(.erf), .activationVJP(.erf)]
    let maps = functions.map { function in
      NeighbourCase(
        .map, "\(function) b2 \(rows)x\(columns)",
        parts: [Part(item: 1), Part(rows: 7..<31), Part(columns: 3..<64), Part(rows: 5..<6, columns: 299..<300)]
      ) {
        ($0.tensor.rows > 1 ? .rows : nil, $0.tensor.columns > 1 ? .columns : nil)
      } whole: { probe in
        // The second input is a column that every column has.
        let inputs = try (0..<function.inputCount).map { index in
          let own = index == 0 ? columns : 1
          return try probe.input("x\(index)", probe.uniforms("x\(index)", 2 * rows * own), batch: 2, rows: rows, columns: own).tensor
        }
        return .map(MapJob(function, inputs, into: try probe.result(2, rows, columns)))
      }
    }
    let reductions = Reduction.allCases.map { reduction in
      NeighbourCase(
        .reduceRows, "\(reduction.rawValue) b2 \(rows)x\(columns)", parts: [Part(item: 1), Part(rows: 7..<31), Part(rows: 59..<60)]
      ) { _ in
        (.rows, nil)
      } whole: { probe in
        let x = try probe.input("x", probe.uniforms("x", 2 * rows * columns), batch: 2, rows: rows, columns: columns)
        return .reduceRows(ReduceRowsJob(reduction, x.tensor, into: try probe.result(2, rows, 1)))
      }
    }
    return maps + reductions
  }
}

extension Probe {
  /// A result of which only the bits are compared.
  func result(_ batch: Int, _ rows: Int, _ columns: Int) throws -> Tensor {
    try engine.empty(batch: batch, rows: rows, columns: columns)
  }
}
