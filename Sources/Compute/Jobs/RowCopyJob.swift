/// target[b, targetRows[i], :] ← source[b, sourceRows[i], :] for every batch item b, rounded where the target has less precision.
///
/// `source` `[batch, n, w]`, `target` `[batch, m, w]`, of any two precisions of the device; other rows of the target stay. Rows of the
/// target are distinct, rows of the source need not be. A list that is nil is 0, 1, 2 … for as many rows as the other asks for. The one
/// operation whose tensors may have two precisions.
public struct RowCopyJob: Sendable {
  /// The tensor that rows are read from `[batch, n, w]`.
  public var source: Tensor
  /// The rows to read, in order; nil for 0, 1, 2 ….
  public var sourceRows: [Int]?
  /// The tensor that rows are written to `[batch, m, w]`.
  public var target: Tensor
  /// The rows to write, all distinct; nil for 0, 1, 2 ….
  public var targetRows: [Int]?

  public init(source: Tensor, sourceRows: [Int]? = nil, target: Tensor, targetRows: [Int]? = nil) {
    (self.source, self.sourceRows, self.target, self.targetRows) = (source, sourceRows, target, targetRows)
  }

  /// How many rows are copied.
  public var count: Int { sourceRows?.count ?? targetRows?.count ?? source.rows }
}

extension RowCopyJob: TensorJob {
  static let operation = BackendOperation.copyRows
  static let reasonWithoutBenchmark: String? = "its speed is the limit that others are compared with (`DeviceLimits`)"
  var backendJob: BackendJob { .copyRows(self) }
  var precision: Precision { target.precision }
  var isEmpty: Bool { count == 0 || target.count == 0 }

  var tensors: [TensorField<Self>] {
    let isWhole = targetRows == nil && count == target.rows
    return [.init("source", .input, \.source), .init("target", isWhole ? .output : .inOut, \.target)]
  }

  func check(_ name: String) throws(ComputeError) {
    try require(
      source.batch == target.batch && source.columns == target.columns, name, expected: "source [b, n, w], target [b, m, w]",
      got: "\(source.shapeText), \(target.shapeText)")
    try require(
      (targetRows?.count ?? count) == count && (sourceRows != nil || count <= source.rows) && (targetRows != nil || count <= target.rows),
      name, expected: "lists of as many rows, no more than there are", got: "\(count) rows of \(source.shapeText) to \(target.shapeText)")
    try require(
      sourceRows != nil || targetRows != nil || source.rows == target.rows, name, expected: target.shapeText, got: source.shapeText)
    for index in sourceRows ?? [] where !(0..<source.rows).contains(index) {
      throw .indexOutOfRange(operation: name, index: index, count: source.rows)
    }
    var isTaken = [Bool](repeating: false, count: targetRows == nil ? 0 : target.rows)
    for index in targetRows ?? [] {
      guard isTaken.indices.contains(index) else { throw .indexOutOfRange(operation: name, index: index, count: target.rows) }
      if isTaken[index] { throw .repeatedIndex(operation: name, index: index) }
      isTaken[index] = true
    }
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork {
    let elements = target.batch * count * target.columns
    return DeclaredWork(bytes: elements * (source.precision.byteCount + target.precision.byteCount))
  }

  var parameters: [String: String] {
    var parameters: [String: String] = [:]
    parameters["sourceRows"] = sourceRows?.jobText
    parameters["targetRows"] = targetRows?.jobText
    return parameters
  }

  init(_ parts: JobParts) throws(ComputeError) {
    self.init(
      source: try parts.tensor("source"), sourceRows: try parts.integers("sourceRows"), target: try parts.tensor("target"),
      targetRows: try parts.integers("targetRows"))
  }
}
