import DeepLinear
import DeviceTiming
import FiniteNetworks
import Networks

/// Estimates of time of single units, by the speeds of the device and of the host's loops over small matrices.
struct LinearAccelerationCost {
  let settings: LinearAccelerationSettings
  let device: PlannedDevice
  private var speeds: DeviceSpeeds { device.speeds }

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
    let architecture = try Architecture(network, width: width)
    let step = try device.descentSeconds(
      .squared, points: settings.inputs, inputs: settings.inputs, outputs: 1, members: 1, isRead: true
    ) { [try .rehearsed(architecture, on: $0)] }
    return Double(settings.steps) * (step + slope([settings.inputs, settings.widthBottleneck, 1]))
      + speeds.seconds(.hostNormals, size: Double(architecture.parameterCount))
  }
}
