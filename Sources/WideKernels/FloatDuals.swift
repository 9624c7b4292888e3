/// A pointwise layer's formulas in float64 at their concrete type, compiled here once: through `any PairMap` they are tens of times slower.
package struct FloatDuals: Sendable {
  private let layer: PointwiseLayer

  package init(_ layer: PointwiseLayer) { self.layer = layer }

  /// E[φφ] and E[φ′φ′].
  package func dual(q11: Double, q22: Double, q12: Double) -> (dual: Double, derivative: Double) {
    layer.visit(DualVisitor(q11: q11, q22: q22, q12: q12))
  }

  /// Duals and their derivatives in the covariances of pairs.
  package func jets(
    q11: Jet<Double>, q22: Jet<Double>, q12: Jet<Double>
  ) -> (dual: Jet<Double>, derivative: Jet<Double>) {
    layer.visit(DualVisitor(q11: q11, q22: q22, q12: q12))
  }

  /// The diagonal forms.
  package func diagonal(_ q: Double) -> (dual: Double, derivative: Double) { layer.visit(DiagonalVisitor(q: q)) }

  /// Dual of a variance with its derivatives.
  package func diagonal(_ q: Jet<Double>) -> (dual: Jet<Double>, derivative: Jet<Double>) {
    layer.visit(DiagonalVisitor(q: q))
  }

  private struct DualVisitor<R: RealAlgebra>: PairMapVisitor {
    let q11: R
    let q22: R
    let q12: R
    func visit<Map: PairMap>(_ map: Map) -> (dual: R, derivative: R) { map.dual(q11: q11, q22: q22, q12: q12) }
  }

  private struct DiagonalVisitor<R: RealAlgebra>: PairMapVisitor {
    let q: R
    func visit<Map: PairMap>(_ map: Map) -> (dual: R, derivative: R) { map.diagonal(q) }
  }
}
