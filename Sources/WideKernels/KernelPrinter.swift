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

  /// Names of a variable in copies of the same computation on other operands; the copies' statements alternate, so that a processor
  /// has independent work while it waits for a result. A term of variables with one name for all copies is printed once.
  public let copies: @Sendable (String) -> [String]

  public init(scalar: Scalar, type: String, copies: @escaping @Sendable (String) -> [String] = { [$0] }) {
    self.scalar = scalar
    self.type = type
    self.copies = copies
  }

  /// Statements that compute every value and assign it to its name, one statement a line; the names go through `copies` too.
  ///
  /// - Throws: `KernelPrinterError.notFinite` where a constant is infinite or NaN at this precision.
  public func statements(_ outputs: [(name: String, value: KernelExpression)]) throws(KernelPrinterError) -> String {
    var numbering = Numbering(printer: self)
    var assignments: [String] = []
    for output in outputs {
      let values = try numbering.operand(output.value)
      for (copy, name) in copies(output.name).enumerated() { assignments.append("\(name) = \(values.copy(copy));") }
    }
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
    var namesOfNode: [ObjectIdentifier: [String]] = [:]
    var nameOfTerm: [String: String] = [:]

    /// The expression's name in every copy, or one name for all.
    mutating func operand(_ expression: KernelExpression) throws(KernelPrinterError) -> [String] {
      switch expression {
      case .constant(let value): return [try printer.literal(value)]
      case .variable(let name): return printer.copies(name)
      case .operation(let operation):
        if let names = namesOfNode[ObjectIdentifier(operation)] { return names }
        var arguments: [[String]] = []
        for argument in operation.arguments { arguments.append(try operand(argument)) }
        let copies = arguments.map(\.count).max() ?? 1
        let names = (0..<copies).map { copy in define(term(operation.kind, arguments.map { $0.copy(copy) })) }
        namesOfNode[ObjectIdentifier(operation)] = names
        return names
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

extension [String] {
  fileprivate func copy(_ index: Int) -> String { count == 1 ? self[0] : self[index] }
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
