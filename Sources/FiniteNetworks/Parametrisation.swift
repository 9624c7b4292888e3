/// How multipliers and initial deviations depend on width: which limit growing networks have under gradient descent of one rate.
///
/// An abc-parametrisation W = n^−a w, w ~ N(0, n^−2b), rate η n^−c is, by the symmetry a → a + θ, b → b − θ, c → c − 2θ, the
/// same network for some choice with c = 0; that one is built here, so that every parameter has the rate η.
///
/// Source: Yang & Hu 2021, *Feature learning in infinite-width neural networks*, sec. 3 and table 1.
public enum Parametrisation: String, Sendable, CaseIterable {
  /// Multiplier σ/√fan-in, deviation 1: the tangent kernel's limit.
  case ntk
  /// Multiplier 1, deviation σ/√fan-in: what frameworks do. A stable rate falls as 1/width.
  case standard
  /// The parametrisation `ntk` with the read-out divided by √width once more, and rates of order width: η stands for η · width.
  case meanField = "mean-field"
  /// Features move by order 1 at any width and depth with η of order 1.
  case maximalUpdate = "maximal-update"

  enum Place: Equatable { case first, hidden, readout }

  /// - Parameters:
  ///   - width: n, that of the layer before a read-out, that of the layer itself otherwise.
  ///   - standardDeviation: σ_w, before any division.
  func scale(_ place: Place, fanIn: Int, width: Int, standardDeviation σ: Double) -> Architecture.Scale {
    let (root, fan) = (Double(width).squareRoot(), Double(fanIn).squareRoot())
    switch (self, place) {
    case (.ntk, _): return Architecture.Scale(multiplier: σ / fan)
    case (.standard, _): return Architecture.Scale(multiplier: 1, deviation: σ / fan)
    case (.meanField, .readout): return Architecture.Scale(multiplier: σ / fan, deviation: 1 / root)
    case (.meanField, _): return Architecture.Scale(multiplier: σ * root / fan, deviation: 1 / root)
    case (.maximalUpdate, .first): return Architecture.Scale(multiplier: σ * root / fan, deviation: 1 / root)
    case (.maximalUpdate, .hidden): return Architecture.Scale(multiplier: 1, deviation: σ / fan)
    case (.maximalUpdate, .readout): return Architecture.Scale(multiplier: 1 / root, deviation: σ / root)
    }
  }

  /// Scale of a bias σ_b b.
  func biasScale(_ place: Place, width: Int, standardDeviation σ: Double) -> Architecture.Scale {
    let root = Double(width).squareRoot()
    switch (self, place) {
    case (.ntk, _): return Architecture.Scale(multiplier: σ)
    case (.standard, _): return Architecture.Scale(multiplier: 1, deviation: σ)
    // A read-out's bias must move by order 1, as everything does.
    case (.meanField, .readout), (.maximalUpdate, .readout): return Architecture.Scale(multiplier: σ)
    case (.meanField, _), (.maximalUpdate, _): return Architecture.Scale(multiplier: σ * root, deviation: 1 / root)
    }
  }
}
