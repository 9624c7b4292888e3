/// A tensor of a job: its name there, what happens to it, and which of the job's properties holds it.
struct TensorField<Job> {
  private enum Place {
    case property(WritableKeyPath<Job, Tensor>)
    case optional(WritableKeyPath<Job, Tensor?>)
    case element(WritableKeyPath<Job, [Tensor]>, Int)
  }

  private let name: String
  private let role: OperandRole
  private let place: Place

  private init(_ name: String, _ role: OperandRole, _ place: Place) { (self.name, self.role, self.place) = (name, role, place) }

  init(_ name: String, _ role: OperandRole, _ path: WritableKeyPath<Job, Tensor>) { self.init(name, role, .property(path)) }
  init(_ name: String, _ role: OperandRole, _ path: WritableKeyPath<Job, Tensor?>) { self.init(name, role, .optional(path)) }
  init(_ name: String, _ role: OperandRole, _ path: WritableKeyPath<Job, [Tensor]>, at index: Int) {
    self.init(name, role, .element(path, index))
  }

  /// The tensor of a job; nil where the job has none here.
  func operand(of job: Job) -> JobOperand? {
    switch place {
    case .property(let path): JobOperand(name, role, job[keyPath: path])
    case .optional(let path): job[keyPath: path].map { JobOperand(name, role, $0) }
    case .element(let path, let index): JobOperand(name, role, job[keyPath: path][index])
    }
  }

  /// Puts another tensor in the place of a job's.
  func set(_ tensor: Tensor, in job: inout Job) {
    switch place {
    case .property(let path): job[keyPath: path] = tensor
    case .optional(let path): job[keyPath: path] = tensor
    case .element(let path, let index): job[keyPath: path][index] = tensor
    }
  }
}
