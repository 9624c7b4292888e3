import WideKernels

/// E[f(u) g(v)] for jointly normal u, v by quadrature over the plane, independent of every closed form.
///
/// In polar coordinates u = √q11 r cos θ and v = √q22 r cos(θ − arccos ρ), so functions that are smooth away from 0 are smooth
/// inside each of the four sectors where neither sign changes. Gauss–Legendre in each: `panels` × 16 nodes in r up to 16, where
/// the density is below 1e-55, and `angles` nodes in θ.
struct SectorQuadrature {
  var angles = 40
  var panels = 14

  static func gaussLegendre(_ n: Int) -> [(node: Double, weight: Double)] {
    (0..<n).map { i in
      var x = Double.cos(Double.pi * (Double(i) + 0.75) / (Double(n) + 0.5))
      var slope = 1.0
      for _ in 0..<100 {
        var (p0, p1) = (1.0, x)
        for k in 2...n { (p0, p1) = (p1, (Double(2 * k - 1) * x * p1 - Double(k - 1) * p0) / Double(k)) }
        slope = Double(n) * (x * p1 - p0) / (x * x - 1)
        let step = p1 / slope
        x -= step
        if abs(step) < 1e-16 { break }
      }
      return (x, 2 / ((1 - x * x) * slope * slope))
    }
  }

  struct Moments {
    var value = 0.0
    var slope = 0.0
  }

  /// E[φ(u) φ(v)] and E[φ′(u) φ′(v)].
  func moments<A: Activation>(_ activation: A, q11: Double, q22: Double, correlation: Double) -> Moments {
    // Near ±1 the arc cosine loses digits; the correlations used are chosen so that this does not matter (a multiple of u).
    let alpha = Double.atan2(y: ((1 - correlation) * (1 + correlation)).squareRoot(), x: correlation)
    let breaks = [-Double.pi / 2, alpha - Double.pi / 2, Double.pi / 2, alpha + Double.pi / 2, 1.5 * Double.pi]
    let (s1, s2) = (q11.squareRoot(), q22.squareRoot())
    let angular = Self.gaussLegendre(angles)
    let radial = Self.gaussLegendre(16)
    let width = 16.0 / Double(panels)
    var total = Moments()
    for (low, high) in zip(breaks, breaks.dropFirst()) {
      for (t, angleWeight) in angular {
        let theta = low + (high - low) * (t + 1) / 2
        let (u1, v1) = (s1 * Double.cos(theta), s2 * Double.cos(theta - alpha))
        for panel in 0..<panels {
          for (x, radiusWeight) in radial {
            let r = width * (Double(panel) + (x + 1) / 2)
            let weight = angleWeight * (high - low) / 2 * radiusWeight * width / 2 * r * Double.exp(-r * r / 2) / (2 * Double.pi)
            let u = activation.value(Jet<Double>.q12(r * u1))
            let v = activation.value(Jet<Double>.q12(r * v1))
            total.value += weight * u.value * v.value
            total.slope += weight * u.d12 * v.d12
          }
        }
      }
    }
    return total
  }
}

/// A pair of inputs as a wide layer sees it.
struct Covariance: CustomStringConvertible {
  var q11: Double
  var q22: Double
  var correlation: Double
  var q12: Double { correlation * (q11 * q22).squareRoot() }
  var description: String { "q11 \(q11) q22 \(q22) ρ \(correlation)" }

  /// Variances from 0.01 to 4, correlations from nearly opposite to nearly parallel.
  static let all: [Covariance] = [
    Covariance(q11: 1, q22: 1, correlation: 0), Covariance(q11: 1, q22: 1, correlation: 0.6),
    Covariance(q11: 1, q22: 1, correlation: -0.6), Covariance(q11: 0.3, q22: 2, correlation: 0.9),
    Covariance(q11: 4, q22: 4, correlation: 0.999), Covariance(q11: 4, q22: 4, correlation: -0.999),
    Covariance(q11: 4, q22: 0.01, correlation: -0.3), Covariance(q11: 0.01, q22: 0.02, correlation: 0.8),
    Covariance(q11: 1.5, q22: 1.4, correlation: 0.999999), Covariance(q11: 4, q22: 4, correlation: 0.999999),
    Covariance(q11: 3.5, q22: 2.5, correlation: 0.25),
  ]
}

/// Largest of a set of errors, with where it was; a NaN counts as infinitely wrong.
struct Worst: CustomStringConvertible {
  var error = 0.0
  var place = "nowhere"

  mutating func see(_ error: Double, _ place: @autoclosure () -> String) {
    let seen = error.isNaN ? Double.infinity : error
    if seen > self.error { (self.error, self.place) = (seen, place()) }
  }

  var description: String { "\(error) at \(place)" }
}
