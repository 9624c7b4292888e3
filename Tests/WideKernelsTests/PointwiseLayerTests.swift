import Testing
import WideKernels

/// What holds of every pointwise layer, an activation or not.
@Suite struct PointwiseLayerTests {
  /// Covariances of pairs at a layer: of one length and of two, of any angle.
  private static let pairs: [(q11: Double, q22: Double, q12: Double)] = [
    (1, 1, 0.3), (0.7, 1.9, 0.4), (1.3, 1.3, -0.9), (0.4, 2.2, -0.2), (1.7, 0.6, 0.7), (3.1, 2.9, 2.5), (0.9, 0.9, 0),
  ]

  @Test(arguments: PointwiseLayer.samples) func isReadFromItsText(_ layer: PointwiseLayer) throws {
    #expect(try PointwiseLayer(layer.description) == layer)
    #expect(PointwiseLayer.names.contains(String(layer.description.prefix { $0 != "(" })))
    let program = CovarianceProgram(chain: [.affine(weightVariance: 2, biasVariance: 0.5), .pointwise(layer)])
    #expect(CovarianceProgram(text: program.key) == program && program.hasKink == layer.hasKink)
  }

  /// To the last bit, or a later layer with a kink would make an angle of √u of it.
  @Test(arguments: PointwiseLayer.samples) func equalInputsHaveTheDiagonalFormsBits(_ layer: PointwiseLayer) {
    for q in [0.3, 0.7, 1, 1.7, 3.3, 5] {
      let (general, diagonal) = (layer.dual(q, q, q), layer.visit(Diagonal(q: q)))
      #expect(general == diagonal, "\(layer) at q \(q)")
    }
  }

  /// Of duals by quadrature up to the error that they state.
  @Test(arguments: PointwiseLayer.samples) func isAKernel(_ layer: PointwiseLayer) {
    var worst = Worst()
    for (q11, q22, q12) in Self.pairs {
      let (dual, swapped) = (layer.dual(q11, q22, q12).dual, layer.dual(q22, q11, q12).dual)
      let bound = (layer.dual(q11, q11, q11).dual * layer.dual(q22, q22, q22).dual).squareRoot()
      worst.see(abs(dual - swapped) / bound, "symmetry at \(q11), \(q22), \(q12)")
      worst.see(max(0, abs(dual) / bound - 1), "the inequality of Cauchy and Schwarz at \(q11), \(q22), \(q12)")
    }
    #expect(worst.error <= 1e-14 + layer.dualError, "\(layer): \(worst)")
  }

  /// Central differences with step 1e-3, fourth order.
  @Test(arguments: PointwiseLayer.samples) func jetsAreDerivatives(_ layer: PointwiseLayer) {
    var worst = Worst()
    for (q11, q22, q12) in Self.pairs {
      let jet = layer.visit(Dual(q11: Jet.q11(q11), q22: Jet.q22(q22), q12: Jet.q12(q12))).dual
      let size = (layer.dual(q11, q11, q11).dual * layer.dual(q22, q22, q22).dual).squareRoot()
      worst.see(abs(jet.value - layer.dual(q11, q22, q12).dual) / size, "value at \(q11), \(q22), \(q12)")
      for (got, d11, d22, d12) in [(jet.d11, 1.0, 0.0, 0.0), (jet.d22, 0, 1, 0), (jet.d12, 0, 0, 1)] {
        func at(_ h: Double) -> Double { layer.dual(q11 + h * d11, q22 + h * d22, q12 + h * d12).dual }
        let h = 1e-3
        let expected = (at(-2 * h) - 8 * at(-h) + 8 * at(h) - at(2 * h)) / (12 * h)
        worst.see(abs(got - expected) / max(size, abs(expected)), "along (\(d11), \(d22), \(d12)) at \(q11), \(q22), \(q12)")
      }
    }
    #expect(worst.error <= 1e-8, "\(layer): \(worst)")
  }
}

extension PointwiseLayer {
  fileprivate func dual(_ q11: Double, _ q22: Double, _ q12: Double) -> Duals<Double> { visit(Dual(q11: q11, q22: q22, q12: q12)) }
}

private struct Duals<R: RealAlgebra> {
  var dual, derivative: R
}

extension Duals: Equatable where R: Equatable {}

private struct Dual<R: RealAlgebra>: PairMapVisitor {
  let q11, q22, q12: R
  func visit<Map: PairMap>(_ map: Map) -> Duals<R> {
    let (dual, derivative) = map.dual(q11: q11, q22: q22, q12: q12)
    return Duals(dual: dual, derivative: derivative)
  }
}

private struct Diagonal: PairMapVisitor {
  let q: Double
  func visit<Map: PairMap>(_ map: Map) -> Duals<Double> {
    let (dual, derivative) = map.diagonal(q)
    return Duals(dual: dual, derivative: derivative)
  }
}
