import Compute
import DeviceTiming
import FiniteNetworks
import Foundation
import Matrices

/// Estimates of time, by the speeds of the device.
struct LazyFeatureCost {
  /// Seconds of networks and of a frozen kernel, by width.
  private var training: [Int: JointSeconds] = [:]
  private var kernel: [Int: Double] = [:]

  /// - Parameter together: networks of a width that are trained together.
  init(
    _ settings: LazyFeatureSettings, _ task: LazyFeatureTask, together: (Int) throws -> Int, on device: PlannedDevice
  ) throws {
    let work = Rehearsed(settings: settings, task: task, device: device)
    for width in settings.widthList {
      training[width] = try JointSeconds(most: together(width)) { try work.training(width, members: $0) }
      kernel[width] = settings.kernels == .none ? 0 : try work.kernel(width)
    }
  }

  func seconds(_ wave: [LazyFeatureUnit]) -> Double {
    switch wave[0] {
    case .network(let network): training[network.width]?(wave.count) ?? 0
    case .kernel(let width, _): kernel[width] ?? 0
    case .ensembles: 0
    }
  }

  /// The parts of the work on an engine that performs nothing.
  private struct Rehearsed {
    let settings: LazyFeatureSettings
    let task: LazyFeatureTask
    let device: PlannedDevice
    private var speeds: DeviceSpeeds { device.speeds }

    private func network(_ width: Int, members: Int, on idle: Engine) throws -> FiniteNetwork {
      try .rehearsed(settings.architecture(width: width, input: task.input), members: members, on: idle)
    }

    private func points(on idle: Engine) throws -> LazyFeatureData {
      func empty(_ signs: Matrix) throws -> Tensor { try idle.empty(rows: signs.rows, columns: task.input.features) }
      return LazyFeatureData(
        train: try empty(task.trainSigns), test: try empty(task.testSigns), trainSigns: task.trainSigns, testSigns: task.testSigns)
    }

    /// Networks of one width from their start to their end.
    func training(_ width: Int, members: Int) throws -> Double {
      func prepared(_ idle: Engine) throws -> (training: any EnsembleTraining, data: LazyFeatureData) {
        let (network, data) = (try network(width, members: members, on: idle), try points(on: idle))
        let alphas = [Double](repeating: 1, count: members)
        return (try settings.training(network, settings.objective(network, alphas, data)), data)
      }
      func seconds(_ body: (any EnsembleTraining, LazyFeatureData) throws -> Void) throws -> Double {
        try speeds.seconds(like: device.passEngine, preparing: prepared) { try body($1.training, $1.data) }
      }
      let step = try seconds { training, _ in
        var training = training
        try training.advance()
      }
      let look = try seconds { training, _ in _ = try training.outputs() } + host(members * settings.train)
      let followed = min(settings.followed, settings.test)
      let reading = try seconds { training, data in
        let network = try training.network.keeping(members: Array(0..<members))
        _ = try network.outputs(data.test.rows(0..<followed))
      }
      let end = try seconds { training, data in
        let own = try training.network.keeping(members: [0])
        _ = try own.outputs(data.test)
        guard settings.kernelPoints > 0 else { return }
        // At the start and at the end.
        for _ in 0..<2 { _ = try own.tangentKernel(data.test.rows(0..<min(settings.kernelPoints, settings.test))) }
      }
      let frozen = settings.kernels == .both ? try kernel(width) : 0
      let parameters = Double(try settings.architecture(width: width, input: task.input).parameterCount)
      let draws = 2 * speeds.seconds(.hostNormals, size: parameters)
      let steps = settings.expectedSteps
      // Readings are 20 % of the steps apart, and so are looks at many small steps.
      let readings = 5 + log(max(steps, 1)) / log(1.2)
      return steps * step + (settings.method == .flow ? steps : readings) * look + readings * reading
        + Double(members) * (end + frozen + draws)
    }

    /// The flow with one frozen kernel.
    func kernel(_ width: Int) throws -> Double {
      let kernels = try speeds.seconds(
        like: device.passEngine, preparing: { (network: try network(width, members: 1, on: $0), data: try points(on: $0)) }
      ) { _, own in
        _ = try own.network.tangentKernel(own.data.train)
        _ = try own.network.tangentKernel(own.data.test, own.data.train)
      }
      let step = try device.seconds(
        preparing: { idle in
          let theta = try idle.empty(rows: settings.train, columns: settings.train)
          return try KernelFlow(theta, task.trainSigns, loss: settings.kernelLoss, rule: settings.flowRule, on: idle)
        }
      ) { _, flow in
        var flow = flow
        try flow.advance()
      }
      return kernels + settings.expectedKernelSteps * (step + host(2 * settings.train))
    }

    private func host(_ points: Int) -> Double { speeds.seconds(.hostPoints, size: Double(points)) }
  }
}
