import Compute
import Foundation

/// Solves with well- and ill-conditioned factors, judged by the residual.
///
/// Substitution gives x̂ with (L + ΔL) x̂ = b and |ΔL| ≤ γ_R |L| in any order (Higham, th. 8.5), so
/// |b − L x̂| ≤ γ |L| |x̂| row by row, however ill-conditioned L is; 4 R roundings leave room for blocked solves.
struct TriangularSolveCase: CaseBody {
  var batch, size, columns: Int
  var transposed, isIllConditioned: Bool
  var sharesL = false
  var layout = Layout.dense

  var label: String {
    "\(transposed ? "t" : "n") b\(batch) R\(size) m\(columns) \(isIllConditioned ? "ill" : "well")-conditioned"
      + (sharesL ? " sharedL" : "") + " \(layout)"
  }

  static var all: [any CaseBody] {
    let sizes = [(1, 1, 1), (2, 7, 3), (1, 8, 8), (3, 16, 1), (1, 31, 33), (2, 33, 5), (1, 65, 9), (1, 127, 2), (1, 130, 17)]
    var cases = sizes.enumerated().flatMap { index, size in
      [false, true].map { transposed in
        TriangularSolveCase(
          batch: size.0, size: size.1, columns: size.2, transposed: transposed, isIllConditioned: (index + (transposed ? 1 : 0)) % 2 == 0,
          layout: index % 2 == 0 ? .dense : .strided)
      }
    }
    for transposed in [false, true] {
      // Products of more than one size, of many columns and of few.
      for columns in [1, 40] {
        cases.append(TriangularSolveCase(batch: 1, size: 261, columns: columns, transposed: transposed, isIllConditioned: false))
      }
      cases.append(TriangularSolveCase(batch: 3, size: 33, columns: 4, transposed: transposed, isIllConditioned: true, sharesL: true))
    }
    return cases
  }

  func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    let items = sharesL ? 1 : batch
    let factor = (0..<items).flatMap { isIllConditioned ? smoothFactor(item: $0) : randomFactor(probe, item: $0) }
    let right = probe.uniforms("b", batch * size * columns)
    let l = try probe.input("l", factor, batch: items, rows: size, columns: size, layout)
    let b = try probe.output("b", batch: batch, rows: size, columns: columns, layout, initial: right)
    let job = TriangularSolveJob(TriangularSolve(transposed: transposed), l.tensor, b.view)
    func residuals(_ got: [Double]) -> [Deviation] {
      let solution = Operand(values: got, tensor: b.view)
      return got.indices.map { index in
        let place = (index / (size * columns), index / columns % size, index % columns)
        return Self.residual(P.self, l, solution, right: right[index], transposed: transposed, place)
      }
    }
    try probe.verify([b], [residuals]) { try probe.backend.perform(.triangularSolve(job)) }
  }

  /// Entries of size 1/√R below a diagonal near 1: condition numbers of about 10. Above the diagonal NaN, which is not read.
  private func randomFactor(_ probe: Probe, item: Int) -> [Double] {
    let random = probe.uniforms("l\(item)", size * size)
    let scale = 1 / Double(size).squareRoot()
    return (0..<size * size).map { index in
      let (i, j) = (index / size, index % size)
      return j > i ? .nan : Double(Float(i == j ? 1 + random[index] / 2 : scale * random[index]))
    }
  }

  /// The Cholesky factor of a smooth kernel matrix with a jitter of 1e-4: condition numbers of about 300.
  private func smoothFactor(item: Int) -> [Double] {
    var l = [Double](repeating: .nan, count: size * size)
    let length = Double(6 + 2 * item)
    for j in 0..<size {
      for i in j..<size {
        let distance = Double(i - j) / length
        var sum = exp(-distance * distance / 2) + (i == j ? 1e-4 : 0)
        for p in 0..<j { sum -= l[i * size + p] * l[j * size + p] }
        l[i * size + j] = Double(Float(i == j ? sum.squareRoot() : sum / l[j * size + j]))
      }
    }
    return l
  }

  /// One row of b − op(L) x̂ for one column of one item, in units of its bound.
  static func residual<P: Rounding>(
    _ rounding: P.Type, _ l: Operand, _ solution: Operand, right: Double, transposed: Bool, _ place: (item: Int, row: Int, column: Int)
  ) -> Deviation {
    let (size, i) = (l.tensor.rows, place.row)
    let got = solution[place.item, i, place.column]
    var (residual, magnitude) = (WideReal(right), 0.0)
    for p in transposed ? i..<size : 0..<i + 1 {
      let term = WideReal(transposed ? l[place.item, p, i] : l[place.item, i, p]) * WideReal(solution[place.item, p, place.column])
      residual -= term
      magnitude += Double(abs(term))
    }
    return Deviation(
      got: got, expected: right, difference: Double(abs(residual)), bound: Bounded<P>.gamma(4 * size + 2) * magnitude)
  }
}

extension JobOracle {
  func triangularSolve(_ job: TriangularSolveJob) throws(ComputeError) -> Deviation {
    let right = try input("b")[place.item, place.row, place.column]
    return TriangularSolveCase.residual(P.self, try input("l"), got, right: right, transposed: job.operation.transposed, place)
  }
}
