import Compute
import OpenCLBackend
import Testing
import WideKernels

@Suite(.needsOpenCL) struct AlgebraTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var batch = 1
    var m: Int
    var n: Int
    var k: Int
    var transposeA = false, transposeB = false, lowerOnly = false
    var beta = 0.0
    var isShared = false
    var testDescription: String {
      "\(batch)x\(m)x\(n)x\(k)\(transposeA ? " aT" : "")\(transposeB ? " bT" : "")\(lowerOnly ? " lower" : "") beta \(beta)\(isShared ? " shared" : "")"
    }

    static let all: [Case] = [
      Case(m: 1, n: 1, k: 1), Case(m: 5, n: 3, k: 0, beta: 0.5), Case(m: 40, n: 50, k: 0, beta: 0.5), Case(m: 33, n: 4, k: 1003),
      Case(m: 65, n: 16, k: 31, transposeB: true), Case(m: 7, n: 5, k: 700, transposeA: true, beta: 1),
      Case(batch: 3, m: 100, n: 3, k: 257, transposeA: true),
      Case(m: 3, n: 133, k: 300), Case(m: 3, n: 133, k: 300, transposeB: true, isShared: true), Case(batch: 2, m: 49, n: 67, k: 35),
      Case(m: 96, n: 80, k: 1000, transposeB: true, beta: -1), Case(m: 71, n: 71, k: 13, transposeB: true, lowerOnly: true),
      Case(batch: 3, m: 30, n: 31, k: 17, transposeA: true, transposeB: true, beta: 2, isShared: true),
      Case(m: 9, n: 9, k: 40, transposeB: true, lowerOnly: true, beta: 1),
    ]
  }

  /// C is a part of a larger tensor: an element written outside it, or above the diagonal with `lowerOnly`, shows.
  @Test(arguments: OpenCLTarget.all, Case.all)
  func gemmIsWithinTheForwardErrorBound(_ target: OpenCLTarget, _ c: Case) throws {
    let engine = try target.engine
    var numbers = Numbers("gemm")
    let items = c.isShared ? 1 : c.batch
    let (a, b) = (numbers(items * c.m * c.k), numbers(c.batch * c.k * c.n))
    let before = numbers(c.batch * (c.m + 2) * (c.n + 3))
    let wholeA = try engine.tensor(a, batch: items, rows: c.transposeA ? c.k : c.m, columns: c.transposeA ? c.m : c.k)
    let wholeB = try engine.tensor(b, batch: c.batch, rows: c.transposeB ? c.n : c.k, columns: c.transposeB ? c.k : c.n)
    let whole = try engine.tensor(before, batch: c.batch, rows: c.m + 2, columns: c.n + 3)
    try engine.gemm(
      GEMM(transposeA: c.transposeA, transposeB: c.transposeB, alpha: 0.5, beta: c.beta, lowerOnly: c.lowerOnly), wholeA, wholeB,
      into: whole.rows(1..<c.m + 1).columns(2..<c.n + 2))
    let expected = before.indices.map { e -> (value: Double, bound: Double) in
      let (item, i, j) = (e / (c.n + 3) / (c.m + 2), e / (c.n + 3) % (c.m + 2) - 1, e % (c.n + 3) - 2)
      guard (0..<c.m).contains(i), (0..<c.n).contains(j), !c.lowerOnly || j <= i else { return (before[e], 0) }
      var (sum, magnitude) = (c.beta * before[e], abs(c.beta * before[e]))
      for p in 0..<c.k {
        let x = a[(c.isShared ? 0 : item) * c.m * c.k + (c.transposeA ? p * c.m + i : i * c.k + p)]
        let term = 0.5 * x * b[item * c.k * c.n + (c.transposeB ? j * c.k + p : p * c.n + j)]
        sum += term
        magnitude += abs(term)
      }
      // The test's own sum in float64 has the same bound: hence twice that of float64.
      return (sum, Double(c.k + 3) * 2 * engine.precision.unitRoundoff * magnitude)
    }
    #expect(worstRatio(try engine.read(whole), expected) <= 1)
  }

  @Test(arguments: OpenCLTarget.all, [(1, 1), (64, 3), (150, 1), (201, 40)])
  func triangularSolveHasASmallResidual(_ target: OpenCLTarget, _ size: (rows: Int, columns: Int)) throws {
    let engine = try target.engine
    var numbers = Numbers("solve")
    let r = size.rows
    var l = numbers(2 * r * r)
    for e in l.indices {
      let (i, j) = (e / r % r, e % r)
      l[e] = j > i ? 9 : j == i ? 2 + abs(l[e]) : l[e] / Double(r)  // what stands above the diagonal is not read
    }
    let b = numbers(2 * r * size.columns)
    for transposed in [false, true] {
      let x = try engine.tensor(b, batch: 2, rows: r, columns: size.columns)
      try engine.triangularSolve(TriangularSolve(transposed: transposed), engine.tensor(l, batch: 2, rows: r, columns: r), x)
      let solution = try engine.read(x)
      var residuals: [Double] = []
      var expected: [(value: Double, bound: Double)] = []
      for e in b.indices {
        let (item, i, j) = (e / size.columns / r, e / size.columns % r, e % size.columns)
        var (sum, magnitude) = (0.0, 0.0)
        for p in transposed ? i..<r : 0..<i + 1 {
          let term = l[item * r * r + (transposed ? p * r + i : i * r + p)] * solution[item * r * size.columns + p * size.columns + j]
          sum += term
          magnitude += abs(term)
        }
        residuals.append(sum)
        // Higham, sec. 8.1: the computed x solves a system whose entries are off by at most γ_n each.
        expected.append((b[e], Double(r + 3) * 2 * engine.precision.unitRoundoff * magnitude))
      }
      #expect(worstRatio(residuals, expected) <= 1)
    }
  }

  @Test(arguments: OpenCLTarget.all, [1, 7, 64, 1001])
  func reductionsCountEveryColumnOnce(_ target: OpenCLTarget, _ columns: Int) throws {
    let engine = try target.engine
    var numbers = Numbers("rows")
    let values = numbers(2 * 3 * columns)
    let x = try engine.tensor(values, batch: 2, rows: 3, columns: columns)
    for reduction in Reduction.allCases {
      let expected = (0..<6).map { row -> (value: Double, bound: Double) in
        let part = values[row * columns..<(row + 1) * columns]
        let terms = reduction == .sumOfSquares ? part.map { $0 * $0 } : Array(part)
        let bound = Double(columns + 1) * 2 * engine.precision.unitRoundoff * terms.reduce(0) { $0 + abs($1) }
        return reduction == .maximum ? (part.max() ?? .nan, 0) : (terms.reduce(0, +), bound)
      }
      #expect(worstRatio(try engine.read(engine.rows(reduction, x)), expected) <= 1, "\(reduction)")
    }
  }

  @Test(arguments: OpenCLTarget.all)
  func aNaNDoesNotBecomeANumber(_ target: OpenCLTarget) throws {
    let engine = try target.engine
    let notANumber = try engine.tensor([.nan], rows: 1, columns: 1)
    #expect(try engine.read(engine.map(.activation(.relu), notANumber))[0].isNaN)
  }

  @Test(arguments: OpenCLTarget.all)
  func normalsFollowTheStreamAtAnyStart(_ target: OpenCLTarget) throws {
    let engine = try target.engine
    let stream = RandomStream(seed: 0x1234_5678_9abc_def0, name: "normals")
    let whole = try engine.read(engine.normal(rows: 3, columns: 67, stream: stream))
    let part = try engine.read(engine.normal(rows: 1, columns: 10, stream: stream, firstElement: 5))
    #expect(part == Array(whole[5..<15]))
  }
}
