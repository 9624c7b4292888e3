import Compute

/// The most that a device does of each kind of work, one figure each; what cannot be had has a reason in its place.
public struct DevicePeaks: Sendable {
  /// What a figure is about. Raw values name it for programs.
  public enum Kind: String, Sendable, CaseIterable {
    /// Bytes per second, read and written ones together, of a large copy in the device's memory.
    case copyBandwidth
    /// Bytes per second that all units read of local memory.
    case localMemoryBandwidth
    /// Bytes per second from the host to the device.
    case hostToDevice
    /// Bytes per second from the device to the host.
    case deviceToHost
    /// Operations per second with float64 numbers in registers, two for each multiply-add.
    case float64
    /// Operations per second with float32 numbers.
    case float32
    /// Operations per second with float16 numbers.
    case float16
    /// Seconds from the launch of a kernel that does nothing to its end; of a backend without kernels those of its smallest operation.
    case launchLatency
  }

  /// A figure in the unit of its kind, or why there is none.
  public enum Figure: Sendable, Equatable {
    /// A number above 0.
    case measured(Double)
    /// A sentence.
    case notAvailable(reason: String)
  }

  /// A figure for every kind.
  public let figures: [Kind: Figure]

  /// Measures a device.
  ///
  /// - Parameter seconds: about how long, together; a device that builds kernels first takes longer.
  public static func measure(_ backend: any Backend, seconds: Double = 4) -> DevicePeaks {
    let share = seconds / 4
    func figure(_ measure: () throws(ComputeError) -> Double) -> Figure {
      do throws(ComputeError) {
        let value = try measure()
        return value > 0 && value.isFinite ? .measured(value) : .notAvailable(reason: "the time was too short to be measured")
      } catch {
        return .notAvailable(reason: "\(error)")
      }
    }
    var figures: [Kind: Figure] = [:]
    do throws(ComputeError) {
      let limits = try DeviceLimits.measure(backend, precisions: backend.device.precisions, seconds: 2 * share)
      for (kind, precision) in [(Kind.float64, Precision.float64), (.float32, .float32)] {
        figures[kind] =
          limits.multiplyAdds[precision].map { .measured(2 * $0) }
          ?? .notAvailable(reason: "the device does not compute with \(precision)")
      }
      figures[.copyBandwidth] = .measured(limits.bandwidth)
    } catch {
      for kind in [Kind.float64, .float32, .copyBandwidth] { figures[kind] = .notAvailable(reason: "\(error)") }
    }
    let transfers = Transfers(backend)
    figures[.hostToDevice] = figure { () throws(ComputeError) in try transfers.bytesPerSecond(toDevice: true, seconds: share / 2) }
    figures[.deviceToHost] = figure { () throws(ComputeError) in try transfers.bytesPerSecond(toDevice: false, seconds: share / 2) }
    figures[.launchLatency] = figure { () throws(ComputeError) in try launchLatency(backend) }
    if let probe = backend as? any PeakProbe {
      figures[.localMemoryBandwidth] = figure { () throws(ComputeError) in
        try rate(probe, seconds: share / 2) { rounds throws(ComputeError) in try probe.localMemoryLoop(rounds: rounds) }
      }
      figures[.float16] = figure { () throws(ComputeError) in
        2 * (try rate(probe, seconds: share / 2) { rounds throws(ComputeError) in try probe.halfMultiplyAddLoop(rounds: rounds) })
      }
    } else {
      figures[.localMemoryBandwidth] = .notAvailable(
        reason: "the backend \(backend.device.backend) has caches, and no local memory that a program addresses")
      figures[.float16] = .notAvailable(reason: "the backend \(backend.device.backend) has no float16 arithmetic")
    }
    return DevicePeaks(figures: figures)
  }

  /// Loops of growing length until the time is used up; the fastest counts.
  private static func rate(
    _ backend: any Backend, seconds: Double, _ loop: (Int) throws(ComputeError) -> Double
  ) throws(ComputeError) -> Double {
    let start = ContinuousClock.now
    var (best, rounds) = (0.0, 256)
    while true {
      var amount = 0.0
      let time = try quickest(of: 3, backend) { () throws(ComputeError) in amount = try loop(rounds) }
      best = max(best, amount / time)
      // The next takes four runs of twice as long.
      guard (ContinuousClock.now - start) / .seconds(1) + 8 * time < seconds, rounds < 1 << 24 else { return best }
      rounds *= 2
    }
  }

  private static func launchLatency(_ backend: any Backend) throws(ComputeError) -> Double {
    if let probe = backend as? any PeakProbe {
      return try quickest(of: 200, backend) { () throws(ComputeError) in try probe.emptyLaunch() }
    }
    let engine = try Engine(backend, precision: backend.device.precisions.first ?? .float64)
    let (source, target) = (try engine.zeros(rows: 1, columns: 1), try engine.zeros(rows: 1, columns: 1))
    return try quickest(of: 200, backend) { () throws(ComputeError) in try engine.copy(source, into: target) }
  }

  /// Seconds of the quickest of several runs with the wait for their end, after one that may build kernels.
  static func quickest(of count: Int, _ backend: any Backend, _ work: () throws(ComputeError) -> Void) throws(ComputeError) -> Double {
    var best = Double.infinity
    for attempt in 0...count {
      try backend.synchronize()
      let start = ContinuousClock.now
      try work()
      try backend.synchronize()
      if attempt > 0 { best = min(best, max((ContinuousClock.now - start) / .seconds(1), 1e-9)) }
    }
    return best
  }
}

/// Copies between host and device.
private struct Transfers {
  private let backend: any Backend

  init(_ backend: any Backend) { self.backend = backend }

  /// Blocks of growing size until the time is used up or they are 256 MiB; the largest counts, since small ones stay in caches.
  func bytesPerSecond(toDevice: Bool, seconds: Double) throws(ComputeError) -> Double {
    let start = ContinuousClock.now
    let largest = backend.device.largestAllocationBytes
    var (speed, count) = (0.0, 1 << 20)
    while true {
      let buffer = try backend.allocate(byteCount: count)
      let host = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 64)
      defer { host.deallocate() }
      // Pages that are there before the time is taken, on the device too.
      for index in host.indices { host[index] = UInt8(truncatingIfNeeded: index) }
      try backend.copyIn(UnsafeRawBufferPointer(host), to: buffer, at: 0)
      let time = try DevicePeaks.quickest(of: 3, backend) { () throws(ComputeError) in
        if toDevice {
          try backend.copyIn(UnsafeRawBufferPointer(host), to: buffer, at: 0)
        } else {
          try backend.copyOut(buffer, at: 0, into: host)
        }
      }
      speed = Double(count) / time
      let used = (ContinuousClock.now - start) / .seconds(1)
      guard used + 24 * time < seconds, count < 256 << 20, largest <= 0 || 4 * count <= largest else { return speed }
      count *= 4
    }
  }
}
