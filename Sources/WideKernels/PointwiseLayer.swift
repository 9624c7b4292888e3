/// A layer that acts on each pair of inputs alone.
///
/// A new kind is a type that conforms to `PairMap`, and here a case, its lines in `visit` and `isGaussian`, its spelling and samples: every
/// backend, every derivative and descriptions of networks follow from that. `BackendTestKit` writes its rule a second time.
public enum PointwiseLayer: Sendable, Hashable {
  /// A non-linearity, whose kernels are Gaussian expectations.
  case activation(ActivationKind)

  /// Runs code for the concrete type of the layer's formulas, which the compiler specialises.
  @inlinable @inline(__always)
  public func visit<V: PairMapVisitor>(_ visitor: V) -> V.Result {
    switch self {
    case .activation(let kind): kind.visit(MapOfActivation(visitor))
    }
  }

  /// Whether the layer keeps Gaussian values Gaussian. An activation does not, and its values may not be read by another one.
  public var isGaussian: Bool {
    switch self {
    case .activation: false
    }
  }

  /// Reads what `description` prints.
  public init(_ text: String) throws(ActivationError) { self = .activation(try ActivationKind(text)) }
}

extension PointwiseLayer: CustomStringConvertible {
  public var description: String {
    switch self {
    case .activation(let kind): "\(kind)"
    }
  }
}

extension PointwiseLayer {
  /// Every layer at least once, with parameters at which no term of its formulas vanishes or is 1: what tests go through, of formulas,
  /// programs, backends and texts. Others follow the activations, one after the other, for the place in the list is a seed.
  package static let samples: [PointwiseLayer] = ActivationKind.samples.map { .activation($0) }

  /// Names of all pointwise layers, sorted: of activations, and of what else a text may name.
  public static var names: [String] { Set(samples.map { String("\($0)".prefix { $0 != "(" }) }).sorted() }
}

/// Code that wants the concrete type of a pointwise layer's formulas.
public protocol PairMapVisitor {
  /// What the code returns.
  associatedtype Result
  /// Runs the code for formulas of known type.
  func visit<Map: PairMap>(_ map: Map) -> Result
}

/// A visitor of pair maps among activations.
@usableFromInline struct MapOfActivation<V: PairMapVisitor>: ActivationVisitor {
  @usableFromInline let visitor: V

  @inlinable @inline(__always) init(_ visitor: V) { self.visitor = visitor }
  @inlinable @inline(__always) func visit<A: Activation>(_ activation: A) -> V.Result { visitor.visit(activation) }
}

extension PointwiseLayer {
  /// The formulas, for code that is not hot: calls run unspecialised.
  public var formulas: any PairMap { visit(Formulas()) }
  /// Whether the derivative jumps.
  public var hasKink: Bool { type(of: formulas).hasKink }
  /// Stated relative error of the dual, 0 where it is a closed form.
  public var dualError: Double { formulas.dualError }

  private struct Formulas: PairMapVisitor {
    func visit<Map: PairMap>(_ map: Map) -> any PairMap { map }
  }
}
