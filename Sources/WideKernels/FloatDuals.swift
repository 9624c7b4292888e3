/// An activation's formulas in float64 at its concrete type, compiled here once: through `any Activation` they are tens of times slower.
package struct FloatDuals: Sendable {
  private let activation: any Activation

  package init(_ activation: any Activation) { self.activation = activation }

  /// E[φφ] and E[φ′φ′].
  package func dual(q11: Double, q22: Double, q12: Double) -> (dual: Double, derivative: Double) {
    ActivationCatalog.visit(activation, DualVisitor(q11: q11, q22: q22, q12: q12))
  }

  /// Duals and their derivatives in the covariances of pairs.
  package func jets(
    q11: Jet<Double>, q22: Jet<Double>, q12: Jet<Double>
  ) -> (dual: Jet<Double>, derivative: Jet<Double>) {
    ActivationCatalog.visit(activation, DualVisitor(q11: q11, q22: q22, q12: q12))
  }

  /// The diagonal forms.
  package func diagonal(_ q: Double) -> (dual: Double, derivative: Double) { ActivationCatalog.visit(activation, DiagonalVisitor(q: q)) }

  /// Dual of a variance with its derivatives.
  package func diagonal(_ q: Jet<Double>) -> (dual: Jet<Double>, derivative: Jet<Double>) {
    ActivationCatalog.visit(activation, DiagonalVisitor(q: q))
  }

  private struct DualVisitor<R: RealAlgebra>: ActivationVisitor {
    let q11: R
    let q22: R
    let q12: R
    func visit<A: Activation>(_ activation: A) -> (dual: R, derivative: R) { activation.dual(q11: q11, q22: q22, q12: q12) }
  }

  private struct DiagonalVisitor<R: RealAlgebra>: ActivationVisitor {
    let q: R
    func visit<A: Activation>(_ activation: A) -> (dual: R, derivative: R) { activation.diagonal(q) }
  }
}
