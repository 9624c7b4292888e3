import Compute
import WideKernels

/// Both kernels from covariances, or one of them, symmetric, paired and neither. Bound: running error analysis of the program.
package struct RecursionCase: CaseBody {
  /// Program whose kernels are compared.
  package var program: CovarianceProgram
  var batch = 1
  var n: Int
  var m: Int
  var isSymmetric = false
  var isPaired = false
  /// Whether a tangent kernel comes in.
  var continues = false
  var kinds = KernelKind.allCases
  var layout = Layout.dense

  package var label: String {
    "\(program) b\(batch) \(n)x\(m)\(isSymmetric ? " symmetric" : "")\(isPaired ? " paired" : "")\(continues ? " continued" : "") \(kinds.map(\.rawValue).joined(separator: "+")) \(layout)"
  }

  static var all: [any CaseBody] {
    var cases = ProgramSample.oneHidden.enumerated().map { index, program in
      program.isQuadrature
        ? RecursionCase(program: program, n: 5, m: 5, isSymmetric: index % 2 == 0)
        : RecursionCase(program: program, n: 9, m: index % 2 == 0 ? 9 : 17, isSymmetric: index % 2 == 0)
    }
    let sizes = [(1, 1, 1), (2, 7, 9), (1, 8, 8), (3, 16, 33), (1, 31, 63), (1, 65, 130), (1, 130, 127), (1, 64, 64)]
    for (index, program) in ProgramSample.deepPrograms.enumerated() {
      for (place, (batch, n, m)) in sizes.enumerated() where n * m < 2000 || place % 2 == index % 2 {
        cases.append(
          RecursionCase(
            program: program, batch: batch, n: n, m: m, isSymmetric: n == m && n > 1 && index % 2 == 0,
            layout: (index + place) % 2 == 0 ? .strided : .dense))
      }
    }
    for kind in KernelKind.allCases {
      cases.append(RecursionCase(program: ProgramSample.twoReLU, n: 9, m: 16, kinds: [kind]))
      cases.append(RecursionCase(program: ProgramSample.twoReLU, n: 33, m: 33, isSymmetric: true, kinds: [kind], layout: .strided))
    }
    for (index, program) in ProgramSample.repeating.enumerated() {
      for kinds in [KernelKind.allCases, [.nngp], [.ntk]] {
        cases.append(RecursionCase(program: program, n: 6, m: index % 2 == 0 ? 6 : 19, isSymmetric: index % 2 == 0, kinds: kinds))
      }
    }
    return cases + paired + continued
  }

  /// Behind another block: with and without a first activation that could take the incoming kernel for 0, symmetric and paired.
  private static var continued: [RecursionCase] {
    let programs = [ProgramSample.twoReLU, ProgramSample.linear, ProgramSample.repeating[0], ProgramSample.repeating[3]]
    return programs.flatMap { program in
      [
        RecursionCase(program: program, batch: 2, n: 9, m: 19, continues: true, layout: .strided),
        RecursionCase(program: program, n: 17, m: 17, isSymmetric: true, continues: true),
        RecursionCase(program: program, n: 3, m: 33, isPaired: true, continues: true, kinds: [.ntk]),
      ]
    }
  }

  /// Rows longer than a tile, shorter than a vector, and one number each.
  private static var paired: [RecursionCase] {
    let deep = ProgramSample.deepPrograms.enumerated().flatMap { index, program in
      [(1, 1, 271), (2, 5, 19), (3, 4, 1)].enumerated().map { place, size in
        RecursionCase(
          program: program, batch: size.0, n: size.1, m: size.2, isPaired: true,
          layout: (index + place) % 2 == 0 ? .strided : .dense)
      }
    }
    let single = KernelKind.allCases.map { RecursionCase(program: ProgramSample.twoReLU, n: 3, m: 33, isPaired: true, kinds: [$0]) }
    let quadrature = ProgramSample.oneHidden.filter(\.isQuadrature).prefix(1).map {
      RecursionCase(program: $0, n: 2, m: 9, isPaired: true)
    }
    return deep + single + quadrature
  }

  package func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    let inputs =
      isPaired
      ? try CovarianceInputs(pairs: probe, batch: batch, n: n, m: m, layout)
      : try CovarianceInputs(probe, batch: batch, n: n, m: m, isSymmetric: isSymmetric, layout)
    let oracle = PairOracle<P>(program: program)
    let incoming = continues ? probe.uniforms("incomingNTK", batch * n * m) : []
    var (nngp, ntk): ([Bounded<P>], [Bounded<P>]) = ([], [])
    for item in 0..<batch {
      for i in 0..<n {
        for j in 0..<m {
          let (q11, q22, q12): (Bounded<P>, Bounded<P>, Bounded<P>) = inputs.covariances(item, i, j)
          let tangent = Bounded<P>(continues ? incoming[(item * n + i) * m + j] : 0)
          let kernels = oracle.kernels(q11: q11, q22: q22, q12: q12, ntk: tangent, isDiagonal: isSymmetric && i == j)
          nngp.append(kernels.nngp)
          ntk.append(kernels.ntk)
        }
      }
    }
    let outputs = try kinds.map { try probe.output($0.rawValue, batch: batch, rows: n, columns: m, layout) }
    let job = RecursionJob(
      program: program, gram: inputs.gram.tensor, rowDiagonal: inputs.rowDiagonal.tensor, columnDiagonal: inputs.columnDiagonal.tensor,
      isSymmetric: isSymmetric, isPaired: isPaired,
      incomingNTK: continues ? try probe.input("incomingNTK", incoming, batch: batch, rows: n, columns: m, layout).tensor : nil,
      nngp: outputs.view(.nngp, kinds), ntk: outputs.view(.ntk, kinds))
    try probe.verify(outputs, kinds.map { matches($0 == .nngp ? nngp : ntk) }) { try probe.backend.perform(.recursion(job)) }
  }
}

extension [Output] {
  /// The tensor for one kind of kernel, where that kind is asked for.
  func view(_ kind: KernelKind, _ kinds: [KernelKind]) -> Tensor? { kinds.firstIndex(of: kind).map { self[$0].view } }
}

extension JobOracle {
  func recursion(_ job: RecursionJob) throws(ComputeError) -> Deviation {
    let (gram, rows, columns) = (try input("gram"), try input("rowDiagonal"), try input("columnDiagonal"))
    let (item, i, j) = place
    let isDiagonal = job.isSymmetric && i == j
    let (q11, q12) = (rows[item, i, job.isPaired ? j : 0], gram[item, i, j])
    // The diagonal form may start from either.
    let kernels = PairOracle<P>(program: job.program).kernels(
      q11: Number(WideReal(q11), error: isDiagonal ? abs(q11 - q12) : 0),
      q22: Number(job.isPaired ? columns[item, i, j] : columns[item, j, 0]), q12: Number(q12),
      ntk: Number(inputs["incomingNTK"]?[item, i, j] ?? 0), isDiagonal: isDiagonal)
    return deviation(from: output.name == "nngp" ? kernels.nngp : kernels.ntk)
  }
}
