import Compute
import DeepLinear
import Foundation
import Results
import StudyRecords

/// Times to a fraction of the loss with and without bottlenecks, by gradient flow.
enum SpeedUpPart {
  private typealias Fields = LinearAccelerationFields

  /// Times at which losses are recorded, in units of the time constant without bottleneck: eight per decade.
  private static let readings = (-12...24).map { pow(10, Double($0) / 8) }

  static func part(_ settings: LinearAccelerationSettings, _ cost: LinearAccelerationCost?) throws -> LinearAccelerationPart {
    let (chains, starts) = (try settings.chains(), try settings.startKinds())
    let (norms, decays) = (settings.targetNorms.values, settings.spectrum.values)
    let summary =
      "speed-up to \(settings.fraction) of the loss: d = \(chains.map(\.description).joined(separator: ", ")), target norms "
      + "\(norms.map { "\($0)" }.joined(separator: ", ")), covariances j^−a with a = \(decays.map { "\($0)" }.joined(separator: ", ")), "
      + "\(starts.map(\.rawValue).joined(separator: " and ")), \(settings.draws) draws"
    let units = decays.flatMap { decay in
      starts.flatMap { start in
        norms.flatMap { norm in
          chains.flatMap { chain in
            let seconds = cost?.speedUp(chain.widths) ?? 0
            return (0..<settings.draws).map { draw in
              LinearAccelerationUnit(
                "speed-up", .speedUp, seconds: seconds, Fields.spectrum(decay), Fields.start(start), Fields.norm(norm),
                Fields.bottlenecks(chain), Fields.draw(draw)
              ) { _ in try Case(settings: settings, decay: decay, start: start, norm: norm, chain: chain, draw: draw).record() }
            }
          }
        }
      }
    }
    return LinearAccelerationPart(summary: summary, units: units)
  }

  /// One run and the network without bottlenecks beside it. Draws begin alike in all cases.
  private struct Case {
    let settings: LinearAccelerationSettings
    let decay: Double
    let start: Fields.Start
    let norm: Double
    let chain: BottleneckLabel
    let draw: Int

    func record() throws -> Record {
      let layers = [settings.layersG] + [Int](repeating: settings.layersF, count: chain.widths.count)
      let network = LinearBottlenecks(inputs: settings.inputs, widths: chain.widths, layers: layers)
      let stream = RandomStream(seed: settings.seed, name: "draw/\(draw)")
      let task = LinearTask(
        eigenvalues: LinearTask.spectrum(inputs: settings.inputs, decay: decay),
        direction: stream.child("target").normals(settings.inputs), norm: norm)
      let first = network.start(stream.child("start"))
      let beta = start == .raw ? network.flow.product(first).values : [Double](repeating: 0, count: settings.inputs)
      let without = task.time(to: settings.fraction, from: beta, rate: network.rateWithout)
      let readings = SpeedUpPart.readings.map { $0 / network.rateWithout }
      let run = try network.run(
        task, from: first, subtractsStart: start == .centred, fraction: settings.fraction, horizon: settings.horizon * without,
        readings: readings, integrator: DormandPrince(relativeTolerance: settings.tolerance, absoluteTolerance: 1e-3 * settings.tolerance))
      let losses = readings.filter { $0 <= without }.map { task.loss(at: $0, from: beta, rate: network.rateWithout) }
      let late = LateRates(network, task, at: run.end)
      return Record(
        Fields.initialLoss(run.initialLoss), Fields.timeWithout(without), Fields.time(run.time),
        Fields.speedUp(run.time.map { without / $0 }),
        Fields.drift(run.drift), Fields.rateAlong(late.along), Fields.rateAcross(late.across), Fields.rateEstimate(late.estimate),
        Fields.steps(run.steps), Fields.readings(times(run.losses.count, end: run.time.map { $0 * network.rateWithout })),
        Fields.losses(run.losses.map { $0 / run.initialLoss } + (run.time == nil ? [] : [settings.fraction])),
        Fields.readingsWithout(times(losses.count, end: without * network.rateWithout)),
        Fields.lossesWithout(losses.map { $0 / run.initialLoss } + [settings.fraction]))
    }

    /// The first readings, and the time at which the fraction was reached.
    private func times(_ count: Int, end: Double?) -> [Double] { SpeedUpPart.readings.prefix(count) + [end].compactMap { $0 } }
  }
}

/// How fast the network learns where it ends, over the rate without bottlenecks.
private struct LateRates {
  /// Rate in the direction of the target.
  let along: Double
  /// Mean over the directions orthogonal to it; nil for one input.
  let across: Double?
  /// What `along` would be if G and v were balanced on the target alone, 2 √(L_f L_g) / (L_f + L_g) · |β*| √(n_0 / d); `across` would be
  /// half of it. Nil for several bottlenecks.
  let estimate: Double?

  init(_ network: LinearBottlenecks, _ task: LinearTask, at state: [Double]) {
    let rate = network.flow.rateOperator(state), n = network.inputs
    let square = task.target.reduce(0) { $0 + $1 * $1 }
    var (quadratic, trace) = (0.0, 0.0)
    for row in 0..<n {
      trace += rate[row, row]
      for column in 0..<n { quadratic += task.target[row] * rate[row, column] * task.target[column] / square }
    }
    along = quadratic / network.rateWithout
    let (lower, upper) = (Double(network.layers[0]), Double(network.layers[1]))
    estimate =
      network.widths.count == 1
      ? 2 * (lower * upper).squareRoot() / (lower + upper) * (square * Double(n) / Double(network.widths[0])).squareRoot() : nil
    across = n > 1 ? (trace - quadratic) / Double(n - 1) / network.rateWithout : nil
  }
}
