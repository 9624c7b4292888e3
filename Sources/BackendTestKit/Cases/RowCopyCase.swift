import Compute

/// Rows copied in and out of order, within a precision and from the other one. Bound: one rounding, 0 where none is needed.
struct RowCopyCase: CaseBody {
  enum Selection: String, Sendable, CaseIterable {
    /// Row i to row i.
    case whole
    /// Rows of the source, unsorted and some of them repeated, to rows 0, 1, 2 …
    case gather
    /// Rows 0, 1, 2 … to distinct, unsorted rows of the target.
    case scatter
    case both
    /// One row that a stride of 0 repeats.
    case repeated
    /// Rows as in `gather` that begin within one another: parts of one long row.
    case overlapping
  }

  var selection: Selection
  var batch: Int
  /// How many rows are copied.
  var count: Int
  var columns: Int
  /// Whether the source has the device's other precision; on a device without one the case copies within its own.
  var converts: Bool
  var source, target: Layout

  var label: String {
    "\(selection.rawValue) b\(batch) \(count)x\(columns)\(converts ? " converted" : "") \(source) to \(target)"
  }

  static var all: [any CaseBody] {
    let sizes = [(1, 1, 1), (2, 7, 9), (3, 33, 1), (1, 130, 31), (2, 9, 64), (1, 3, 5000), (1, 2, 40_000), (2, 2111, 17)]
    let layouts: [(Layout, Layout)] = [(.dense, .dense), (.strided, .strided), (.strided, .dense), (.dense, .strided)]
    var cases: [RowCopyCase] = []
    for (place, (batch, count, columns)) in sizes.enumerated() {
      for (index, selection) in Selection.allCases.enumerated() {
        for converts in [false, true] {
          let (source, target) = layouts[(place + index + (converts ? 2 : 0)) % layouts.count]
          cases.append(
            RowCopyCase(
              selection: selection, batch: batch, count: count, columns: columns, converts: converts, source: source, target: target))
        }
      }
    }
    return cases
  }

  func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    let (hasSourceRows, hasTargetRows) = ([.gather, .both, .overlapping].contains(selection), [.scatter, .both].contains(selection))
    let isOneRow = selection == .overlapping
    let step = (columns + 2) / 3
    let (n, m) = (hasSourceRows ? (2 * count + 2) / 3 : count, hasTargetRows ? count + count / 2 + 1 : count)
    let stream = RandomStream(seed: probe.seed, name: "rows")
    let sourceRows = hasSourceRows ? stream.child("source").uniforms(count).map { Int($0 * Double(n)) } : nil
    let targetRows = hasTargetRows ? Array(stream.child("target").permutation(m).prefix(count)) : nil

    let other: Precision = P.precision == .float64 ? .float32 : .float64
    let precision = converts && probe.engine.device.precisions.contains(other) ? other : P.precision
    let (rows, length) = isOneRow ? (1, (n - 1) * step + columns) : (n, columns)
    // float64 numbers that float32 has to round, and float32 numbers that float64 holds.
    let values =
      precision == .float64
      ? stream.child("values").uniforms(batch * rows * length).map { 2 * $0 - 1 } : probe.uniforms("values", batch * rows * length)
    let input = try probe.input("source", values, batch: batch, rows: rows, columns: length, source, precision: precision)
    let before = probe.uniforms("before", batch * m * columns)
    let output = try probe.output("target", batch: batch, rows: m, columns: columns, target, initial: before)

    var view = input.tensor
    if selection == .repeated { view.rowStride = 0 }
    if isOneRow { (view.rows, view.columns, view.rowStride) = (n, columns, step) }
    var expected = before.map { Bounded<P>(WideReal($0), error: 0) }
    for item in 0..<batch {
      for i in 0..<count {
        let (from, to) = (selection == .repeated ? 0 : sourceRows?[i] ?? i, targetRows?[i] ?? i)
        for j in 0..<columns {
          let value = isOneRow ? input[item, 0, from * step + j] : input[item, from, j]
          expected[(item * m + to) * columns + j] = Bounded(WideReal(value), error: 0)
        }
      }
    }
    try probe.verify([output], [matches(expected)]) {
      try probe.backend.perform(
        .copyRows(RowCopyJob(source: view, sourceRows: sourceRows, target: output.view, targetRows: targetRows)))
    }
  }
}

extension JobOracle {
  func copyRows(_ job: RowCopyJob) throws(ComputeError) -> Deviation {
    let index: Int? = if let rows = job.targetRows { rows.firstIndex(of: place.row) } else { place.row < job.count ? place.row : nil }
    let (operand, row) =
      if let index { (try input("source"), job.sourceRows?[index] ?? index) } else { (try input("target"), place.row) }
    return deviation(from: Number(WideReal(operand[place.item, row, place.column]), error: 0))
  }
}
