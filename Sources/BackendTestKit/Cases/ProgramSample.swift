import WideKernels

/// Programs that the kernel cases go through. Variances are dyadic where nothing else is said, so that exact inputs stay exact.
package enum ProgramSample {
  /// One hidden layer of every pointwise layer; behind one that keeps values Gaussian, an activation.
  static let oneHidden: [CovarianceProgram] = PointwiseLayer.samples.map { layer in
    CovarianceProgram(
      chain: [.affine(weightVariance: 1.5, biasVariance: 0.25), .pointwise(layer)] + (layer.isGaussian ? [.activation(.erf)] : [])
        + [.affine(weightVariance: 0.75, biasVariance: 0.125)])
  }

  static let linear = CovarianceProgram(chain: [.affine(weightVariance: 1.5, biasVariance: 0.25)])

  /// Two hidden layers of ReLU with biases.
  package static let twoReLU = deep([.relu, .relu], weightVariance: 2, biasVariance: 0.25)

  /// A block whose first layer takes the covariances as they are, so nothing but the determinant itself can lose digits.
  package static let plainReLU = deep([.relu], weightVariance: 1, biasVariance: 0)

  /// Programs with several hidden layers.
  package static let deepPrograms: [CovarianceProgram] = [
    linear, plainReLU, twoReLU, deep([.relu, .relu, .relu], weightVariance: 1.9, biasVariance: 0),
    deep([.erf, .erf], weightVariance: 1.3, biasVariance: 0.07), deep([.relu, .erf], weightVariance: 1.5, biasVariance: 0.25),
  ]

  /// Layers that come again and again, which a backend may compute in loops: from the first step on, between others, of two
  /// activations in turn, and without any.
  static let repeating: [CovarianceProgram] = [
    deep(Array(repeating: .relu, count: 7), weightVariance: 2, biasVariance: 0.25),
    CovarianceProgram(
      chain: [.affine(weightVariance: 1.5, biasVariance: 0)] + twoReLU.elements
        + deep(Array(repeating: .erf, count: 6), weightVariance: 1.3, biasVariance: 0.07).elements),
    deep(Array(repeating: [.relu, .erf] as [ActivationKind], count: 6).flatMap { $0 }, weightVariance: 1.5, biasVariance: 0.25),
    CovarianceProgram(chain: Array(repeating: .affine(weightVariance: 0.75, biasVariance: 0.25), count: 9)),
  ]

  static func deep(_ activations: [ActivationKind], weightVariance: Double, biasVariance: Double) -> CovarianceProgram {
    CovarianceProgram(
      chain: activations.flatMap { [.affine(weightVariance: weightVariance, biasVariance: biasVariance), .activation($0)] }
        + [.affine(weightVariance: 1, biasVariance: 0)])
  }
}

extension CovarianceProgram {
  /// Hundreds of terms a pair: small sizes suffice.
  var isQuadrature: Bool { dualError > 0 }

  /// Whether the kernels do not depend on the inputs, so that all derivatives are 0.
  var isConstant: Bool {
    elements.contains { element in
      guard case .pointwise(.activation(let kind)) = element else { return false }
      return !type(of: kind.formulas).hasKink && kind.formulas.isFlat
    }
  }
}

extension Activation {
  /// Whether φ′ is 0 wherever it exists.
  var isFlat: Bool { [-1.5, -0.5, 0.5, 1.5].allSatisfy { slope($0) == 0 } }
  /// φ″ = 0 wherever it is defined.
  var hasFlatSlope: Bool { [-1.5, -0.5, 0.5, 1.5].allSatisfy { curvature($0) == 0 } }
}
