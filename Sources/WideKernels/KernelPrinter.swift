/// Prints recorded expressions as single-assignment OpenCL C.
///
/// Only what an output needs is printed, every distinct term once (equal terms are found by value numbering), in an
/// order that depends on the expressions alone, so equal requests are equal texts.
public struct KernelPrinter: Sendable {
  /// The C type of constants: `float` literals carry the suffix f.
  public enum Scalar: Sendable { case float, double }

  public let scalar: Scalar
  /// The C type of variables and intermediate terms: the scalar type's name or that of a vector of it.
  public let type: String

  public init(scalar: Scalar, type: String) {
    self.scalar = scalar
    self.type = type
  }

  /// Statements that compute every value and assign it to its name, one statement a line.
  ///
  /// - Throws: `KernelPrinterError.notFinite` where a constant is infinite or NaN at this precision.
  public func statements(_ outputs: [(name: String, value: KernelExpression)]) throws(KernelPrinterError) -> String {
    var numbering = Numbering(printer: self)
    var assignments: [String] = []
    for output in outputs { assignments.append("\(output.name) = \(try numbering.operand(output.value));") }
    return (numbering.lines + assignments).joined(separator: "\n") + "\n"
  }

  /// A literal that reads back as exactly this number, safe beside any operator and in any argument list.
  public func literal(_ value: Double) throws(KernelPrinterError) -> String {
    let isFinite = scalar == .float ? Float(value).isFinite : value.isFinite
    guard isFinite else { throw .notFinite(value) }
    let digits = scalar == .float ? "\(Float(value))f" : "\(value)"
    // A cast, since functions of vectors take no scalar arguments: on a vector type it fills all lanes.
    return "((\(type))(\(digits)))"
  }

  private struct Numbering {
    let printer: KernelPrinter
    var lines: [String] = []
    var nameOfNode: [ObjectIdentifier: String] = [:]
    var nameOfTerm: [String: String] = [:]

    mutating func operand(_ expression: KernelExpression) throws(KernelPrinterError) -> String {
      switch expression {
      case .constant(let value): return try printer.literal(value)
      case .variable(let name): return name
      case .operation(let operation):
        if let name = nameOfNode[ObjectIdentifier(operation)] { return name }
        var arguments: [String] = []
        for argument in operation.arguments { arguments.append(try operand(argument)) }
        let name = define(term(operation.kind, arguments))
        nameOfNode[ObjectIdentifier(operation)] = name
        return name
      }
    }

    private mutating func define(_ term: String) -> String {
      if let name = nameOfTerm[term] { return name }
      let name = "t\(nameOfTerm.count)"
      nameOfTerm[term] = name
      lines.append("const \(printer.type) \(name) = \(term);")
      return name
    }

    private func term(_ kind: KernelExpression.Kind, _ arguments: [String]) -> String {
      switch kind {
      case .add, .subtract, .multiply, .divide: "\(arguments[0]) \(kind.rawValue) \(arguments[1])"
      case .negate: "-\(arguments[0])"
      case .select: "\(arguments[0]) < \(arguments[1]) ? \(arguments[2]) : \(arguments[3])"
      default: "\(kind.rawValue)(\(arguments.joined(separator: ", ")))"
      }
    }
  }
}

/// Why an expression cannot be printed.
public enum KernelPrinterError: Error, Equatable, CustomStringConvertible {
  case notFinite(Double)

  public var description: String {
    switch self {
    case .notFinite(let value): "a kernel holds the constant \(value); expected one that is finite at its precision. Check the parameters."
    }
  }
}
