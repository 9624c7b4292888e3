import Compute

/// Rows reduced to numbers. Bounds: γ_n Σ|x|, γ_{n+1} Σx², and 0 for the maximum.
struct ReduceRowsCase: CaseBody {
  var reduction: Reduction
  var batch, rows, columns: Int
  var layout: Layout

  var label: String { "\(reduction.rawValue) b\(batch) \(rows)x\(columns) \(layout)" }

  static var all: [any CaseBody] {
    let sizes = [(1, 1, 1), (2, 7, 9), (1, 130, 8), (3, 16, 16), (1, 33, 127), (1, 65, 64), (2, 9, 1000), (1, 1, 5000)]
    return sizes.enumerated().flatMap { index, size in
      Reduction.allCases.map {
        ReduceRowsCase(reduction: $0, batch: size.0, rows: size.1, columns: size.2, layout: index % 2 == 0 ? .strided : .dense)
      }
    }
  }

  func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    // Shifted, so that a sum over a long row is not all cancellation.
    let values = probe.uniforms("x", batch * rows * columns).map { Double(Float($0 - 0.25)) }
    let input = try probe.input("x", values, batch: batch, rows: rows, columns: columns, layout)
    let out = try probe.output("out", batch: batch, rows: rows, columns: 1)
    let expected = (0..<batch * rows).map { row -> Bounded<P> in
      Self.expectation(reduction, values[row * columns..<(row + 1) * columns].map { Bounded<P>($0) })
    }
    try probe.verify([out], [matches(expected)]) {
      try probe.backend.perform(.reduceRows(ReduceRowsJob(reduction, input.tensor, into: out.view)))
    }
  }

  /// What a row with at least one number is reduced to.
  static func expectation<P: Rounding>(_ reduction: Reduction, _ row: [Bounded<P>]) -> Bounded<P> {
    switch reduction {
    case .sum: Bounded.sum(row)
    case .sumOfSquares: Bounded.sum(row.map { $0 * $0 })
    case .maximum: row.dropFirst().reduce(row[0]) { $0.value < $1.value ? $1 : $0 }
    }
  }
}

extension JobOracle {
  func reduceRows(_ job: ReduceRowsJob) throws(ComputeError) -> Deviation {
    let row = try input("input").row(place.item, place.row)
    return deviation(from: ReduceRowsCase.expectation(job.reduction, row.map { Number($0) }))
  }
}
