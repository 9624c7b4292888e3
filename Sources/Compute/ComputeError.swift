/// What can go wrong between a caller, the engine and a device.
public enum ComputeError: Error, Equatable, CustomStringConvertible {
  /// A tensor whose shape does not fit the operation.
  case shapeMismatch(operation: String, expected: String, got: String)
  /// A tensor of another precision than the operation's.
  case precisionMismatch(operation: String, expected: Precision, got: Precision)
  /// A row or item that a tensor does not have.
  case indexOutOfRange(operation: String, index: Int, count: Int)
  /// A target row that is named twice.
  case repeatedIndex(operation: String, index: Int)
  /// A number that is infinite or no number.
  case notFinite(operation: String, row: Int, column: Int, value: Double)
  /// A precision that the device does not have.
  case unsupportedPrecision(device: String, precision: Precision)
  /// An allocation that the device refuses; the hint says what to make smaller.
  case outOfMemory(device: String, requestedBytes: Int, hint: String)
  /// A memory budget too small for even one part of an operation.
  case budgetTooSmall(operation: String, neededBytes: Int, budgetBytes: Int)
  /// A backend that this machine cannot run.
  case unavailable(backend: String, reason: String)
  /// A device identifier that names none of those `known`.
  case unknownDevice(name: String, known: [String])
  /// A variable of the environment with a value that it cannot have.
  case variable(name: String, value: String, expected: String)
  /// A call of the driver that failed, with the reason that it gave.
  case deviceFailure(device: String, operation: String, reason: String)
  /// A kernel that the driver's compiler refuses, with what it wrote.
  case kernelBuildFailed(device: String, kernel: String, log: String)
  /// Something that the backend or its driver cannot do; the reason says what.
  case unsupported(operation: String, reason: String)
  /// A description of a job of which no job can be made.
  case invalidJob(operation: String, reason: String)
  /// K(x, x) of points that are not zero lies below the least normal number of the precision.
  case vanishingKernel(kernel: KernelKind, precision: Precision, count: Int, of: Int, first: Int, set: String)
  /// Rounding of the covariances of two nearly parallel points changes their kernel by `change` of √(K(x, x) K(y, y)).
  case unresolvedPair(kernel: KernelKind, precision: Precision, first: String, second: String, change: Double)

  public var description: String {
    switch self {
    case .shapeMismatch(let operation, let expected, let got): "\(operation): expected \(expected), got \(got)."
    case .precisionMismatch(let operation, let expected, let got):
      "\(operation): operands are \(expected) and \(got); convert one of them first."
    case .indexOutOfRange(let operation, let index, let count):
      "\(operation): row \(index) does not exist; expected an index in 0 ..< \(count)."
    case .repeatedIndex(let operation, let index):
      "\(operation): row \(index) of the target is named twice; expected distinct rows. Add the rows that belong together first."
    case .notFinite(let operation, let row, let column, let value):
      "\(operation): entry (\(row), \(column)) is \(value); expected finite numbers. Check the input for missing values."
    case .unsupportedPrecision(let device, let precision):
      "\(device) cannot compute in \(precision). Choose another device (see `isthmus devices`) or another --precision."
    case .outOfMemory(let device, let bytes, let hint): "\(device) has no room for \(bytes) bytes. \(hint)"
    case .budgetTooSmall(let operation, let needed, let budget):
      "\(operation) needs at least \(needed) bytes, the memory budget is \(budget). Raise the budget or take fewer points."
    case .unavailable(let backend, let reason): "backend '\(backend)' is not available: \(reason)"
    case .variable(let name, let value, let expected): "\(name) is '\(value)'; expected \(expected). Change or unset it."
    case .unknownDevice(let name, let known):
      "device '\(name)' is not known; choose one of \(known.joined(separator: ", ")) (see `isthmus devices`)."
    case .deviceFailure(let device, let operation, let reason): "\(device) failed in \(operation): \(reason)"
    case .kernelBuildFailed(let device, let kernel, let log): "\(device) could not build \(kernel):\n\(log)"
    case .unsupported(let operation, let reason): "\(operation): \(reason)"
    case .invalidJob(let operation, let reason): "\(operation): this is no job: \(reason)."
    case .vanishingKernel(let kernel, let precision, let count, let of, let first, let set):
      "\(kernel): the kernel of \(count) of \(of) points of \(set) with themselves (the first is row \(first)) lies below the least number that "
        + "\(precision) holds with all its digits, \(precision == .float32 ? "1.2e-38" : "2.2e-308"), and would come out as 0. "
        + (precision == .float32 ? "Compute in float64, or raise" : "Raise")
        + " the weight variances (for relu, 2 keeps a kernel's size from layer to layer) or scale the inputs up."
    case .unresolvedPair(let kernel, let precision, let first, let second, let change):
      "\(kernel): \(first) and \(second) are so long and so nearly parallel that the rounding of their inner product in \(precision) changes "
        + "their kernel by \(change < 10 ? String(percent: change) : "more than ten times") of √(K(x, x) K(y, y)). Centre the inputs (subtract their mean)"
        + (precision == .float32 ? ", scale them down, or compute in float64." : " or scale them down.")
    }
  }
}

extension String {
  fileprivate init(percent fraction: Double) { self = "about \(Swift.max(1, Int((100 * fraction).rounded()))) %" }
}
