import CPUBackend
import Compute
import Testing

@Suite struct MatrixProductTests {
  private static let transposes = [(false, false), (true, false), (false, true), (true, true)]

  /// More rows or columns are packed where fewer are read as they lie, and blocks end elsewhere; an element is rounded alike.
  @Test(arguments: Setting.all)
  func anElementIsTheSameBesideAnyOthers(_ setting: Setting) throws {
    let e = try setting.engine()
    let (rows, columns, inner) = (203, 131, 1100)
    func normal(_ name: String, _ rows: Int, _ columns: Int, swapped: Bool = false) throws -> Tensor {
      try e.normal(rows: swapped ? columns : rows, columns: swapped ? rows : columns, stream: RandomStream(seed: 5, name: name))
    }
    for (transposeA, transposeB) in Self.transposes {
      let operation = GEMM(transposeA: transposeA, transposeB: transposeB, alpha: 0.7, beta: 1.3)
      let a = try normal("a", rows, inner, swapped: transposeA)
      let b = try normal("b", inner, columns, swapped: transposeB)
      let whole = try normal("c", rows, columns)
      try e.gemm(operation, a, b, into: whole)
      for (m, n) in [(rows, 17), (rows, 24), (rows, 40), (rows, 50), (rows, 64), (rows, 77), (17, columns), (90, columns), (20, 21)] {
        let part = try e.empty(rows: m, columns: n)
        try e.copy(normal("c", rows, columns).rows(0..<m).columns(0..<n), into: part)
        try e.gemm(operation, transposeA ? a.columns(0..<m) : a.rows(0..<m), transposeB ? b.rows(0..<n) : b.columns(0..<n), into: part)
        let isEqual = try e.read(part) == e.read(whole.rows(0..<m).columns(0..<n))
        #expect(isEqual, "\(m)x\(n) of \(rows)x\(columns), tA=\(transposeA) tB=\(transposeB), \(setting.testDescription), seed 5")
      }
    }
  }

  /// Items of a batch, whether an operand is shared or not, are the products that they are alone.
  @Test(
    arguments: Setting.all,
    [
      (20, 19, 40, 33), (3, 100, 90, 270), (2, 300, 40, 70), (40, 24, 33, 18), (250, 9, 7, 5), (60, 13, 17, 12), (100, 40, 1, 32),
      (70, 64, 4, 40), (90, 1, 33, 40), (17, 18, 20, 1030),
    ])
  func anItemIsTheProductAlone(_ setting: Setting, _ size: (batch: Int, m: Int, n: Int, k: Int)) throws {
    let e = try setting.engine()
    let stream = RandomStream(seed: 6, name: "\(size)")
    for (transposeA, transposeB) in Self.transposes {
      for (sharesA, sharesB) in Self.transposes {
        let a = try e.normal(
          batch: sharesA ? 1 : size.batch, rows: transposeA ? size.k : size.m, columns: transposeA ? size.m : size.k,
          stream: stream.child("a"))
        let b = try e.normal(
          batch: sharesB ? 1 : size.batch, rows: transposeB ? size.n : size.k, columns: transposeB ? size.k : size.n,
          stream: stream.child("b"))
        let c = try e.normal(batch: size.batch, rows: size.m, columns: size.n, stream: stream.child("c"))
        let operation = GEMM(transposeA: transposeA, transposeB: transposeB, alpha: 0.5, beta: -2)
        let alone = try e.normal(batch: size.batch, rows: size.m, columns: size.n, stream: stream.child("c"))
        try e.gemm(operation, a, b, into: c)
        for i in 0..<size.batch { try e.gemm(operation, a.item(sharesA ? 0 : i), b.item(sharesB ? 0 : i), into: alone.item(i)) }
        let isEqual = try e.read(c) == e.read(alone)
        #expect(
          isEqual, "\(size), tA=\(transposeA) tB=\(transposeB), shared \(sharesA) \(sharesB), \(setting.testDescription), seed 6")
      }
    }
  }
}
