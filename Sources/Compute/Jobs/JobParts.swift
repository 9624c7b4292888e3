import WideKernels

/// What a job is made of: parameters as text and tensors, by name.
public struct JobParts: Sendable {
  /// The operation of the job.
  public let operation: BackendOperation
  /// Parameters as text, by name.
  public let parameters: [String: String]
  /// Tensors by name.
  public let tensors: [String: Tensor]

  public init(_ operation: BackendOperation, parameters: [String: String], tensors: [String: Tensor]) {
    (self.operation, self.parameters, self.tensors) = (operation, parameters, tensors)
  }

  func tensor(_ name: String) throws(ComputeError) -> Tensor {
    guard let tensor = tensors[name] else { throw invalid("the tensor '\(name)' is missing") }
    return tensor
  }

  func text(_ name: String) throws(ComputeError) -> String {
    guard let text = parameters[name] else { throw invalid("the parameter '\(name)' is missing") }
    return text
  }

  func value<Value>(_ name: String, _ read: (String) -> Value?) throws(ComputeError) -> Value {
    let text = try text(name)
    guard let value = read(text) else { throw invalid("the parameter '\(name)' is '\(text.prefix(200))'") }
    return value
  }

  func flag(_ name: String) throws(ComputeError) -> Bool { try value(name) { Bool($0) } }
  func number(_ name: String) throws(ComputeError) -> Double { try value(name) { Double($0) } }
  func integer(_ name: String) throws(ComputeError) -> Int { try value(name) { Int($0) } }

  func optionalInteger(_ name: String) throws(ComputeError) -> Int? {
    guard parameters[name] != nil else { return nil }
    return try integer(name)
  }

  func integers(_ name: String) throws(ComputeError) -> [Int]? {
    guard parameters[name] != nil else { return nil }
    return try value(name) { text in
      let fields = text.split(separator: ",")
      let numbers = fields.compactMap { Int($0) }
      return numbers.count == fields.count ? numbers : nil
    }
  }

  func activation(_ name: String) throws(ComputeError) -> ActivationKind {
    try value(name) { try? ActivationKind($0) }
  }

  func program(_ name: String) throws(ComputeError) -> CovarianceProgram { try value(name) { CovarianceProgram(text: $0) } }

  private func invalid(_ reason: String) -> ComputeError { .invalidJob(operation: operation.rawValue, reason: reason) }
}

extension [Int] {
  /// What `JobParts.integers` reads.
  var jobText: String { map(String.init).joined(separator: ",") }
}
