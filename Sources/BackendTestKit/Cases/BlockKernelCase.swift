import Compute
import WideKernels

/// Kernels straight from inputs: Gram and recursion in one. Bound: γ_{w+2} for the covariances, then running error analysis.
///
/// The first point of y is the first of x, and where there is a third point of x it is 0.
package struct BlockKernelCase: CaseBody {
  /// Program whose kernels are compared.
  package var program: CovarianceProgram
  var batch = 1
  var n, m, width: Int
  var isSymmetric = false
  var kinds = KernelKind.allCases
  var layout = Layout.dense

  package var label: String {
    "\(program) b\(batch) \(n)x\(m) w\(width)\(isSymmetric ? " symmetric" : "") \(kinds.map(\.rawValue).joined(separator: "+")) \(layout)"
  }

  static var all: [any CaseBody] {
    // Every third activation: the recursion's cases go through all of them, and Gram and recursion meet in a few numbers.
    var cases = ProgramSample.oneHidden.enumerated().filter { $0.offset % 3 == 0 }.map { index, program in
      let size = program.isQuadrature ? 4 : 9
      return BlockKernelCase(program: program, n: size, m: size, width: 3 + index % 5, isSymmetric: index % 2 == 0)
    }
    let sizes = [
      (1, 1, 1, 1), (2, 7, 9, 3), (1, 8, 8, 8), (3, 16, 33, 5), (1, 31, 31, 64), (1, 33, 63, 17), (1, 65, 130, 2), (1, 127, 127, 9),
      (2, 1, 65, 784), (1, 130, 1, 130), (2, 130, 70, 20), (1, 141, 141, 36),
    ]
    for (index, program) in ProgramSample.deepPrograms.enumerated() {
      for (place, (batch, n, m, width)) in sizes.enumerated() where n * m < 1000 || place % 3 == index % 3 {
        cases.append(
          BlockKernelCase(
            program: program, batch: batch, n: n, m: m, width: width, isSymmetric: n == m,
            layout: (index + place) % 2 == 0 ? .strided : .dense))
      }
    }
    for kind in KernelKind.allCases {
      cases.append(BlockKernelCase(program: ProgramSample.twoReLU, n: 17, m: 9, width: 4, kinds: [kind]))
      cases.append(
        BlockKernelCase(program: ProgramSample.twoReLU, n: 33, m: 33, width: 4, isSymmetric: true, kinds: [kind], layout: .strided))
    }
    for (program, width) in zip(ProgramSample.repeating, [3, 40, 5, 33]) {
      cases.append(BlockKernelCase(program: program, n: 19, m: 19, width: width, isSymmetric: true))
    }
    // Rows whose neighbours share the sets of a cache, which are packed.
    cases.append(BlockKernelCase(program: ProgramSample.twoReLU, batch: 2, n: 29, m: 13, width: 512))
    cases.append(BlockKernelCase(program: ProgramSample.twoReLU, n: 29, m: 29, width: 512, isSymmetric: true))
    return cases
  }

  package func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    var xValues = probe.uniforms("x", batch * n * width)
    var yValues = probe.uniforms("y", batch * m * width)
    if n > 2 { for k in 0..<width { xValues[2 * width + k] = 0 } }
    for k in 0..<width { yValues[k] = xValues[k] }
    if isSymmetric { yValues = xValues }
    let x = try probe.input("x", xValues, batch: batch, rows: n, columns: width, layout)
    let y = isSymmetric ? nil : try probe.input("y", yValues, batch: batch, rows: m, columns: width, layout)

    func points(_ values: [Double], _ count: Int, _ item: Int) -> [ArraySlice<Double>] {
      (0..<count).map { values[(item * count + $0) * width..<(item * count + $0 + 1) * width] }
    }
    let oracle = PairOracle<P>(program: program)
    var (nngp, ntk): ([Bounded<P>], [Bounded<P>]) = ([], [])
    for item in 0..<batch {
      let (xs, ys) = (points(xValues, n, item), points(yValues, m, item))
      let rowDiagonal = xs.map { PairOracle<P>.covariance($0, $0) }
      let columnDiagonal = ys.map { PairOracle<P>.covariance($0, $0) }
      for i in 0..<n {
        for j in 0..<m {
          let kernels = oracle.kernels(
            q11: rowDiagonal[i], q22: columnDiagonal[j], q12: PairOracle<P>.covariance(xs[i], ys[j]), isDiagonal: isSymmetric && i == j)
          nngp.append(kernels.nngp)
          ntk.append(kernels.ntk)
        }
      }
    }
    let outputs = try kinds.map { try probe.output($0.rawValue, batch: batch, rows: n, columns: m, layout) }
    let job = BlockKernelJob(program: program, x: x.tensor, y: y?.tensor, nngp: outputs.view(.nngp, kinds), ntk: outputs.view(.ntk, kinds))
    try probe.verify(outputs, kinds.map { matches($0 == .nngp ? nngp : ntk) }) { try probe.backend.perform(.blockKernel(job)) }
  }
}

extension JobOracle {
  func blockKernel(_ job: BlockKernelJob) throws(ComputeError) -> Deviation {
    let points = try input("x")
    let x = points.row(place.item, place.row), y = (inputs["y"] ?? points).row(place.item, place.column)
    let covariance = PairOracle<P>.covariance
    let kernels = PairOracle<P>(program: job.program).kernels(
      q11: covariance(x, x), q22: covariance(y, y), q12: covariance(x, y),
      isDiagonal: job.firstDiagonalColumn.map { $0 + place.row == place.column } ?? false)
    return deviation(from: output.name == "nngp" ? kernels.nngp : kernels.ntk)
  }
}
