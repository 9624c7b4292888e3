import WideKernels

/// What can be wrong with the description of a network.
public enum NetworkError: Error, Equatable, CustomStringConvertible {
  /// A weight variance that is not a finite number > 0, or a bias variance that is not one ≥ 0.
  case variance(name: String, expected: String, got: Double)
  /// A finite width below 1.
  case width(name: String, got: Int)
  /// A network without a block.
  case noBlocks
  /// A key that is no part of the description, most likely misspelt.
  case unknownKey(String, of: String, known: [String])
  /// An activation that is not known or has parameters out of range.
  case activation(ActivationError)
  /// A layer of a name that none has, most likely misspelt.
  case unknownLayer(name: String)
  /// A kind of layer that no block can hold yet.
  case notYet(kind: String)
  /// A layer that has a kernel and no finite counterpart.
  case notFinite(kind: String)
  /// Layers that are no block in this order, and why.
  case order(String)

  public var description: String {
    switch self {
    case .variance(let name, let expected, let got):
      "network: \(name) must be a finite number \(expected), got \(got). It is a variance; square a standard deviation."
    case .width(let name, let got): "network: \(name) must be at least 1, got \(got). Hidden layers are infinitely wide and have no number."
    case .noBlocks: "network: expected at least one block, got none. Write blocks: [{hidden: [relu], outputs: 1}]."
    case .unknownKey(let key, let type, let known):
      "network: '\(key)' is no part of a \(type); expected \(known.joined(separator: ", "))."
    case .activation(let error): "network: \(error)"
    case .unknownLayer(let name): "network: \(Self.unknown(layer: name))"
    case .notYet(let kind): "network: a layer of the kind '\(kind)' cannot be computed yet; a block holds dense layers and activations."
    case .notFinite(let kind): "network: '\(kind)' has a kernel and no finite counterpart yet; leave it out where a finite network is made."
    case .order(let rule): "network: \(rule)."
    }
  }

  private static func unknown(layer name: String) -> String {
    if PointwiseLayer.names.contains(name) {
      return "layer '\(name)' is text and no mapping; write \(name), or \(name)(…) with its numbers."
    }
    let meant = (Layer.names + Layer.announced).nearest(to: name).map { $0 == Layer.denseName ? "{dense: WIDTH}" : $0 }
    let known = "\(PointwiseLayer.names.joined(separator: ", ")); not yet \(Layer.announced.joined(separator: ", "))"
    return "layer '\(name)' is not known\(meant.map { "; did you mean \($0)?" } ?? ".") A block holds {dense: WIDTH}, \(known)."
  }
}
