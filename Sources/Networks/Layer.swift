import WideKernels

/// One layer of a block as it is described: read as a kernel (`elements`), as a finite network (`WideBlock.denseLayers`) and as text.
public enum Layer: Sendable, Equatable {
  /// An affine map of all numbers of the layer before.
  case dense(Dense)
  /// A layer that acts on each pair of inputs alone, an activation above all.
  case pointwise(PointwiseLayer)

  /// An activation as a layer.
  public static func activation(_ kind: ActivationKind) -> Layer { .pointwise(.activation(kind)) }

  /// What the layer is in the program of an infinitely wide block.
  var elements: [CovarianceProgram.Element] {
    switch self {
    case .dense(let map): [.affine(weightVariance: map.weightVariance, biasVariance: map.biasVariance)]
    case .pointwise(let layer): [.pointwise(layer)]
    }
  }
}

/// An affine map of all numbers of the layer before, z = σ_w W x / √(fan-in) + σ_b b.
///
/// As text `{dense: 64, weightVariance: 2, biasVariance: 0.1}`; a width that is left open is `null`.
public struct Dense: Sendable, Equatable {
  /// Width of a finite network of this description; nil where it is chosen when one is made. Kernels are those of infinite width,
  /// and only a read-out needs a width of its own.
  public let width: Int?
  /// σ_w², the variance of a weight before the division by the fan-in.
  public let weightVariance: Double
  /// σ_b².
  public let biasVariance: Double

  /// - Precondition: `width` ≥ 1, `weightVariance` > 0 and `biasVariance` ≥ 0, both finite.
  public init(_ width: Int? = nil, weightVariance: Double = 1, biasVariance: Double = 0) {
    Constraint.require(Self.fault(width, weightVariance, biasVariance))
    (self.width, self.weightVariance, self.biasVariance) = (width, weightVariance, biasVariance)
  }

  static func fault(_ width: Int?, _ weightVariance: Double, _ biasVariance: Double) -> NetworkError? {
    width.flatMap { Constraint.fault(width: $0, "dense") } ?? Constraint.fault(weightVariance: weightVariance, "weightVariance")
      ?? Constraint.fault(biasVariance: biasVariance, "biasVariance")
  }
}
