/// What a job does with one of its tensors.
public enum OperandRole: String, Sendable, Codable {
  /// A tensor that is only read.
  case input = "in"
  /// Every number is written, none is read.
  case output = "out"
  /// Read and written, or written in part.
  case inOut

  /// Whether the job reads it.
  public var isRead: Bool { self != .output }
  /// Whether the job writes it.
  public var isWritten: Bool { self != .input }
}

/// A tensor of a job: its name there, what happens to it, and itself.
public struct JobOperand: Sendable {
  /// The tensor's name in its job.
  public let name: String
  /// What the job does with the tensor.
  public let role: OperandRole
  /// The tensor itself.
  public let tensor: Tensor

  init(_ name: String, _ role: OperandRole, _ tensor: Tensor) { (self.name, self.role, self.tensor) = (name, role, tensor) }
}

/// What every operation says of itself. `BackendJob` makes the rest of it.
protocol TensorJob: Sendable {
  static var operation: BackendOperation { get }
  /// Why no benchmark measures it by itself; nil, unless a job says otherwise, where one does.
  static var reasonWithoutBenchmark: String? { get }
  var backendJob: BackendJob { get }
  var precision: Precision { get }

  /// The tensors of the job: inputs, then results, always in the same order.
  var tensors: [TensorField<Self>] { get }
  var isEmpty: Bool { get }
  /// Shapes and indices, with the operation's name for errors.
  func check(_ name: String) throws(ComputeError)
  func declaredWork(_ costs: PairCosts) -> DeclaredWork

  /// Texts from which `init(_:)` makes the job again.
  var parameters: [String: String] { get }
  init(_ parts: JobParts) throws(ComputeError)
}

extension TensorJob {
  static var reasonWithoutBenchmark: String? { nil }

  /// The tensors that it has.
  var operands: [JobOperand] { tensors.compactMap { $0.operand(of: self) } }

  /// Replaces each tensor by what `change` makes of it.
  mutating func mapTensors<Failure: Error>(_ change: (JobOperand) throws(Failure) -> Tensor) throws(Failure) {
    for field in tensors {
      if let operand = field.operand(of: self) { field.set(try change(operand), in: &self) }
    }
  }

  var isEmpty: Bool {
    let results = operands.filter(\.role.isWritten)
    return results.isEmpty || results.contains { $0.tensor.count == 0 }
  }

  func require(_ condition: Bool, _ name: String, expected: @autoclosure () -> String, got: @autoclosure () -> String)
    throws(ComputeError)
  {
    guard condition else { throw .shapeMismatch(operation: name, expected: expected(), got: got()) }
  }
}
