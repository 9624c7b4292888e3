/// An infinitely wide block in single assignment: every node makes one value, of values before it.
///
/// A block sees a pair of inputs only through their covariances, so each value is four numbers (`Pair`), and the NNGP and the tangent kernel
/// of the last value are functions of (q11, q22, q12) of the input. `run` walks the nodes, and what a node means is said by a
/// `CovarianceMachine`; `apply(to:)` is the definition that all backends agree with.
public struct CovarianceProgram: Sendable {
  /// A value of a program: the input, or what a node makes.
  public struct Value: Hashable, Sendable {
    /// 0 for the input, 1 for the first node's value.
    public let index: Int

    init(index: Int) { self.index = index }
  }

  /// How a node makes its value.
  public enum Element: Sendable {
    /// z = σ_w W x / √(fan-in) + σ_b b with all of W, b trained: nngp ← σ_w² nngp + σ_b²,  ntk ← nngp + σ_w² ntk.
    case affine(weightVariance: Double, biasVariance: Double)
    /// A layer that acts on each pair of inputs alone: nngp ← dual,  ntk ← ntk · derivative.
    case pointwise(PointwiseLayer)

    /// An activation as an element.
    public static func activation(_ kind: ActivationKind) -> Element { .pointwise(.activation(kind)) }
  }

  /// One node: an element and the values that it reads.
  public struct Node: Sendable {
    /// How the value is made.
    public let element: Element
    /// The values that it is made of, all of them before this node.
    public let arguments: [Value]
  }

  /// Nodes in the order in which they are computed; the last one's value is the block's.
  public let nodes: [Node]
  /// The program's text. Programs with one text are one function, so backends take it for a key.
  public let key: String
  /// Pointwise nodes: each of them reads the variances of its inputs, which depend on one input alone.
  public let levelCount: Int
  /// Whether a pointwise layer has a kink, so that the kernel has a cone at coinciding inputs.
  public let hasKink: Bool
  /// Stated relative error of the duals by quadrature, 0 where all are closed forms.
  public let dualError: Double

  /// Elements each of which reads the value before it, the first one the input.
  public init(chain elements: [Element]) {
    nodes = elements.enumerated().map { Node(element: $0.element, arguments: [Value(index: $0.offset)]) }
    var facts = FactMachine()
    Self.walk(nodes, &facts, from: ())
    (key, levelCount) = (facts.words.joined(separator: " "), facts.layers.count)
    hasKink = facts.layers.contains(where: \.hasKink)
    dualError = facts.layers.map(\.dualError).max() ?? 0
  }

  /// The elements of all nodes, in their order.
  public var elements: [Element] { nodes.map(\.element) }

  /// Computes every value by a machine, and returns the last one's state.
  @discardableResult public func run<M: CovarianceMachine>(_ machine: inout M, from input: M.State) -> M.State {
    Self.walk(nodes, &machine, from: input)
  }

  @discardableResult private static func walk<M: CovarianceMachine>(_ nodes: [Node], _ machine: inout M, from input: M.State) -> M.State {
    var states = [input]
    states.reserveCapacity(nodes.count + 1)
    for node in nodes {
      let argument = states[node.arguments[0].index]
      switch node.element {
      case .affine(let weightVariance, let biasVariance):
        states.append(machine.affine(argument, weightVariance: weightVariance, biasVariance: biasVariance))
      case .pointwise(let layer): states.append(machine.pointwise(argument, layer))
      }
    }
    return states[nodes.count]
  }
}

extension CovarianceProgram: Hashable, CustomStringConvertible {
  public static func == (a: CovarianceProgram, b: CovarianceProgram) -> Bool { a.key == b.key }
  public func hash(into hasher: inout Hasher) { hasher.combine(key) }
  public var description: String { key }
}
