import Compute
import DeepLinear
import DeviceTiming
import FiniteNetworks
import Networks

/// Estimates of time of single units, by the speeds of the device and of the host's loops over small matrices.
struct LinearAccelerationCost {
  let settings: LinearAccelerationSettings
  let engine: Engine
  let speeds: DeviceSpeeds

  /// Slopes that the integrator asks for, as seen at a tolerance of 1e-9 with seven to a step.
  private static let slopes = (speedUp: 1500.0, rule: 1500.0, mode: 4000.0)
  /// Evaluations of a regression's gradient over all rates, as seen.
  private static let descents = 18_000.0

  /// One slope of factors between these widths.
  private func slope(_ widths: [Int]) -> Double {
    let factors = zip(widths, widths.dropFirst()).map { Double($0 * $1) }
    // Products below a factor, with its cotangent, and of the cotangent: of vectors where there is one output.
    let products = factors.reduce(0, +) * Double(widths[0]) + 2 * factors.reduce(0, +) * Double(widths[widths.count - 1])
    return Double(factors.count) / 2 * speeds.seconds(.hostFlow, size: products * 2 / Double(factors.count))
  }

  func speedUp(_ widths: [Int]) -> Double { Self.slopes.speedUp * slope([settings.inputs] + widths + [1]) }

  func rule(_ depth: Int) -> Double {
    Self.slopes.rule * slope([settings.inputs] + [Int](repeating: 4, count: depth - 1) + [1])
  }

  func mode(_ depth: Int) -> Double {
    Self.slopes.mode * slope([Int](repeating: settings.strengths.count + 1, count: depth + 1))
  }

  func regression(points: Int, inputs: Int) -> Double {
    Self.descents * speeds.seconds(.hostFlow, size: Double(2 * points * inputs))
  }

  /// A finite network beside its limit.
  func width(_ width: Int, _ network: Network) throws -> Double {
    let step = try speeds.seconds(
      like: engine,
      preparing: { idle in
        let networks = try FiniteNetwork(
          Architecture(network, width: width), members: [RandomStream(seed: 0, name: "")], draw: .device, on: idle)
        let inputs = try idle.empty(rows: settings.inputs, columns: settings.inputs)
        let targets = try idle.empty(rows: settings.inputs, columns: 1)
        return (networks: networks, objective: try Objective(.squared, inputs: inputs, targets: targets, alpha: [1], on: idle))
      }
    ) { idle, own in
      var descent = try GradientDescent(rates: [1])
      _ = try idle.read(descent.step(own.networks, own.objective))
    }
    let parameters = try Double(Architecture(network, width: width).parameterCount)
    return Double(settings.steps) * (step + slope([settings.inputs, settings.widthBottleneck, 1]))
      + speeds.seconds(.hostNormals, size: parameters)
  }
}
