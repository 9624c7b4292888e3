extension ActivationKind {
  /// Names of all activations, sorted.
  public static var names: [String] { types.map { $0.name }.sorted() }

  /// Reads `relu`, or `leaky-relu(0.1)` with parameters in the order of `parameterDefaults`.
  public init(_ text: String) throws(ActivationError) {
    let trimmed = text.filter { !$0.isWhitespace }
    let parts = trimmed.split(separator: "(", omittingEmptySubsequences: false)
    guard let head = parts.first, !head.isEmpty, parts.count <= 2 else { throw .syntax(text) }
    guard let type = Self.types.first(where: { $0.name == String(head) }) else { throw .unknown(name: String(head), known: Self.names) }
    guard parts.count == 2 else {
      self = try type.init(parameters: type.parameterDefaults.map(\.value)).kind
      return
    }
    guard parts[1].hasSuffix(")") else { throw .syntax(text) }
    var parameters: [Double] = []
    for field in parts[1].dropLast().split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Double(field) else { throw .syntax(text) }
      parameters.append(value)
    }
    self = try type.init(parameters: parameters).kind
  }
}

extension ActivationKind: CustomStringConvertible {
  /// The text from which `init(_:)` makes this value again.
  public var description: String {
    let activation = formulas
    let (name, parameters) = (type(of: activation).name, activation.parameters)
    return parameters.isEmpty ? name : "\(name)(\(parameters.map { "\($0)" }.joined(separator: ",")))"
  }
}

/// Checks the number of parameters and that they are finite.
func requireParameters<A: Activation>(_ parameters: [Double], of type: A.Type) throws(ActivationError) {
  let expected = A.parameterDefaults
  guard parameters.count == expected.count else {
    throw .parameterCount(name: A.name, expected: expected.map(\.name), got: parameters.count)
  }
  for (value, parameter) in zip(parameters, expected) where !value.isFinite {
    throw .parameter(name: A.name, parameter: parameter.name, expected: "a finite number", got: value)
  }
}
