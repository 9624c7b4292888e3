import Compute
import WideKernels

/// Cotangents of covariances from cotangents of kernels. Bound: running error analysis of the program's jet; γ_n for sums.
///
/// Where rounding decides about a derivative that jumps or has no bound (at a kink, unless the inputs are exact there), the
/// pair's cotangents are 0, and so must be its share of the result: a backend's derivative there has to be finite.
package struct RecursionVJPCase: CaseBody {
  /// Program whose derivatives are compared.
  package var program: CovarianceProgram
  var batch = 1
  var n: Int
  var m: Int
  var kinds = KernelKind.allCases
  var layout = Layout.dense

  package var label: String { "\(program) b\(batch) \(n)x\(m) \(kinds.map(\.rawValue).joined(separator: "+")) \(layout)" }

  static var all: [any CaseBody] {
    var cases = ProgramSample.oneHidden.enumerated().map { index, program in
      program.isQuadrature
        ? RecursionVJPCase(program: program, n: 3, m: 5) : RecursionVJPCase(program: program, n: 7 + 2 * (index % 2), m: 9)
    }
    let sizes = [(1, 1, 1), (2, 8, 16), (3, 7, 33), (1, 31, 9), (1, 65, 63), (1, 1, 130), (1, 130, 1), (1, 127, 64)]
    for (index, program) in ProgramSample.deepPrograms.enumerated() {
      for (place, (batch, n, m)) in sizes.enumerated() where n * m < 1000 || place % 3 == index % 3 {
        cases.append(
          RecursionVJPCase(program: program, batch: batch, n: n, m: m, layout: (index + place) % 2 == 0 ? .dense : .strided))
      }
    }
    for kind in KernelKind.allCases {
      cases.append(RecursionVJPCase(program: ProgramSample.twoReLU, n: 9, m: 16, kinds: [kind], layout: .strided))
    }
    return cases
  }

  package func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    typealias Number = Bounded<P>
    let inputs = try CovarianceInputs(probe, batch: batch, n: n, m: m, isSymmetric: false, layout)
    let oracle = PairOracle<P>(program: program)
    var (nngpValues, ntkValues) = (probe.uniforms("nngpCotangent", batch * n * m), probe.uniforms("ntkCotangent", batch * n * m))
    var (gram, row, column): ([Number], [Number], [Number]) = ([], [], [])
    for item in 0..<batch {
      var columnTerms = [[Number]](repeating: [], count: m)
      for i in 0..<n {
        var rowTerms: [Number] = []
        for j in 0..<m {
          let (q11, q22, q12): (Number, Number, Number) = inputs.covariances(item, i, j)
          let (k, theta) = oracle.jets(q11: q11, q22: q22, q12: q12)
          let index = (item * n + i) * m + j
          let derivatives = [k.d11, k.d22, k.d12] + (kinds.contains(.ntk) ? [theta.d11, theta.d22, theta.d12] : [])
          if derivatives.contains(where: { $0.error > 0x1p-6 * (1 + $0.magnitude) }) { (nngpValues[index], ntkValues[index]) = (0, 0) }
          let first = Number(kinds.contains(.nngp) ? nngpValues[index] : 0)
          let second = Number(kinds.contains(.ntk) ? ntkValues[index] : 0)
          func cotangent(_ a: Number, _ b: Number) -> Number { first * a + second * b }
          gram.append(cotangent(k.d12, theta.d12))
          rowTerms.append(cotangent(k.d11, theta.d11))
          columnTerms[j].append(cotangent(k.d22, theta.d22))
        }
        row.append(Number.sum(rowTerms))
      }
      column += columnTerms.map { Number.sum($0) }
    }
    func cotangent(_ kind: KernelKind, _ values: [Double]) throws -> Tensor? {
      kinds.contains(kind) ? try probe.input("\(kind)Cotangent", values, batch: batch, rows: n, columns: m, layout).tensor : nil
    }
    let outputs = [
      try probe.output("gramCotangent", batch: batch, rows: n, columns: m, layout),
      try probe.output("rowCotangent", batch: batch, rows: n, columns: 1),
      try probe.output("columnCotangent", batch: batch, rows: m, columns: 1),
    ]
    let job = RecursionVJPJob(
      program: program, gram: inputs.gram.tensor, rowDiagonal: inputs.rowDiagonal.tensor, columnDiagonal: inputs.columnDiagonal.tensor,
      nngpCotangent: try cotangent(.nngp, nngpValues), ntkCotangent: try cotangent(.ntk, ntkValues), gramCotangent: outputs[0].view,
      rowCotangent: outputs[1].view, columnCotangent: outputs[2].view)
    try probe.verify(outputs, [matches(gram), matches(row), matches(column)], mayBeTrivial: n * m <= 1 || program.isConstant) {
      try probe.backend.perform(.recursionVJP(job))
    }
  }
}

extension JobOracle {
  func recursionVJP(_ job: RecursionVJPJob) throws(ComputeError) -> Deviation {
    let (gram, rows, columns) = (try input("gram"), try input("rowDiagonal"), try input("columnDiagonal"))
    let oracle = PairOracle<P>(program: job.program)
    func term(_ i: Int, _ j: Int, _ derivative: KeyPath<Jet<Number>, Number>) -> Number {
      let (k, theta) = oracle.jets(
        q11: Number(rows[place.item, i, 0]), q22: Number(columns[place.item, j, 0]), q12: Number(gram[place.item, i, j]))
      func factor(_ name: String) -> Number { Number(inputs[name]?[place.item, i, j] ?? 0) }
      return factor("nngpCotangent") * k[keyPath: derivative] + factor("ntkCotangent") * theta[keyPath: derivative]
    }
    let expected =
      switch output.name {
      case "gramCotangent": term(place.row, place.column, \.d12)
      case "rowCotangent": Number.sum((0..<job.gram.columns).map { term(place.row, $0, \.d11) })
      default: Number.sum((0..<job.gram.rows).map { term($0, place.row, \.d22) })
      }
    return deviation(from: expected)
  }
}
