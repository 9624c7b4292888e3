import CPUBackend
import Compute
import Testing
import WideKernels

/// A way to run the backend: every instruction set, both precisions.
struct Setting: Sendable, CustomTestStringConvertible {
  var set: InstructionSet
  var precision: Precision

  var testDescription: String { "\(set) \(precision)" }
  static let all = CPUBackend.available.flatMap { set in Precision.allCases.map { Setting(set: set, precision: $0) } }

  func engine(threads: Int = 2) throws -> Engine {
    try Engine(CPUBackend(instructionSet: set, threads: threads), precision: precision)
  }
}

@Suite struct OperationTests {
  static let program = CovarianceProgram(chain: [
    .affine(weightVariance: 1.5, biasVariance: 0.1), .activation(.erf), .affine(weightVariance: 1.2, biasVariance: 0.2),
    .activation(.relu), .affine(weightVariance: 1, biasVariance: 0.1),
  ])

  /// Results above 24 MiB are written past the caches, here in rows that begin anywhere in a cache line; their parts are not.
  @Test(arguments: Setting.all)
  func largeKernelsHaveTheBitsOfTheirParts(_ setting: Setting) throws {
    let (e, n) = (try setting.engine(), 803)
    let program = CovarianceProgram(chain: [.affine(weightVariance: 1.5, biasVariance: 0.1), .activation(.relu)])
    let items = try e.normal(batch: 6, rows: n, columns: 3, stream: RandomStream(seed: 5, name: "x"))
    let (grams, diagonals) = (try e.gram(items), try e.gramDiagonal(items))
    let kernels = try e.kernel(program, items)
    let recursions = try e.recursion(program, gram: grams, rowDiagonal: diagonals, columnDiagonal: diagonals)
    let (x, gram, diagonal) = (items.item(5), grams.item(5), diagonals.item(5))
    let recursion = (nngp: recursions.nngp.item(5), ntk: recursions.ntk.item(5))
    let (nngp, ntk) = (try e.read(#require(kernels.nngp).item(5)), try e.read(#require(kernels.ntk).item(5)))
    let isSymmetric = (0..<n).allSatisfy { i in
      (0..<i).allSatisfy { j in nngp[i * n + j] == nngp[j * n + i] && ntk[i * n + j] == ntk[j * n + i] }
    }
    #expect(isSymmetric, "\(setting.testDescription), seed 5")
    for rows in [0..<100, 100..<113, 703..<803] {
      let part = try e.kernel(program, x.rows(rows), x)
      for (whole, part) in [(nngp, try e.read(#require(part.nngp))), (ntk, try e.read(#require(part.ntk)))] {
        let isEqual = rows.allSatisfy { i in (0..<i).allSatisfy { j in whole[i * n + j] == part[(i - rows.lowerBound) * n + j] } }
        #expect(isEqual, "rows \(rows), \(setting.testDescription), seed 5")
      }
      let lines = try e.recursion(
        program, gram: gram.rows(rows), rowDiagonal: diagonal.rows(rows), columnDiagonal: diagonal)
      for (whole, part) in [(recursion.nngp, lines.nngp), (recursion.ntk, lines.ntk)] {
        let isEqual = try e.read(whole.rows(rows)) == e.read(part)
        #expect(isEqual, "recursion, rows \(rows), \(setting.testDescription), seed 5")
      }
    }
  }

  /// Everything that the backend computes, of a size that makes many tiles.
  static func everything(_ e: Engine) throws -> [[Double]] {
    func normal(_ name: String, _ rows: Int, _ columns: Int, batch: Int = 1) throws -> Tensor {
      try e.normal(batch: batch, rows: rows, columns: columns, stream: RandomStream(seed: 5, name: name))
    }
    let x = try normal("x", 203, 3, batch: 2)
    let y = try normal("y", 131, 3, batch: 2)
    let a = try normal("a", 157, 301)
    let b = try normal("b", 301, 149)
    let thin = try normal("thin", 301, 3)
    let kernel = try e.kernel(program, x)
    let cross = try e.kernel(program, x, y)
    let pass = try e.widePass(.ntk, program, points: x, centres: y, coefficients: normal("c", 131, 2, batch: 2), jacobian: true)
    // The more threads, the fewer vectors in a tile of these points.
    let (few, centres) = (try normal("few", 41, 11), try normal("centres", 131, 11))
    let narrow = try e.widePass(.ntk, program, points: few, centres: centres, coefficients: normal("c9", 131, 9), jacobian: true)
    let features = try e.featurePass(
      .erf, points: x, weights: y, biases: normal("bias", 131, 1, batch: 2), coefficients: normal("c", 131, 2, batch: 2), jacobian: true)
    let gram = try e.gram(x, y)
    let (rowDiagonal, columnDiagonal) = (try e.gramDiagonal(x), try e.gramDiagonal(y))
    let recursion = try e.recursion(program, gram: gram, rowDiagonal: rowDiagonal, columnDiagonal: columnDiagonal)
    let variances = try e.map(.scaled(by: 1, plus: 1), e.map(.square, gram))
    let paired = try e.pairedKernel(.ntk, program, q12: gram, q11: variances, q22: variances)
    let vjp = try e.recursionVJP(
      program, gram: gram, rowDiagonal: rowDiagonal, columnDiagonal: columnDiagonal, nngpCotangent: normal("k", 203, 131, batch: 2),
      ntkCotangent: normal("t", 203, 131, batch: 2))
    let size = 203
    let l = try e.tensor(Self.triangle(size), rows: size, columns: size)
    let (forward, backward) = (try normal("f", size, 70), try normal("g", size, 1))
    try e.triangularSolve(TriangularSolve(), l, forward)
    try e.triangularSolve(TriangularSolve(transposed: true), l, backward)
    let rows = (0..<157).map { $0 * 41 % 97 }
    let (column, single) = (try normal("column", 157, 1), try e.with(precision: .float32))
    let tensors: [Tensor?] = [
      try e.gather(a, rows: rows), try single.converted(a), try e.map(.product, column, a), try e.map(.sum, column, a.columns(1..<4)),
      try e.gemm(a, b), try e.gemm(a, a, transposeA: true), try e.gemm(a, thin), try e.gemm(b, thin, transposeA: true, transposeB: false),
      kernel.nngp, kernel.ntk, cross.nngp, cross.ntk, pass.value, pass.jacobian, narrow.value, narrow.jacobian, features.value,
      features.jacobian, recursion.nngp, recursion.ntk, paired, vjp.gram, vjp.row, vjp.column,
      forward, backward, try e.map(.activation(.erf), a), try e.rows(.sum, a), try e.rows(.sum, a.reshaped(rows: 1, columns: 157 * 301)),
    ]
    return try tensors.map { try $0.map(e.read) ?? [] }
  }

  @Test(arguments: Setting.all)
  func bitsDoNotDependOnTheNumberOfThreads(_ setting: Setting) throws {
    let one = try Self.everything(setting.engine(threads: 1))
    #expect(one.allSatisfy { !$0.isEmpty && $0.allSatisfy(\.isFinite) }, "\(setting.testDescription)")
    for threads in [2, 3, 7] {
      let engine = try setting.engine(threads: threads)
      for repetition in 0..<3 {
        let many = try Self.everything(engine)
        for (index, pair) in zip(one, many).enumerated() where pair.0 != pair.1 {
          Issue.record("\(setting.testDescription), \(threads) threads, repetition \(repetition), seed 5: result \(index) differs")
        }
      }
    }
  }

  /// Row-major lower triangle with a heavy diagonal.
  private static func triangle(_ size: Int) -> [Double] {
    (0..<size * size).map { index in
      let (i, j) = (index / size, index % size)
      return i == j ? 4 : j < i ? Double((i * size + j) % 7) * 0.01 : 0
    }
  }

  /// The pool is shared: calls from several threads at once must not disturb each other.
  @Test(arguments: Setting.all)
  func rowsThatAreHandedOnEarlyHaveTheBitsOfTheWhole(_ setting: Setting) throws {
    let (e, n) = (try setting.engine(), 331)
    let x = try e.normal(rows: n, columns: 5, stream: RandomStream(seed: 6, name: "x"))
    let whole = try e.kernel(Self.program, x)
    var (panels, next, nngp, ntk): (Int, Int, [Double], [Double]) = (0, 0, [], [])
    let panelBytes = 100 * 2 * n * e.precision.byteCount
    try e.kernelPanels(Self.program, x, nil, nngp: true, ntk: true, panelBytes: panelBytes) { rows, first, second in
      #expect(rows.lowerBound == next)
      (panels, next) = (panels + 1, rows.upperBound)
      // As the numbers lie in memory, without a copy.
      try e.forEachRows(of: #require(first), byteCount: 10 * n * e.precision.byteCount) { part, bytes in
        #expect(part.count <= 10 && bytes.count == part.count * n * e.precision.byteCount)
        switch e.precision {
        case .float64: nngp += bytes.bindMemory(to: Double.self)
        case .float32: nngp += bytes.bindMemory(to: Float.self).map(Double.init)
        }
      }
      ntk += try e.read(#require(second))
    }
    #expect(panels > 2 && next == n, "\(panels) panels, \(setting.testDescription)")
    #expect(try nngp == e.read(#require(whole.nngp)) && ntk == e.read(#require(whole.ntk)), "\(setting.testDescription), seed 6")
  }

  @Test func callsFromSeveralThreadsGiveTheSameBits() async throws {
    let engine = try Engine(CPUBackend(threads: 2))
    let expected = try Self.everything(engine)
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<4 { group.addTask { try Self.everything(engine) == expected } }
      for try await isEqual in group { #expect(isEqual, "seed 5") }
    }
  }

  struct Product: Sendable, CustomTestStringConvertible {
    var m: Int
    var n: Int
    var k: Int
    var testDescription: String { "\(m)x\(n)x\(k)" }
    private static let sizes: [(Int, Int, Int)] = [
      (1, 1, 1), (13, 17, 5), (12, 16, 300), (97, 33, 257), (200, 3, 41), (5, 530, 70), (40, 16, 520), (30, 20, 0),
      (110, 140, 1030),
    ]
    static let all = sizes.map { Product(m: $0.0, n: $0.1, k: $0.2) }
  }

  /// Plain loops, with the bound of Higham, *Accuracy and Stability of Numerical Algorithms*, sec. 3.5.
  @Test(arguments: Setting.all, Product.all)
  func gemmIsThePlainSum(_ setting: Setting, _ p: Product) throws {
    let e = try setting.engine()
    let stream = RandomStream(seed: 9, name: p.testDescription)
    for (transposeA, transposeB, lowerOnly) in [
      (false, false, false), (true, false, false), (false, true, false), (true, true, false), (false, true, true),
    ] {
      let a = try e.normal(rows: transposeA ? p.k : p.m, columns: transposeA ? p.m : p.k, stream: stream.child("a"))
      let b = try e.normal(rows: transposeB ? p.n : p.k, columns: transposeB ? p.k : p.n, stream: stream.child("b"))
      let c = try e.normal(rows: p.m, columns: p.n, stream: stream.child("c"))
      let (av, bv, before) = (try e.read(a), try e.read(b), try e.read(c))
      try e.gemm(
        GEMM(transposeA: transposeA, transposeB: transposeB, alpha: 0.5, beta: -2, lowerOnly: lowerOnly), a, b, into: c)
      let got = try e.read(c)
      var worst = 0.0
      for i in 0..<p.m {
        for j in 0..<p.n {
          var (sum, magnitude) = (-2 * before[i * p.n + j], abs(2 * before[i * p.n + j]))
          for q in 0..<p.k {
            let term = 0.5 * av[transposeA ? q * p.m + i : i * p.k + q] * bv[transposeB ? j * p.k + q : q * p.n + j]
            sum += term
            magnitude += abs(term)
          }
          if lowerOnly, j > i { (sum, magnitude) = (before[i * p.n + j], 0) }
          let error = abs(got[i * p.n + j] - sum)
          let bound = Double(p.k + 4) * e.precision.unitRoundoff * magnitude
          worst = max(worst, error == 0 ? 0 : error.isNaN ? .infinity : error / bound)
        }
      }
      #expect(worst <= 1, "\(setting.testDescription) \(p.testDescription) tA=\(transposeA) tB=\(transposeB) lower=\(lowerOnly) seed 9")
    }
  }

  /// A point that coincides with a centre has determinant 0 without rounding, so a kernel with a cone is right at its tip.
  @Test(arguments: Setting.all, [1, 3, 16])
  func coincidingInputsGiveTheDiagonal(_ setting: Setting, _ width: Int) throws {
    let e = try setting.engine()
    let program = CovarianceProgram(chain: [.activation(.relu)])
    let x = try e.normal(rows: 37, columns: width, stream: RandomStream(seed: 11, name: "x"))
    let same = try e.converted(e.tensor(e.read(x), rows: 37, columns: width))
    let kernel = try e.read(e.kernel(.nngp, program, x, same))
    let diagonal = try e.kernelDiagonal(.nngp, program, x)
    for i in 0..<37 {
      let error = abs(kernel[i * 37 + i] - diagonal[i])
      #expect(error <= 8 * e.precision.unitRoundoff * diagonal[i], "\(setting.testDescription) width \(width) point \(i) seed 11")
    }
  }

  @Test func missingMemoryIsAnError() throws {
    let backend = try CPUBackend()
    #expect(throws: ComputeError.self) { try backend.allocate(byteCount: 1 << 50) }
    #expect(throws: ComputeError.self) { try CPUBackend(threads: 0) }
  }
}
