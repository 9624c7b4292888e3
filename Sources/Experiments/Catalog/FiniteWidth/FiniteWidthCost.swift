import Compute
import FiniteNetworks
import Learning
import LinearAlgebra
import Matrices
import Networks

/// Estimates of time, by the speeds of the device.
struct FiniteWidthCost {
  /// Pivots of a basis at the tolerances that are used here.
  static let expectedRank = 300

  /// Seconds of draws, by the first of their network and width.
  private var seconds: [FiniteWidthUnit: JointSeconds] = [:]

  /// - Parameter firsts: draws, with their network and how many of it advance together.
  init(
    _ settings: FiniteWidthSettings, data: ChainData, firsts: [(FiniteWidthUnit, Network, together: Int)], on device: PlannedDevice
  ) throws {
    for (first, network, together) in firsts {
      let draws = Draws(settings: settings, data: data, network: network, width: first.width, device: device)
      seconds[first] = try JointSeconds(most: together, draws.seconds)
    }
  }

  /// - Parameter wave: draws of one network at one width.
  func seconds(_ wave: [FiniteWidthUnit]) -> Double { seconds[wave[0].first]?(wave.count) ?? 0 }

  /// Draws of one network at one width, performed on an engine that does nothing.
  private struct Draws {
    let settings: FiniteWidthSettings
    let data: ChainData
    let network: Network
    let width: Int
    let device: PlannedDevice
    private var points: Int { settings.train + settings.test }
    private var batch: Int { settings.batch > 0 ? settings.batch : settings.train }

    func seconds(_ count: Int) throws -> Double {
      let steps = Double(settings.steps)
      let readings = Double(min(settings.steps + 1, settings.readings + settings.comparedSteps.count))
      return try steps * (finite(count) + limits(2 * count) + frozen(count)) + readings * reading(count) + Double(count) * ends()
    }

    private func networks(_ count: Int, on idle: Engine) throws -> FiniteNetwork {
      try .rehearsed(Architecture(network, width: width), members: count, on: idle)
    }

    private func inputs(_ count: Int, on idle: Engine) throws -> Tensor { try idle.empty(rows: count, columns: network.inputs) }

    /// A step of the finite networks.
    private func finite(_ count: Int) throws -> Double {
      try device.descentSeconds(settings.loss, points: batch, inputs: network.inputs, outputs: data.outputs, members: count) {
        [try networks(count, on: $0)]
      }
    }

    /// A step of the limits and their twins, with what they have visited on average.
    private func limits(_ runs: Int) throws -> Double {
      let step = try device.seconds(preparing: { try lockstep(runs, on: $0) }) { _, lockstep in
        let rows = Array(0..<batch)
        _ = try lockstep.advance(batches: Dictionary(uniqueKeysWithValues: lockstep.active.map { ($0, rows) }))
      }
      let visited = settings.steps / 2 * batch
      let centres = settings.historyKind(network) == .exact ? visited : min(visited, FiniteWidthCost.expectedRank)
      let passes = try device.seconds { idle in
        for (before, block) in zip(network.blocks, network.blocks.dropFirst()) {
          let z = try idle.empty(rows: points, columns: before.outputs), u = try idle.empty(rows: centres, columns: before.outputs)
          let weights = try idle.empty(rows: centres, columns: block.outputs)
          _ = try idle.widePass(.ntk, block.program, points: z, centres: u, coefficients: weights, jacobian: true)
          guard settings.historyKind(network) != .exact else { continue }
          // Distances of the points from the basis, and the update of its coefficients.
          let factor = try idle.empty(rows: centres, columns: centres)
          for part in [z, z.rows(0..<min(points, block.outputs))] {
            try idle.triangularSolve(TriangularSolve(), factor, idle.kernel(.ntk, block.program, u, part))
          }
        }
      }
      return step + Double(runs) * passes
    }

    private func lockstep(_ runs: Int, on idle: Engine) throws -> Lockstep {
      let first = try FirstBlock(
        network.blocks[0].program, train: Matrix(zeros: points, network.inputs), test: Matrix(zeros: 0, network.inputs), relativeJitter: 0,
        on: idle)
      let functions = try zip(network.blocks, network.blocks.dropFirst()).map { before, block in
        InitialFunction.features(try .rehearsed(Architecture(block, inputs: before.outputs, width: width), on: idle))
      }
      let outputs = network.blocks[0].outputs
      let start = ChainStart(train: Matrix(zeros: points, outputs), test: Matrix(zeros: 0, outputs), functions: functions)
      return try Lockstep(
        (0..<runs).map { _ in Lockstep.Run(network, start: start, rate: 1) }, first: first,
        targets: data.trainTargets.followed(by: data.testTargets), rule: DescentRule(settings.loss),
        history: settings.historyKind(network), on: idle)
    }

    /// A step of the networks whose kernel is frozen.
    private func frozen(_ count: Int) throws -> Double {
      let (own, all) = (batch * data.outputs, points * data.outputs)
      return try device.seconds { idle in
        let kernels = try idle.empty(batch: count, rows: own, columns: all)
        _ = try idle.gemm(idle.empty(batch: count, rows: 1, columns: own), kernels)
      }
    }

    /// Distances of all draws at one step.
    private func reading(_ count: Int) throws -> Double {
      let outputs = try device.seconds(preparing: { try networks(count, on: $0) }) { idle, networks in
        for tensor in try networks.readouts(inputs(points, on: idle)) { _ = try idle.read(tensor) }
      }
      guard settings.kernelPoints > 0 else { return outputs }
      let rows = min(settings.kernelPoints, settings.train)
      let kernels = try device.seconds(preparing: { try networks(count, on: $0) }) { idle, networks in
        _ = try idle.read(networks.tangentKernel(inputs(rows, on: idle), outputs: .full))
      }
      let share = Double(settings.comparedSteps.count) / Double(max(settings.readings, 1))
      return outputs + share * (kernels + Double(count) * hostKernel(rows))
    }

    /// The start of one draw, and its kernel at all points.
    private func ends() throws -> Double {
      let parameters = try Double(Architecture(network, width: width).parameterCount)
      return 2 * device.speeds.seconds(.hostNormals, size: parameters) + hostKernel(points)
    }

    /// A kernel of the limit between all outputs, which is made on the host.
    private func hostKernel(_ rows: Int) -> Double {
      let entries = Double(rows * data.outputs) * Double(rows * data.outputs)
      let terms = network.bottlenecks.reduce(Double(data.outputs)) { $0 + Double($1) } + 4
      return device.speeds.hostTerms(entries * terms)
    }
  }
}
