import Compute
import FiniteNetworks
import Losses

extension FiniteNetwork {
  /// Networks that stand for any of an architecture, on an engine that performs nothing.
  static func rehearsed(_ architecture: Architecture, members: Int = 1, on idle: Engine) throws -> FiniteNetwork {
    let streams = (0..<members).map { RandomStream(seed: 0, name: "\($0)") }
    return try FiniteNetwork(architecture, members: streams, draw: .device, on: idle)
  }
}

extension PlannedDevice {
  /// Seconds of all that `body` asks of the engine that it is given, which is like `engine` and performs nothing.
  ///
  /// - Parameter prepare: makes on that engine what the body needs, and takes no time.
  func seconds<Ready>(preparing prepare: (Engine) throws -> Ready, _ body: (Engine, Ready) throws -> Void) throws -> Double {
    try speeds.seconds(like: engine, preparing: prepare, body)
  }

  /// Seconds of all that `body` asks of the engine that it is given.
  func seconds(_ body: (Engine) throws -> Void) throws -> Double { try speeds.seconds(like: engine, body) }

  /// Seconds of a step of gradient descent of networks, each of so many members.
  ///
  /// - Parameter isRead: whether the outputs are read.
  func descentSeconds(
    _ loss: Loss, points: Int, inputs: Int, outputs: Int, members: Int, isRead: Bool = false, _ networks: (Engine) throws -> [FiniteNetwork]
  ) throws -> Double {
    try seconds(
      preparing: { idle in
        let x = try idle.empty(rows: points, columns: inputs), targets = try idle.empty(rows: points, columns: outputs)
        let alphas = [Double](repeating: 1, count: members)
        return (networks: try networks(idle), objective: try Objective(loss, inputs: x, targets: targets, alpha: alphas, on: idle))
      }
    ) { idle, own in
      for network in own.networks {
        var descent = try GradientDescent(rates: [Double](repeating: 1, count: members))
        let outputs = try descent.step(network, own.objective)
        if isRead { _ = try idle.read(outputs) }
      }
    }
  }
}
