/// Every row of `input` `[batch, rows, columns]`, columns ≥ 1, as one number in `out` `[batch, rows, 1]`.
public struct ReduceRowsJob: Sendable {
  /// What a row is reduced to.
  public var reduction: Reduction
  /// The rows `[batch, rows, columns]`.
  public var input: Tensor
  /// A number for every row `[batch, rows, 1]`, to be written.
  public var out: Tensor

  public init(_ reduction: Reduction, _ input: Tensor, into out: Tensor) {
    (self.reduction, self.input, self.out) = (reduction, input, out)
  }
}

extension ReduceRowsJob: TensorJob {
  static let operation = BackendOperation.reduceRows
  static let reasonWithoutBenchmark: String? = "bound by memory as copies are, and part of trainingStep and limitStep"
  var backendJob: BackendJob { .reduceRows(self) }
  var precision: Precision { out.precision }

  var tensors: [TensorField<Self>] { [.init("input", .input, \.input), .init("out", .output, \.out)] }

  func check(_ name: String) throws(ComputeError) {
    try require(input.columns > 0, name, expected: "at least one column", got: input.shapeText)
    try require(
      out.shape == (input.batch, input.rows, 1), name, expected: "[\(input.batch), \(input.rows), 1] for \(input.shapeText)",
      got: out.shapeText)
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork { DeclaredWork(moving: [input, out]) }

  var parameters: [String: String] { ["reduction": reduction.rawValue] }

  init(_ parts: JobParts) throws(ComputeError) {
    self.init(try parts.value("reduction") { Reduction(rawValue: $0) }, try parts.tensor("input"), into: try parts.tensor("out"))
  }
}

extension Engine {
  /// `[batch, rows, columns]` to `[batch, rows, 1]`; columns ≥ 1.
  public func rows(_ reduction: Reduction, _ input: Tensor) throws(ComputeError) -> Tensor {
    let out = pending(batch: input.batch, rows: input.rows, columns: 1)
    return try performed(ReduceRowsJob(reduction, input, into: out), as: "rows").out
  }
}
