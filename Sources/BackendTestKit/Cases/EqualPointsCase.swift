import Compute
import WideKernels

/// Kernels of points some of which come again, in other tiles: every one with its double has the numbers of the diagonal to the last bit, whatever
/// sums its covariance is made of. A covariance that differs by one rounding u is an angle of √u to a kink, so a bound above zero would hide it.
package struct EqualPointsCase: CaseBody {
  /// Program whose kernels are compared.
  package var program: CovarianceProgram
  var points: Int
  var width: Int
  /// The rows of a panel; all of a symmetric kernel where nil.
  var panel: Range<Int>?

  package var label: String { "equal points \(program) \(points) w\(width)\(panel.map { " rows \($0)" } ?? " symmetric")" }

  static var all: [any CaseBody] {
    let kinks = ProgramSample.deep([.relu, .erf, .relu], weightVariance: 1.9, biasVariance: 0.07)
    let others = ProgramSample.deep([.gelu, .abs], weightVariance: 1.3, biasVariance: 0)
    var cases: [any CaseBody] = []
    for (index, (points, width)) in [
      (2, 1), (3, 784), (7, 33), (8, 400), (17, 3), (30, 784), (65, 40), (66, 32), (70, 385),
    ].enumerated() {
      cases.append(EqualPointsCase(program: index % 3 == 2 ? others : kinks, points: points, width: width))
    }
    for (points, width) in [(130, 784), (257, 50), (390, 5)] {
      cases.append(EqualPointsCase(program: ProgramSample.plainReLU, points: points, width: width))
    }
    for (points, width, panel) in [(40, 784, 3..<9), (70, 20, 64..<70), (300, 40, 100..<120), (90, 400, 89..<90), (1000, 36, 3..<9)] {
      cases.append(EqualPointsCase(program: kinks, points: points, width: width, panel: panel))
    }
    // Every pointwise layer, before a kink.
    for layer in PointwiseLayer.samples {
      let affine = CovarianceProgram.Element.affine(weightVariance: 1.5, biasVariance: 0.25)
      let program = CovarianceProgram(
        chain: [affine, .pointwise(layer), affine, .activation(.relu), .affine(weightVariance: 1, biasVariance: 0)])
      cases.append(EqualPointsCase(program: program, points: program.isQuadrature ? 5 : 9, width: 37))
    }
    return cases
  }

  package func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    // Doubles of the first third (one point at least) lie at the end in reverse, so that pairs meet in tiles of all kinds.
    let doubles = max(1, points / 3)
    var values = probe.uniforms("x", points * width)
    for k in 0..<doubles {
      for column in 0..<width { values[(points - 1 - k) * width + column] = values[k * width + column] }
    }
    let x = try probe.input("x", values, rows: points, columns: width)
    let rows = panel ?? 0..<points
    let outputs = try KernelKind.allCases.map { try probe.output($0.rawValue, rows: rows.count, columns: points) }
    let job = BlockKernelJob(
      program: program, x: x.tensor.rows(rows), y: panel == nil ? nil : x.tensor, firstRow: panel?.lowerBound,
      nngp: outputs.view(.nngp, KernelKind.allCases), ntk: outputs.view(.ntk, KernelKind.allCases))
    func judge(_ got: [Double]) -> [Deviation] {
      rows.compactMap { row in
        let double = points - 1 - row
        guard row < doubles || double < doubles else { return nil }
        let line = (row - rows.lowerBound) * points
        let (diagonal, off) = (got[line + row], got[line + double])
        return Deviation(got: off, expected: diagonal, difference: abs(off - diagonal), bound: 0)
      }
    }
    try probe.verify(outputs, [judge, judge], mayBeTrivial: true) { try probe.backend.perform(.blockKernel(job)) }
  }
}
