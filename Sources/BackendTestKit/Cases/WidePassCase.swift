import Compute
import WideKernels

/// Kernel × coefficients and its Jacobian. Bound: running error analysis per pair, γ over the centres.
///
/// The first point is the first centre, so that kernels with a kink are evaluated on it. With dyadic points and a width
/// that is a power of two all covariances are exact there, and the derivative 0 of the cone's tip is asked for; else a kinked
/// kernel's Jacobian on its kink depends on rounding, and only finite numbers are asked for.
package struct WidePassCase: CaseBody {
  /// Program of the wide part.
  package var program: CovarianceProgram
  var kind: KernelKind
  var batch = 1
  /// Numbers of points, centres, coordinates and outputs.
  package var n, centres, width, outputs: Int
  var hasJacobian = true
  var counts: [Int]?
  var isDyadic = false
  var layout = Layout.dense

  package var label: String {
    "\(kind.rawValue) \(program) b\(batch) n\(n) R\(centres) w\(width) c\(outputs)" + (counts.map { " counts\($0)" } ?? "")
      + (hasJacobian ? " jacobian" : "") + (isDyadic ? " dyadic" : "") + " \(layout)"
  }

  static var all: [any CaseBody] {
    var cases = ProgramSample.oneHidden.enumerated().map { index, program in
      let isKinked = program.hasKink
      return WidePassCase(
        program: program, kind: index % 2 == 0 ? .ntk : .nngp, n: program.isQuadrature ? 3 : 7, centres: program.isQuadrature ? 4 : 9,
        width: isKinked ? 1 << index % 3 : 1 + index % 5, outputs: 1 + index % 3, isDyadic: isKinked)
    }
    let sizes = [(1, 1, 1), (2, 7, 8), (1, 33, 31), (3, 9, 16), (1, 65, 7), (1, 130, 33), (1, 8, 127), (1, 31, 130)]
    let programs = [
      ProgramSample.linear, ProgramSample.twoReLU, ProgramSample.deep([.erf, .erf], weightVariance: 1.3, biasVariance: 0.07),
      ProgramSample.deep([.gelu], weightVariance: 1.3, biasVariance: 0.07),
    ]
    for (index, program) in programs.enumerated() {
      for (place, (batch, n, centres)) in sizes.enumerated() {
        let width = 1 + (index + place) % 5
        let isDyadic = program.hasKink && (width & (width - 1) == 0)
        cases.append(
          WidePassCase(
            program: program, kind: (index + place) % 3 == 0 ? .nngp : .ntk, batch: batch, n: n, centres: centres, width: width,
            outputs: 1 + place % 3, hasJacobian: (index + place) % 4 != 3,
            counts: batch > 1 ? (0..<batch).map { $0 == 1 ? 0 : centres - $0 } : nil, isDyadic: isDyadic,
            layout: place % 2 == 0 ? .strided : .dense))
      }
    }
    // Whole blocks of vectors of points and of slopes, and what is left beside them.
    let erf = ProgramSample.deep([.erf], weightVariance: 1.3, biasVariance: 0.07)
    for (place, (n, width, outputs)) in [(35, 64, 1), (19, 17, 10), (40, 27, 3), (16, 13, 1), (32, 5, 16)].enumerated() {
      cases.append(
        WidePassCase(
          program: erf, kind: place % 2 == 0 ? .ntk : .nngp, n: n, centres: 7, width: width, outputs: outputs,
          layout: place % 2 == 0 ? .strided : .dense))
    }
    for hasJacobian in [false, true] {
      cases.append(
        WidePassCase(program: ProgramSample.twoReLU, kind: .ntk, n: 9, centres: 0, width: 2, outputs: 2, hasJacobian: hasJacobian))
      cases.append(
        WidePassCase(
          program: ProgramSample.twoReLU, kind: .nngp, batch: 4, n: 8, centres: 17, width: 3, outputs: 3, hasJacobian: hasJacobian,
          counts: [17, 0, 1, 16]))
    }
    return cases
  }

  package func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    var pointValues = values(probe, "points", n)
    let centreValues = values(probe, "centres", centres)
    if centres > 0, isDyadic || !program.hasKink || width == 3 { for k in 0..<width { pointValues[k] = centreValues[k] } }
    let coefficientValues = probe.uniforms("coefficients", batch * centres * outputs)
    let points = try probe.input("points", pointValues, batch: batch, rows: n, columns: width, layout)
    let centreTensor = try probe.input("centres", centreValues, batch: batch, rows: centres, columns: width, layout)
    let coefficients = try probe.input("coefficients", coefficientValues, batch: batch, rows: centres, columns: outputs, layout)
    let value = try probe.output("value", batch: batch, rows: n, columns: outputs, layout)
    let jacobian = try probe.output("jacobian", batch: batch, rows: n, columns: outputs * width, layout)
    let job = WidePassJob(
      program: program, kind: kind, points: points.tensor, centres: centreTensor.tensor, centreCounts: counts,
      coefficients: coefficients.tensor, value: value.view, jacobian: hasJacobian ? jacobian.view : nil)

    let expected = expectation(P.self, pointValues, centreValues, coefficientValues)
    let isEmpty = centres == 0 || counts?.contains(0) == true
    try probe.verify(
      hasJacobian ? [value, jacobian] : [value],
      hasJacobian ? [matches(expected.value), matches(expected.jacobian)] : [matches(expected.value)],
      mayBeTrivial: isEmpty || n * centres < 4 || program.isConstant
    ) { try probe.backend.perform(.widePass(job)) }
  }

  private func values(_ probe: Probe, _ name: String, _ count: Int) -> [Double] {
    let uniforms = probe.uniforms(name, batch * count * width)
    return isDyadic ? uniforms.map { ($0 * 16).rounded() / 16 } : uniforms
  }

  func expectation<P: Rounding>(_ rounding: P.Type, _ points: [Double], _ centreValues: [Double], _ coefficients: [Double])
    -> (value: [Bounded<P>], jacobian: [Bounded<P>])
  {
    typealias Number = Bounded<P>
    let oracle = PairOracle<P>(program: program)
    let reciprocalWidth = Number(
      WideReal(1) / WideReal(width), error: width & (width - 1) == 0 ? 0 : P.precision.unitRoundoff / Double(width))
    var (value, jacobian): ([Number], [Number]) = ([], [])
    for item in 0..<batch {
      let count = counts?[item] ?? centres
      func centre(_ j: Int) -> ArraySlice<Double> { centreValues[(item * centres + j) * width..<(item * centres + j + 1) * width] }
      let centreDiagonal = (0..<count).map { PairOracle<P>.covariance(centre($0), centre($0)) }
      for i in 0..<n {
        let point = points[(item * n + i) * width..<(item * n + i + 1) * width]
        let pointDiagonal = PairOracle<P>.covariance(point, point)
        let pairs = (0..<count).map { j -> Jet<Number> in
          let q12 = PairOracle<P>.covariance(point, centre(j))
          guard hasJacobian else {
            let kernels = oracle.kernels(q11: pointDiagonal, q22: centreDiagonal[j], q12: q12)
            return Jet(constant: kind == .nngp ? kernels.nngp : kernels.ntk)
          }
          let jets = oracle.jets(q11: pointDiagonal, q22: centreDiagonal[j], q12: q12)
          return kind == .nngp ? jets.nngp : jets.ntk
        }
        for output in 0..<outputs {
          let alpha = (0..<count).map { Number(coefficients[(item * centres + $0) * outputs + output]) }
          value.append(Number.sum((0..<count).map { alpha[$0] * pairs[$0].value }))
          guard hasJacobian else { continue }
          for k in 0..<width {
            var magnitude = 0.0
            let terms = (0..<count).map { j -> Number in
              let alongPoint = Number(2) * pairs[j].d11 * Number(point[point.startIndex + k])
              let alongCentre = pairs[j].d12 * Number(centre(j)[centre(j).startIndex + k])
              // The two parts may be summed apart, so rounding counts against both.
              magnitude += alpha[j].magnitude * (alongPoint.magnitude + alongCentre.magnitude) / Double(width)
              return alpha[j] * ((alongPoint + alongCentre) * reciprocalWidth)
            }
            jacobian.append(Number.sum(terms, magnitude: magnitude + terms.reduce(0) { $0 + $1.error }))
          }
        }
      }
    }
    return (value, jacobian)
  }
}

extension JobOracle {
  func widePass(_ job: WidePassJob) throws(ComputeError) -> Deviation {
    let count = job.centreCounts?[place.item] ?? job.centres.rows
    let body = WidePassCase(
      program: job.program, kind: job.kind, n: 1, centres: count, width: job.points.columns, outputs: job.coefficients.columns,
      hasJacobian: output.name == "jacobian")
    let expected = body.expectation(
      P.self, Array(try input("points").row(place.item, place.row)), Array(try input("centres").rows(place.item, 0..<count)),
      Array(try input("coefficients").rows(place.item, 0..<count)))
    return deviation(from: output.name == "jacobian" ? expected.jacobian[place.column] : expected.value[place.column])
  }
}
