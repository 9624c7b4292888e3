import Compute
import FiniteNetworks
import Sizes
import StudyRecords

/// Estimates of time from two probes of the device: what an operation takes at least, and what a parameter takes.
struct MultilinearityCost {
  private let settings: MultilinearitySettings
  /// Seconds of one iteration at order 2 of a network of few parameters, for each of its layers.
  private let secondsPerLayer: Double
  /// Seconds of one iteration at order 2, beyond that, for each parameter.
  private let secondsPerParameter: Double

  /// Iterations that spectral norms were seen to take, of those allowed.
  private static let expectedIterations = 60
  /// Wide enough that vectors do not stay in a processor's caches.
  private static let probe = (width: 320, members: 8)

  init(_ settings: MultilinearitySettings, on engine: Engine) throws {
    self.settings = settings
    let kind = LinearKind(depths: [4])
    func time(width: Int, members: Int) throws -> Double {
      let streams = (0..<members).map { RandomStream(seed: 0, name: "probe/\($0)") }
      let network = try FiniteNetwork(kind.architecture(settings, width: width), members: streams, on: engine)
      let derivatives = try Derivatives(network, settings)
      var best = Double.infinity
      for _ in 0..<3 {
        let clock = ContinuousClock.now
        // Two iterations: with one, what is only done once would count.
        _ = try PowerIteration(limit: 2, tolerance: 0).run(from: network.parameters, on: engine) { try derivatives.contract(2, $0) }
        best = min(best, (ContinuousClock.now - clock) / .seconds(1) / 2)
      }
      return best
    }
    let small = try time(width: 8, members: 1)
    let (width, members) = Self.probe
    secondsPerLayer = small / Double(kind.layers)
    secondsPerParameter =
      max(try time(width: width, members: members) - small, 0) / (Double(kind.parameters(settings, width: width).value) * Double(members))
  }

  /// What the probes hold.
  static func probeBytes(_ settings: MultilinearitySettings) -> Size {
    let kind = LinearKind(depths: [4])
    return kind.parameters(settings, width: probe.width) * (64 * probe.members)
  }

  func seconds(_ unit: MultilinearityStudy.Unit, members: Int) -> Double {
    let layers = Double(unit.kind.layers) * secondsPerLayer
    let parameters = Double(unit.kind.parameters(settings, width: unit.width).value) * Double(members) * secondsPerParameter
    let iterations = Double(min(settings.iterations, Self.expectedIterations))
    /// Cost of an iteration at order k, over that at order 2: products of series, and gradients that are sums of k terms.
    func iteration(_ order: Int) -> Double {
      layers * Double(order * order + 4) / 8 + parameters * Double(order + 3) / 5 * Double(settings.restarts)
    }
    switch unit.part {
    case .norms: return (1...settings.orders).reduce(0) { $0 + ($1 == 1 ? 3 : iterations) * iteration($1) }
    case .blocks:
      let degree = Double(unit.kind.degree)
      return iterations * 2 * degree * iteration(2)
    case .training: return Double(settings.steps) * (layers + parameters) + iterations * 2 * iteration(2)
    }
  }
}
