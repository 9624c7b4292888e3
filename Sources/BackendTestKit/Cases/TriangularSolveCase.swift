import Compute
import Foundation

/// Solves with well- and ill-conditioned factors, judged by the residual.
///
/// Substitution gives x̂ with (L + ΔL) x̂ = b and |ΔL| ≤ γ_R |L| in any order (Higham, th. 8.5), so
/// |b − L x̂| ≤ γ |L| |x̂| row by row, however ill-conditioned L is; 4 R roundings leave room for blocked solves.
struct TriangularSolveCase: CaseBody {
  var batch: Int
  var size: Int
  var columns: Int
  var transposed: Bool
  var isIllConditioned: Bool
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
    let operation = TriangularSolve(transposed: transposed)
    try probe.verify([b], [residuals(P.self, l, right)]) { try probe.backend.triangularSolve(operation, l.tensor, b.view) }
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

  private func residuals<P: Rounding>(_ rounding: P.Type, _ l: Operand, _ right: [Double]) -> ([Double]) -> [Deviation] {
    let (size, columns, transposed) = (size, columns, transposed)
    return { got in
      let gamma = Bounded<P>.gamma(4 * size + 2)
      return got.indices.map { index in
        let (item, i, column) = (index / (size * columns), index / columns % size, index % columns)
        var (residual, magnitude) = (WideReal(right[index]), 0.0)
        for p in transposed ? i..<size : 0..<i + 1 {
          let term = WideReal(transposed ? l[item, p, i] : l[item, i, p]) * WideReal(got[(item * size + p) * columns + column])
          residual -= term
          magnitude += Double(abs(term))
        }
        return Deviation(got: got[index], expected: right[index], difference: Double(abs(residual)), bound: gamma * magnitude)
      }
    }
  }
}
