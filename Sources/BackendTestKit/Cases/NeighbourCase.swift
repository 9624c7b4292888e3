import Compute

/// A job and the same job on some of its items, rows and columns: what both compute has the same bits.
///
/// For what operations that is promised says Documentation/numerics.md, "Neighbours".
struct NeighbourCase: CaseBody {
  /// Dimensions of a result that rows and columns of operands belong to.
  enum Axis { case rows, columns }

  /// What rows and columns of an operand belong to; nil where all of them count for every number of a result, or there is one.
  typealias Axes = (rows: Axis?, columns: Axis?)

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
  let axes: @Sendable (JobOperand) -> Axes
  /// Makes the whole job.
  let whole: @Sendable (Probe) throws -> BackendJob

  init(
    _ operation: BackendOperation, _ label: String, isPromised: Bool = true, parts: [Part],
    axes: @escaping @Sendable (JobOperand) -> Axes, whole: @escaping @Sendable (Probe) throws -> BackendJob
  ) {
    (self.operation, self.label, self.isPromised, self.parts) = (operation, label, isPromised, parts)
    (self.axes, self.whole) = (axes, whole)
  }

  func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    let job = try whole(probe)
    // Parts first: a result may hold numbers that the whole job reads.
    let own = try parts.map { part in
      let job = try self.part(part, of: job, on: probe.engine)
      try probe.backend.perform(job)
      return job
    }
    try probe.backend.perform(job)
    for (part, own) in zip(parts, own) {
      for (all, some) in zip(job.operands, own.operands) where all.role.isWritten && isCut(part, from: all) {
        probe.requireSameBits(
          try probe.engine.read(some.tensor), try probe.engine.read(view(part, of: all)), "\(all.name) of \(part)")
      }
    }
  }
}

extension NeighbourCase {
  /// The job of this part, with results of its own.
  private func part(_ part: Part, of job: BackendJob, on engine: Engine) throws -> BackendJob {
    let own = try job.mapTensors { operand throws(ComputeError) in
      let view = view(part, of: operand)
      guard operand.role.isWritten else { return view }
      let result = try engine.empty(batch: view.batch, rows: view.rows, columns: view.columns)
      if operand.role.isRead { try engine.copy(view, into: result) }
      return result
    }
    guard case .widePass(var pass) = own, let item = part.item, let counts = pass.centreCounts else { return own }
    pass.centreCounts = [counts[item]]
    return .widePass(pass)
  }

  private func view(_ part: Part, of operand: JobOperand) -> Tensor {
    let axes = axes(operand)
    var view = operand.tensor
    if let item = part.item, view.batch > 1 { view = view.item(item) }
    if let rows = part.range(axes.rows) { view = view.rows(rows) }
    if let columns = part.range(axes.columns) { view = view.columns(columns) }
    return view
  }

  /// Whether the part's numbers of a result are numbers of the whole: they are not where it sums over what the part leaves out.
  private func isCut(_ part: Part, from result: JobOperand) -> Bool {
    let axes = axes(result)
    return (part.rows == nil || axes.rows == .rows || axes.columns == .rows)
      && (part.columns == nil || axes.rows == .columns || axes.columns == .columns)
  }
}
