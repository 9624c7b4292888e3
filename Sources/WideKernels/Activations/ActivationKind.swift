/// Every activation there is: what backends switch over, so that the compiler names the places a new one needs.
///
/// A new activation is a file in this folder and here a case, its line in `visit` and in `types`.
public enum ActivationKind: Sendable, Hashable {
  /// Two slopes that meet at 0.
  case abReLU(ABReLU)
  /// The magnitude |x|.
  case abs
  /// A cosine A cos(B x + C).
  case cos(Cos)
  /// The error function.
  case erf
  /// An exponential A exp(b x).
  case exp(Exp)
  /// The Gaussian error linear unit, x Φ(x).
  case gelu
  /// A bell curve A exp(−b x²).
  case gaussian(Gaussian)
  /// No non-linearity: x itself.
  case identity
  /// The rectifier with a slope below 0.
  case leakyReLU(LeakyReLU)
  /// A power of x.
  case monomial(Monomial)
  /// A polynomial of degree at most 5.
  case polynomial(Polynomial)
  /// A sinusoid whose dual is the Gaussian kernel.
  case rbf(Rbf)
  /// The rectifier max(x, 0).
  case relu
  /// A power of the rectifier.
  case rectifiedMonomial(RectifiedMonomial)
  /// An error function a erf(b x) + c.
  case scaledErf(ScaledErf)
  /// The sigmoid linear unit, x / (1 + e^−x).
  case silu
  /// The logistic function 1 / (1 + e^−x).
  case sigmoid
  /// The sign of x.
  case sign
  /// A sine A sin(B x + C).
  case sin(Sin)
  /// The smooth rectifier log(1 + e^(βx)) / β.
  case softplus(Softplus)
  /// The hyperbolic tangent.
  case tanh

  /// Types of all activations, in the order of the cases.
  public static let types: [any Activation.Type] = [
    ABReLU.self, Abs.self, Cos.self, Erf.self, Exp.self, GELU.self, Gaussian.self, Identity.self, LeakyReLU.self,
    Monomial.self, Polynomial.self, Rbf.self, ReLU.self, RectifiedMonomial.self, ScaledErf.self, SiLU.self,
    Sigmoid.self, Sign.self, Sin.self, Softplus.self, Tanh.self,
  ]

  /// Runs code for the activation's concrete type, which the compiler specialises: a call through `any Activation` runs unspecialised generic
  /// code, tens of times slower.
  @inlinable @inline(__always)
  public func visit<V: ActivationVisitor>(_ visitor: V) -> V.Result {
    switch self {
    case .erf: visitor.visit(Erf())
    case .relu: visitor.visit(ReLU())
    case .abReLU(let activation): visitor.visit(activation)
    case .abs: visitor.visit(Abs())
    case .cos(let activation): visitor.visit(activation)
    case .exp(let activation): visitor.visit(activation)
    case .gelu: visitor.visit(GELU())
    case .gaussian(let activation): visitor.visit(activation)
    case .identity: visitor.visit(Identity())
    case .leakyReLU(let activation): visitor.visit(activation)
    case .monomial(let activation): visitor.visit(activation)
    case .polynomial(let activation): visitor.visit(activation)
    case .rbf(let activation): visitor.visit(activation)
    case .rectifiedMonomial(let activation): visitor.visit(activation)
    case .scaledErf(let activation): visitor.visit(activation)
    case .silu: visitor.visit(SiLU())
    case .sigmoid: visitor.visit(Sigmoid())
    case .sign: visitor.visit(Sign())
    case .sin(let activation): visitor.visit(activation)
    case .softplus(let activation): visitor.visit(activation)
    case .tanh: visitor.visit(Tanh())
    }
  }
}

/// Code that wants an activation's concrete type.
public protocol ActivationVisitor {
  /// What the code returns.
  associatedtype Result
  /// Runs the code for an activation of known type.
  func visit<A: Activation>(_ activation: A) -> Result
}

extension ActivationKind {
  /// The activation itself, for code that is not hot: calls run unspecialised.
  public var formulas: any Activation { visit(Formulas()) }

  private struct Formulas: ActivationVisitor {
    func visit<A: Activation>(_ activation: A) -> any Activation { activation }
  }
}
