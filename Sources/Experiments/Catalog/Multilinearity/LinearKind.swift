import Compute
import FiniteNetworks
import Networks
import Sizes
import WideKernels

/// A deep linear network by its segments: numbers of weight matrices between consecutive bottlenecks.
struct LinearKind: Hashable, Sendable, CustomStringConvertible {
  static let mostLayers = 20

  let depths: [Int]

  /// The network as it is written in settings and records: `4`, `2+2`.
  var description: String { depths.map(String.init).joined(separator: "+") }

  /// B: the degree in the limit.
  var degree: Int { depths.count }
  var layers: Int { depths.reduce(0, +) }

  init(depths: [Int]) { self.depths = depths }

  /// - Returns: nil unless every segment has a layer and there are two in all.
  init?(_ text: String) {
    let parts = text.split(separator: "+", omittingEmptySubsequences: false).map { Int($0) }
    let depths = parts.compactMap { $0 }
    guard depths.count == parts.count, depths.allSatisfy({ (1...Self.mostLayers).contains($0) }),
      depths.count <= Self.mostLayers, (2...Self.mostLayers).contains(depths.reduce(0, +))
    else { return nil }
    self.depths = depths
  }

  /// One output, weights of variance 1/fan-in.
  func architecture(_ settings: MultilinearitySettings, width: Int) throws -> Architecture {
    let blocks = depths.enumerated().map { index, depth in
      WideBlock(
        hidden: Array(repeating: Hidden(.identity), count: depth - 1), outputs: index == depths.count - 1 ? 1 : settings.bottleneck)
    }
    return try Architecture(Network(inputs: settings.inputs, blocks: blocks), width: width)
  }

  /// |Dᴮ| of infinitely wide networks at an input of norm √inputs: B! B^(−B/2) Π √L_s / Π √m_b.
  ///
  /// The B-th derivative of a product of B factors, each a linear map of its segment's parameters that is an isometry times √L_s, is
  /// B! times the product of the parts of u; that is largest where each part has the length B^(−½).
  func limit(bottleneck: Int) -> Double {
    let B = Double(degree)
    let lengths = depths.reduce(1.0) { $0 * Double($1).squareRoot() / B.squareRoot() }
    return (1...degree).reduce(lengths) { $0 * Double($1) }
      / (0..<degree - 1).reduce(1.0) { product, _ in product * Double(bottleneck).squareRoot() }
  }

  /// Weights of a network of that width.
  func parameters(_ settings: MultilinearitySettings, width: Int) -> Size {
    var (count, fanIn): (Size, Int) = (0, settings.inputs)
    for (segment, depth) in depths.enumerated() {
      for layer in 0..<depth {
        let outputs = layer < depth - 1 ? width : segment == depths.count - 1 ? 1 : settings.bottleneck
        count += Size.product([fanIn, outputs])
        fanIn = outputs
      }
    }
    return count
  }
}
