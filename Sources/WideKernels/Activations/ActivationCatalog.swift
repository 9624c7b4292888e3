/// Every activation, by name. A new one is a file in this folder, a line in `all` and a case in `visit`.
public enum ActivationCatalog {
  /// Types of all activations.
  public static let all: [any Activation.Type] = [
    ABReLU.self, Abs.self, Cos.self, Erf.self, Exp.self, GELU.self, Gaussian.self,
    Identity.self, LeakyReLU.self, Monomial.self, Polynomial.self, Rbf.self, ReLU.self, RectifiedMonomial.self,
    ScaledErf.self, SiLU.self, Sigmoid.self, Sign.self, Sin.self, Softplus.self, Tanh.self,
  ]

  /// Names of all activations, sorted.
  public static var names: [String] { all.map { $0.name }.sorted() }

  /// Reads `relu`, or `leaky-relu(0.1)` with parameters in the order of `parameterDefaults`.
  public static func activation(_ text: String) throws(ActivationError) -> any Activation {
    let trimmed = text.filter { !$0.isWhitespace }
    let parts = trimmed.split(separator: "(", omittingEmptySubsequences: false)
    guard let head = parts.first, !head.isEmpty, parts.count <= 2 else { throw .syntax(text) }
    guard let type = all.first(where: { $0.name == String(head) }) else { throw .unknown(name: String(head), known: names) }
    guard parts.count == 2 else { return try type.init(parameters: type.parameterDefaults.map(\.value)) }
    guard parts[1].hasSuffix(")") else { throw .syntax(text) }
    var parameters: [Double] = []
    for field in parts[1].dropLast().split(separator: ",", omittingEmptySubsequences: false) {
      guard let value = Double(field) else { throw .syntax(text) }
      parameters.append(value)
    }
    return try type.init(parameters: parameters)
  }

  /// The text from which `activation(_:)` makes this value again.
  public static func text(_ activation: any Activation) -> String {
    let name = type(of: activation).name
    let parameters = activation.parameters
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

/// Code that wants an activation's concrete type, so that the compiler specialises it: a call through
/// `any Activation` runs unspecialised generic code, tens of times slower.
public protocol ActivationVisitor {
  /// What the code returns.
  associatedtype Result
  /// Runs the code for an activation of known type.
  func visit<A: Activation>(_ activation: A) -> Result
}

extension ActivationCatalog {
  /// Calls the visitor with the concrete type.
  @inlinable @inline(__always)
  public static func visit<V: ActivationVisitor>(_ activation: any Activation, _ visitor: V) -> V.Result {
    switch activation {
    case let activation as Erf: visitor.visit(activation)
    case let activation as ReLU: visitor.visit(activation)
    case let activation as ABReLU: visitor.visit(activation)
    case let activation as Abs: visitor.visit(activation)
    case let activation as Cos: visitor.visit(activation)
    case let activation as Exp: visitor.visit(activation)
    case let activation as GELU: visitor.visit(activation)
    case let activation as Gaussian: visitor.visit(activation)
    case let activation as Identity: visitor.visit(activation)
    case let activation as LeakyReLU: visitor.visit(activation)
    case let activation as Monomial: visitor.visit(activation)
    case let activation as Polynomial: visitor.visit(activation)
    case let activation as Rbf: visitor.visit(activation)
    case let activation as RectifiedMonomial: visitor.visit(activation)
    case let activation as ScaledErf: visitor.visit(activation)
    case let activation as SiLU: visitor.visit(activation)
    case let activation as Sigmoid: visitor.visit(activation)
    case let activation as Sign: visitor.visit(activation)
    case let activation as Sin: visitor.visit(activation)
    case let activation as Softplus: visitor.visit(activation)
    case let activation as Tanh: visitor.visit(activation)
    default: visitor.visit(activation)
    }
  }
}
