import Compute
import FiniteNetworks
import StudyRecords

/// Estimates of time, by the speeds of the device.
struct MultilinearityCost {
  /// Iterations that spectral norms were seen to take, of those allowed.
  private static let expectedIterations = 60

  /// Seconds of members, by the unit of the first.
  private var seconds: [MultilinearityStudy.Unit: JointSeconds] = [:]

  /// - Parameter together: members of a unit that are measured together.
  init(
    _ settings: MultilinearitySettings, _ units: [MultilinearityStudy.Unit], together: (MultilinearityStudy.Unit) -> Int,
    on device: PlannedDevice
  ) throws {
    for unit in units {
      let members = Members(settings: settings, kind: unit.kind, width: unit.width, device: device)
      seconds[unit] = try JointSeconds(most: together(unit)) { count in
        switch unit.part {
        case .norms: try members.norms(count)
        case .blocks: try members.blocks(count)
        case .training: try members.training(count)
        }
      }
    }
  }

  func seconds(_ wave: [MultilinearityStudy.Unit]) -> Double { seconds[wave[0].first]?(wave.count) ?? 0 }

  /// Members of one kind and width, measured on an engine that performs nothing.
  private struct Members {
    let settings: MultilinearitySettings
    let kind: LinearKind
    let width: Int
    let device: PlannedDevice
    private var iterations: Int { min(settings.iterations, MultilinearityCost.expectedIterations) }

    private func networks(_ count: Int, on idle: Engine) throws -> FiniteNetwork {
      try .rehearsed(kind.architecture(settings, width: width), members: count, on: idle)
    }

    /// Drawing members and the starts of iterations, on the host.
    private func draws(_ count: Int, each: Int) -> Double {
      Double(count * each) * device.speeds.seconds(.hostNormals, size: Double(kind.parameters(settings, width: width).value))
    }

    /// Iterations of one kind for all starts of some members.
    private func iterations(_ count: Int, most: Int, _ contract: @escaping (Derivatives, Tensor) throws -> Tensor) throws -> Double {
      // With one iteration, what is only done once would count.
      let two = try device.seconds(
        preparing: { try Derivatives(networks(count * settings.restarts, on: $0), settings) }
      ) { idle, derivatives in
        _ = try PowerIteration(limit: 2, tolerance: 0).run(from: derivatives.network.parameters, on: idle) { try contract(derivatives, $0) }
      }
      return Double(min(most, iterations)) * two / 2
    }

    func norms(_ count: Int) throws -> Double {
      try (1...min(settings.orders, kind.layers)).reduce(draws(count, each: 1 + settings.restarts)) { sum, order in
        // The first derivative is found at once.
        try sum + iterations(count, most: order == 1 ? 3 : .max) { try $0.contract(order, $1) }
      }
    }

    func blocks(_ count: Int) throws -> Double {
      let segments = try kind.architecture(settings, width: width).segments.filter { $0.count > 1 }
      let within = try segments.reduce(0) { sum, segment in try sum + iterations(count, most: .max) { try $0.within(segment, $1) } }
      let across = kind.degree > 1 ? try iterations(count, most: .max) { try $0.across($1) } : 0
      return draws(count, each: 1 + settings.restarts) + within + across
    }

    func training(_ count: Int) throws -> Double {
      let step = try device.descentSeconds(.squared, points: settings.points, inputs: settings.inputs, outputs: 1, members: count) { idle in
        let network = try networks(count, on: idle)
        return [network, try MultilinearModel(network).factors()]
      }
      let iteration = try device.seconds(
        preparing: { idle in
          let network = try networks(count, on: idle)
          return (derivatives: try Derivatives(network, settings), model: try MultilinearModel(network))
        }
      ) { idle, own in
        _ = try PowerIteration(limit: 2, tolerance: 0).run(from: own.derivatives.network.parameters, on: idle) {
          try own.derivatives.gapSlope(own.model, radius: settings.radius, $0)
        }
      }
      return draws(count, each: 1 + settings.samples) + Double(settings.steps) * step + Double(iterations) * iteration / 2
    }
  }
}
