import Compute
import WideKernels

/// Numbers written through a view and read back, at odd offsets, next to numbers that must stay.
struct CopyCase: CaseBody {
  var batch, rows, columns: Int
  var layout: Layout

  var label: String { "b\(batch) \(rows)x\(columns) \(layout)" }

  static var all: [any CaseBody] {
    let sizes = [(1, 1, 1), (1, 7, 9), (3, 8, 16), (2, 33, 31), (1, 130, 65), (1, 1, 100_000)]
    return sizes.flatMap { size in
      [Layout.dense, .strided].map { CopyCase(batch: size.0, rows: size.1, columns: size.2, layout: $0) }
    }
  }

  func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    let values = probe.uniforms("values", batch * rows * columns)
    let target = try probe.output("written", batch: batch, rows: rows, columns: columns, layout)
    let exact = values.map { Bounded<P>(WideReal($0), error: 0) }
    try probe.verify([target], [matches(exact)]) { try probe.engine.write(values, into: target.view) }
    guard try probe.engine.read(target.view) == values else {
      return probe.fail("reading the view gives other numbers than its buffer holds")
    }
  }
}
