/// Real arithmetic that records itself, so that a formula written over `RealAlgebra` can be printed as OpenCL C.
///
/// Constants fold while recording (x·0, x·1, x + 0, fma with 0 or 1, functions of constants), so the zero and unit seeds of
/// a `Jet` leave no trace. Folding takes every variable as finite. Results are rounded once, in float64.
public indirect enum KernelExpression: RealAlgebra {
  /// A number known while the formula is recorded.
  case constant(Double)
  /// A C expression that is read and never written, such as `q12` or `a[0]`.
  case variable(String)
  /// A function or operator with its arguments.
  case operation(Operation)
  /// What a loop sets, in formulas inside that loop only.
  case loopVariable(LoopVariable)
  /// A part of the last state of a recurrence.
  case series(RecordedSeries, Int)

  /// A node of the recorded graph; identity matters only as a shortcut, equal nodes are printed once.
  public final class Operation: Sendable {
    /// The function or operator.
    public let kind: Kind
    /// The operands, in order.
    public let arguments: [KernelExpression]
    init(_ kind: Kind, _ arguments: [KernelExpression]) {
      self.kind = kind
      self.arguments = arguments
    }
  }

  /// Raw values are the names of OpenCL C functions, or C operators.
  public enum Kind: String, Sendable {
    /// The sum of two arguments.
    case add = "+"
    /// The difference of two arguments.
    case subtract = "-"
    /// The product of two arguments.
    case multiply = "*"
    /// The quotient of two arguments.
    case divide = "/"
    /// The argument with the other sign.
    case negate
    /// Functions of `RealAlgebra` by their names.
    case sqrt, exp, expm1, log, log1p, erf, sin, cos, atan2, fma
    /// The magnitude of the argument.
    case absolute = "fabs"
    /// Functions of prelude.cl, for `balance`.
    case balanceScale = "balance_scale"
    /// The inverse of `balanceScale`.
    case balanceInverse = "balance_inverse"
    /// Arguments: x, y, value where x < y, value elsewhere.
    case select
  }

  public init(_ constant: Double) { self = .constant(constant) }

  private var constantValue: Double? { if case .constant(let value) = self { value } else { nil } }
  private static func make(_ kind: Kind, _ arguments: KernelExpression...) -> KernelExpression {
    .operation(Operation(kind, arguments))
  }

  public static func + (a: Self, b: Self) -> Self {
    switch (a.constantValue, b.constantValue) {
    case (let x?, let y?): .constant(x + y)
    case (0, _): b
    case (_, 0): a
    default: make(.add, a, b)
    }
  }

  public static func - (a: Self, b: Self) -> Self {
    switch (a.constantValue, b.constantValue) {
    case (let x?, let y?): .constant(x - y)
    case (0, _): -b
    case (_, 0): a
    default: make(.subtract, a, b)
    }
  }

  public static func * (a: Self, b: Self) -> Self {
    switch (a.constantValue, b.constantValue) {
    case (let x?, let y?): .constant(x * y)
    case (0, _), (_, 0): .constant(0)
    case (1, _): b
    case (_, 1): a
    case (-1, _): -b
    case (_, -1): -a
    default: make(.multiply, a, b)
    }
  }

  public static func / (a: Self, b: Self) -> Self {
    switch (a.constantValue, b.constantValue) {
    case (let x?, let y?): .constant(x / y)
    case (0, _): .constant(0)
    case (_, 1): a
    case (_, -1): -a
    default: make(.divide, a, b)
    }
  }

  public static prefix func - (a: Self) -> Self {
    switch a {
    case .constant(let value): .constant(-value)
    case .operation(let operation) where operation.kind == .negate: operation.arguments[0]
    default: make(.negate, a)
    }
  }

  public static func fma(_ a: Self, _ b: Self, _ c: Self) -> Self {
    switch (a.constantValue, b.constantValue, c.constantValue) {
    case (let x?, let y?, let z?): .constant(z.addingProduct(x, y))
    case (0, _, _), (_, 0, _): c
    case (1, _, _): b + c
    case (_, 1, _): a + c
    case (-1, _, _): c - b
    case (_, -1, _): c - a
    case (_, _, 0): a * b
    default: make(.fma, a, b, c)
    }
  }

  public static func sqrt(_ x: Self) -> Self { function(.sqrt, x, Double.sqrt) }
  public static func exp(_ x: Self) -> Self { function(.exp, x, Double.exp) }
  public static func expm1(_ x: Self) -> Self { function(.expm1, x, Double.expm1) }
  public static func log(_ x: Self) -> Self { function(.log, x, Double.log) }
  public static func log1p(_ x: Self) -> Self { function(.log1p, x, Double.log1p) }
  public static func erf(_ x: Self) -> Self { function(.erf, x, Double.erf) }
  public static func sin(_ x: Self) -> Self { function(.sin, x, Double.sin) }
  public static func cos(_ x: Self) -> Self { function(.cos, x, Double.cos) }
  public static func absolute(_ x: Self) -> Self { function(.absolute, x, Double.absolute) }

  private static func function(_ kind: Kind, _ x: Self, _ value: (Double) -> Double) -> Self {
    x.constantValue.map { .constant(value($0)) } ?? make(kind, x)
  }

  public static func atan2(y: Self, x: Self) -> Self {
    if let y = y.constantValue, let x = x.constantValue { return .constant(Double.atan2(y: y, x: x)) }
    return make(.atan2, y, x)
  }

  public static func balance(_ a: Self, _ b: Self) -> (scale: Self, inverse: Self) {
    guard let a = a.constantValue, let b = b.constantValue else { return (make(.balanceScale, a, b), make(.balanceInverse, a, b)) }
    let (scale, inverse) = Double.balance(a, b)
    return (.constant(scale), .constant(inverse))
  }

  /// The larger of two numbers; not `fmax`, which would hide a NaN.
  public static func maximum(_ a: Self, _ b: Self) -> Self { select(b, a, where: a, isLessThan: b) }

  public static func select(_ ifTrue: Self, _ ifFalse: Self, where x: Self, isLessThan y: Self) -> Self {
    if let x = x.constantValue, let y = y.constantValue { return x < y ? ifTrue : ifFalse }
    if let a = ifTrue.constantValue, let b = ifFalse.constantValue, a == b { return ifTrue }
    return make(.select, x, y, ifTrue, ifFalse)
  }
}
