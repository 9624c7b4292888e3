import Compute

/// Products of all transposes, scalings, layouts and shared operands, at sizes around the edges of tiles.
///
/// Bound: γ_{k+4} (|α| Σ|a b| + |β c|), for any order of summation (Higham, sec. 3.5; 4 for α, β and their sum).
package struct GEMMCase: CaseBody {
  var batch: Int
  /// Rows of op(A), columns of op(B) and inner size.
  package var m, n, k: Int
  /// The product with its transpositions and factors.
  package var operation: GEMM
  var sharesA, sharesB: Bool
  var layout: Layout

  /// A product of these sizes; transposed or repeated operands, factors and layout as the arguments say.
  package init(
    batch: Int = 1, m: Int, n: Int, k: Int, operation: GEMM, sharesA: Bool = false, sharesB: Bool = false, layout: Layout = .dense
  ) {
    self.batch = batch
    (self.m, self.n, self.k) = (m, n, k)
    self.operation = operation
    (self.sharesA, self.sharesB) = (sharesA, sharesB)
    self.layout = layout
  }

  package var label: String {
    let transposes = (operation.transposeA ? "t" : "n") + (operation.transposeB ? "t" : "n")
    let shared = (sharesA ? " sharedA" : "") + (sharesB ? " sharedB" : "")
    return "\(transposes) b\(batch) m\(m) n\(n) k\(k) alpha=\(operation.alpha) beta=\(operation.beta)"
      + (operation.lowerOnly ? " lower" : "") + shared + " \(layout)"
  }

  static var all: [any CaseBody] {
    let sizes = [
      (1, 1, 1), (7, 9, 8), (8, 8, 16), (9, 7, 1), (16, 16, 16), (31, 33, 17), (33, 31, 64), (63, 65, 127), (65, 64, 63), (127, 130, 33),
      (130, 127, 9), (1, 130, 65), (130, 1, 7), (2, 3, 1000),
    ]
    let scales: [(Double, Double)] = [(1, 0), (-0.75, 0), (1, 1), (1.0 / 3, -2.5)]
    var cases: [GEMMCase] = []
    for (index, (m, n, k)) in sizes.enumerated() {
      for transposes in 0..<4 {
        let (alpha, beta) = scales[(index + transposes) % 4]
        cases.append(
          GEMMCase(
            batch: m * n * k < 20_000 ? 1 + index % 3 : 1, m: m, n: n, k: k,
            operation: GEMM(transposeA: transposes & 1 == 1, transposeB: transposes & 2 == 2, alpha: alpha, beta: beta),
            layout: (index + transposes / 2) % 2 == 0 ? .dense : .strided))
      }
    }
    // Rows at multiples of 16 bytes, which vectors may read, and edges of tiles within them.
    for (m, n, k) in [(28, 60, 36), (60, 124, 12), (124, 248, 20)] {
      for transposes in 0..<4 {
        let (alpha, beta) = scales[transposes]
        cases.append(
          GEMMCase(
            batch: m < 100 ? 2 : 1, m: m, n: n, k: k,
            operation: GEMM(transposeA: transposes & 1 == 1, transposeB: transposes & 2 == 2, alpha: alpha, beta: beta)))
      }
    }
    cases.append(GEMMCase(m: 124, n: 124, k: 20, operation: GEMM(transposeB: true, alpha: -1, beta: 1, lowerOnly: true)))
    for (index, n) in [1, 7, 8, 16, 33, 65, 130].enumerated() {
      for (alpha, beta) in [(1.0, 0.0), (-1.0, 1.0)] {
        cases.append(
          GEMMCase(
            batch: 1 + index % 2, m: n, n: n, k: 5 + 4 * index,
            operation: GEMM(transposeB: index % 3 > 0, alpha: alpha, beta: beta, lowerOnly: true),
            layout: index % 2 == 0 ? .strided : .dense))
      }
    }
    cases.append(GEMMCase(m: 33, n: 9, k: 12, operation: GEMM(transposeB: true, lowerOnly: true)))
    cases.append(GEMMCase(m: 9, n: 33, k: 12, operation: GEMM(lowerOnly: true)))
    for (sharesA, sharesB) in [(true, false), (false, true), (true, true)] {
      cases.append(
        GEMMCase(batch: 3, m: 17, n: 9, k: 31, operation: GEMM(transposeB: true, alpha: 0.5), sharesA: sharesA, sharesB: sharesB))
      cases.append(
        GEMMCase(batch: 4, m: 9, n: 33, k: 8, operation: GEMM(beta: 1), sharesA: sharesA, sharesB: sharesB, layout: .strided))
    }
    // More inner indices than are summed at once: few columns, few rows, many of both; and batches of small items, also of shared operands.
    for (index, (batch, m, n, k)) in [
      (1, 197, 21, 403), (1, 20, 150, 403), (1, 101, 103, 389), (1, 17, 1030, 386), (33, 13, 21, 9), (40, 5, 3, 11), (64, 8, 8, 8),
      (17, 33, 17, 29),
    ].enumerated() {
      for transposes in 0..<4 {
        let (alpha, beta) = scales[(index + transposes) % 4]
        cases.append(
          GEMMCase(
            batch: batch, m: m, n: n, k: k,
            operation: GEMM(transposeA: transposes & 1 == 1, transposeB: transposes & 2 == 2, alpha: alpha, beta: beta),
            sharesA: batch > 1 && transposes == 1, sharesB: batch > 1 && transposes == 2,
            layout: (index + transposes / 2) % 2 == 0 ? .strided : .dense))
      }
    }
    // Many rows of few columns: a vector that is written whole would reach into the next rows, which another thread may have.
    for (n, layout) in [(3, Layout.strided), (5, .dense), (11, .strided)] {
      cases.append(GEMMCase(m: 6100, n: n, k: 9, operation: GEMM(alpha: 0.5), layout: layout))
    }
    for (transposeA, transposeB) in [(false, true), (true, false)] {
      cases.append(
        GEMMCase(
          m: 137, n: 137, k: 401, operation: GEMM(transposeA: transposeA, transposeB: transposeB, alpha: -1, beta: 1, lowerOnly: true),
          layout: .strided))
      cases.append(
        GEMMCase(batch: 20, m: 19, n: 19, k: 7, operation: GEMM(transposeA: transposeA, transposeB: transposeB, lowerOnly: true)))
    }
    cases.append(GEMMCase(m: 5, n: 9, k: 0, operation: GEMM()))
    cases.append(GEMMCase(batch: 2, m: 9, n: 5, k: 0, operation: GEMM(transposeA: true, beta: -2)))
    return cases
  }

  package func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    let (itemsA, itemsB) = (sharesA ? 1 : batch, sharesB ? 1 : batch)
    let (rowsA, columnsA) = operation.transposeA ? (k, m) : (m, k)
    let (rowsB, columnsB) = operation.transposeB ? (n, k) : (k, n)
    let a = try probe.input("a", probe.uniforms("a", itemsA * m * k), batch: itemsA, rows: rowsA, columns: columnsA, layout)
    let b = try probe.input("b", probe.uniforms("b", itemsB * k * n), batch: itemsB, rows: rowsB, columns: columnsB, layout)
    // Where the old numbers matter they are given; else they are poison, which β = 0 must not let through.
    let initial = operation.beta != 0 || operation.lowerOnly ? probe.uniforms("c", batch * m * n) : nil
    let c = try probe.output("c", batch: batch, rows: m, columns: n, layout, initial: initial)
    let gamma = Bounded<P>.gamma(k + 4)

    var expected: [Bounded<P>] = []
    expected.reserveCapacity(batch * m * n)
    a.values.withUnsafeBufferPointer { a in
      b.values.withUnsafeBufferPointer { b in
        for item in 0..<batch {
          let (startA, startB) = (sharesA ? 0 : item * m * k, sharesB ? 0 : item * k * n)
          for i in 0..<m {
            for j in 0..<n {
              let old = initial.map { $0[(item * m + i) * n + j] } ?? 0
              if operation.lowerOnly, j > i {
                expected.append(Bounded(WideReal(old), error: 0))
                continue
              }
              var (sum, size) = (WideReal(0), 0.0)
              for p in 0..<k {
                let x = a[startA + (operation.transposeA ? p * m + i : i * k + p)]
                let y = b[startB + (operation.transposeB ? j * k + p : p * n + j)]
                sum += WideReal(x) * WideReal(y)
                size += abs(x * y)
              }
              let value = WideReal(operation.alpha) * sum + WideReal(operation.beta) * WideReal(old)
              let magnitude = abs(operation.alpha) * size + abs(operation.beta * old)
              expected.append(Bounded(value, error: gamma * magnitude))
            }
          }
        }
      }
    }
    try probe.verify([c], [matches(expected)], mayBeTrivial: k == 0) {
      try probe.backend.perform(.gemm(GEMMJob(operation, a.tensor, b.tensor, into: c.view)))
    }
  }
}

extension JobOracle {
  func gemm(_ job: GEMMJob) throws(ComputeError) -> Deviation {
    let (a, b) = (try input("a"), try input("b"))
    let operation = job.operation
    let old = inputs["c"]?[place.item, place.row, place.column] ?? 0
    if operation.lowerOnly, place.column > place.row { return deviation(from: Number(WideReal(old), error: 0)) }
    var (sum, size) = (WideReal(0), 0.0)
    for p in 0..<job.inner {
      let x = operation.transposeA ? a[place.item, p, place.row] : a[place.item, place.row, p]
      let y = operation.transposeB ? b[place.item, place.column, p] : b[place.item, p, place.column]
      sum += WideReal(x) * WideReal(y)
      size += abs(x * y)
    }
    let previous = operation.beta == 0 ? 0 : WideReal(operation.beta) * WideReal(old)
    let magnitude = abs(operation.alpha) * size + Double(abs(previous))
    return deviation(from: Number(WideReal(operation.alpha) * sum + previous, error: Number.gamma(job.inner + 4) * magnitude))
  }
}
