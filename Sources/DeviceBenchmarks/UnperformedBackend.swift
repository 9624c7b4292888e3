import Compute

/// A device that computes nothing: behind a meter it tells the declared work of a case before anything is run.
struct UnperformedBackend: Backend {
  private final class Buffer: DeviceBuffer {
    let byteCount: Int
    init(_ byteCount: Int) { self.byteCount = byteCount }
  }

  let device = DeviceDescription(
    backend: "none", identifier: "none", name: "none", driver: "none", precisions: Precision.allCases, memoryBytes: .max / 2)

  func allocate(byteCount: Int) -> any DeviceBuffer { Buffer(byteCount) }
  func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) {}
  /// Numbers that are read stay what they were, 0 for an engine.
  func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) {}
  func synchronize() {}
  func perform(_ job: BackendJob) {}
}

extension BenchmarkRunner {
  /// About how long cases take in all: their declared work at a third of the limits, for all runs and the preparations.
  ///
  /// A guide: within a factor of a few.
  public func plannedSeconds(_ cases: [BenchmarkCase], _ precision: Precision) -> Double {
    cases.filter { $0.precisions.contains(precision) }.reduce(0) { sum, benchmark in
      // Behind the meter, before the timed ones of each round, and those.
      let runs = Double((runsOfRound + 1) * rounds + 1), shareOfRoofline = 1.0 / 3
      let (prepare, run) = leastSeconds(benchmark, precision)
      let one = run / shareOfRoofline
      return sum + Double(1 + rounds) * prepare / shareOfRoofline + max(min(runs * one, 2 * timeLimit + 2 * one), leastSeconds)
    }
  }

  /// Least seconds of a preparation and of a run by the limits; 0 where the work depends on numbers and the case does not tell.
  private func leastSeconds(_ benchmark: BenchmarkCase, _ precision: Precision) -> (prepare: Double, run: Double) {
    if let planned = benchmark.planned, let peak = limits.multiplyAdds[precision] {
      return (planned.prepare / peak, planned.run / peak)
    }
    let metered = MeteredBackend(UnperformedBackend())
    guard let prepared = try? benchmark.prepare(Engine(metered, precision: precision)) else { return (0, 0) }
    let prepare = leastSeconds(metered.meter.profile)
    if let work = prepared.work { return (prepare, limits.leastSeconds(work, precision) ?? 0) }
    metered.meter.reset()
    guard (try? prepared.run()) != nil else { return (prepare, 0) }
    return (prepare, leastSeconds(metered.meter.profile))
  }

  /// Operation by operation.
  func leastSeconds(_ profile: Profile) -> Double {
    profile.operations.reduce(0) { $0 + (limits.leastSeconds($1.value.work, $1.key.precision) ?? 0) }
  }
}
