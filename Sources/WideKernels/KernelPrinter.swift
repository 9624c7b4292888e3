/// Prints recorded expressions as single-assignment OpenCL C.
///
/// Only what an output needs is printed, every distinct term once (equal terms are found by value numbering), in an
/// order that depends on the expressions alone, so equal requests are equal texts.
public struct KernelPrinter: Sendable {
  /// The C type of constants: `float` literals carry the suffix f.
  public enum Scalar: Sendable { case float, double }

  /// Precision of constants.
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
  /// They read the arrays that `constants` declares.
  /// - Throws: `KernelPrinterError.notFinite` where a constant is infinite or NaN at this precision.
  public func statements(_ outputs: [(name: String, value: KernelExpression)]) throws(KernelPrinterError) -> String {
    var numbering = Numbering(printer: self, needs: LoopNeeds(outputs.map(\.value)))
    var assignments: [String] = []
    for output in outputs {
      let values = try numbering.operand(output.value)
      for (copy, name) in copies(output.name).enumerated() { assignments.append("\(name) = \(values.copy(copy));") }
    }
    return (numbering.lines + assignments).joined(separator: "\n") + "\n"
  }

  /// Declarations, outside of functions, of the arrays that the statements of these values read; none without loops.
  public func constants(_ values: [KernelExpression]) throws(KernelPrinterError) -> String {
    var text = ""
    for table in LoopNeeds(values).tables.values.sorted(by: { $0.name < $1.name }) {
      var entries: [String] = []
      for value in table.values { entries.append(try digits(value)) }
      let type = scalar == .float ? "float" : "double"
      text += "__constant \(type) \(table.name)[\(entries.count)] = {\n\(entries.joined(separator: ",\n"))\n};\n"
    }
    return text
  }

  /// A literal that reads back as exactly this number, safe beside any operator and in any argument list.
  public func literal(_ value: Double) throws(KernelPrinterError) -> String {
    // A cast, since functions of vectors take no scalar arguments: on a vector type it fills all lanes.
    "((\(type))(\(try digits(value))))"
  }

  private func digits(_ value: Double) throws(KernelPrinterError) -> String {
    let isFinite = scalar == .float ? Float(value).isFinite : value.isFinite
    guard isFinite else { throw .notFinite(value) }
    return scalar == .float ? "\(Float(value))f" : "\(value)"
  }
}

/// Why an expression cannot be printed.
public enum KernelPrinterError: Error, Equatable, CustomStringConvertible {
  /// A constant that is infinite or no number.
  case notFinite(Double)

  public var description: String {
    switch self {
    case .notFinite(let value): "a kernel holds the constant \(value); expected one that is finite at its precision. Check the parameters."
    }
  }
}
