import Compute
import FiniteNetworks
import Networks
import Sizes
import StudyRecords
import WideKernels

extension LinearKind {
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

  /// Stream of a member's weights.
  func stream(_ settings: MultilinearitySettings, width: Int, member: Int) -> RandomStream {
    RandomStream(seed: settings.seed, name: "network/\(self)/\(width)/\(member)")
  }
}
