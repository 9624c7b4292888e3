import Compute

/// A job and the same job on some of its items, rows and columns: what both compute has the same bits.
///
/// For what operations that is promised says Documentation/numerics.md, "Neighbours".
struct NeighbourCase: CaseBody {
  /// Dimensions of a result that rows and columns of operands belong to.
  enum Axis { case rows, columns }

  /// A part of a result; all of what is nil.
  struct Part: Sendable, CustomStringConvertible {
    var item: Int?
    var rows: Range<Int>?
    var columns: Range<Int>?

    func range(_ axis: Axis?) -> Range<Int>? {
      switch axis {
      case .rows: rows
      case .columns: columns
      case nil: nil
      }
    }

    var description: String {
      let parts = [item.map { "item \($0)" }, rows.map { "rows \($0)" }, columns.map { "columns \($0)" }]
      return parts.compactMap(\.self).joined(separator: ", ")
    }
  }

  let operation: BackendOperation
  let label: String
  /// Whether every backend promises it, and not only those that do not split sums by how many there are.
  let isPromised: Bool
  let parts: [Part]
  /// Makes the whole job.
  let whole: @Sendable (Probe) throws -> BackendJob

  init(
    _ operation: BackendOperation, _ label: String, isPromised: Bool = true, parts: [Part],
    whole: @escaping @Sendable (Probe) throws -> BackendJob
  ) {
    (self.operation, self.label, self.isPromised, self.parts, self.whole) = (operation, label, isPromised, parts, whole)
  }

  func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    let job = try whole(probe)
    // Parts first: a result may hold numbers that the whole job reads.
    let own = try parts.map { part in
      let job = try part.of(job, on: probe.engine)
      try probe.backend.perform(job)
      return job
    }
    try probe.backend.perform(job)
    for (part, own) in zip(parts, own) {
      for (all, some) in zip(job.operands, own.operands) where all.role.isWritten && part.isCut(from: all, of: job) {
        probe.requireSameBits(
          try probe.engine.read(some.tensor), try probe.engine.read(part.view(of: all, in: job)), "\(all.name) of \(part)")
      }
    }
  }
}

extension NeighbourCase.Part {
  /// The job of this part, with results of its own.
  fileprivate func of(_ job: BackendJob, on engine: Engine) throws -> BackendJob {
    let part = try job.mapTensors { operand throws(ComputeError) in
      let view = view(of: operand, in: job)
      guard operand.role.isWritten else { return view }
      let result = try engine.empty(batch: view.batch, rows: view.rows, columns: view.columns)
      if operand.role.isRead { try engine.copy(view, into: result) }
      return result
    }
    guard case .widePass(var pass) = part, let item, let counts = pass.centreCounts else { return part }
    pass.centreCounts = [counts[item]]
    return .widePass(pass)
  }

  fileprivate func view(of operand: JobOperand, in job: BackendJob) -> Tensor {
    let axes = job.axes(of: operand)
    var view = operand.tensor
    if let item, view.batch > 1 { view = view.item(item) }
    if let rows = range(axes.rows) { view = view.rows(rows) }
    if let columns = range(axes.columns) { view = view.columns(columns) }
    return view
  }

  /// Whether the part's numbers of a result are numbers of the whole: they are not where it sums over what the part leaves out.
  fileprivate func isCut(from result: JobOperand, of job: BackendJob) -> Bool {
    let axes = job.axes(of: result)
    return (rows == nil || axes.rows == .rows || axes.columns == .rows)
      && (columns == nil || axes.rows == .columns || axes.columns == .columns)
  }
}

extension BackendJob {
  /// What rows and columns of an operand belong to; nil where all of them count for every number of a result, or there is one.
  fileprivate func axes(of operand: JobOperand) -> (rows: NeighbourCase.Axis?, columns: NeighbourCase.Axis?) {
    switch (self, operand.name) {
    case (.gemm(let job), "a"): job.operation.transposeA ? (nil, .rows) : (.rows, nil)
    case (.gemm(let job), "b"): job.operation.transposeB ? (.columns, nil) : (nil, .columns)
    case (.recursion(let job), "rowDiagonal") where !job.isPaired: (.rows, nil)
    case (.recursion(let job), "columnDiagonal") where !job.isPaired: (.columns, nil)
    case (.blockKernel, "x"), (.recursionVJP, "rowDiagonal"), (.recursionVJP, "rowCotangent"), (.reduceRows, _): (.rows, nil)
    case (.blockKernel, "y"), (.recursionVJP, "columnDiagonal"), (.recursionVJP, "columnCotangent"): (.columns, nil)
    case (.widePass, "points"), (.widePass, "value"), (.widePass, "jacobian"): (.rows, nil)
    case (.featurePass, "points"), (.featurePass, "value"), (.featurePass, "jacobian"): (.rows, nil)
    case (.triangularSolve, "b"): (nil, .columns)
    case (.map, _): (operand.tensor.rows > 1 ? .rows : nil, operand.tensor.columns > 1 ? .columns : nil)
    case (.gemm, _), (.recursion, _), (.recursionVJP, _), (.blockKernel, _): (.rows, .columns)
    default: (nil, nil)
    }
  }
}
