import ArgumentParser
import BackendCatalog
import Compute
import DeviceTiming
import Experiments
import LinearAlgebra
import Sweeps

/// A sweep, and where its runs compute.
struct SweepOptions: ParsableArguments {
  @Argument(help: "YAML file of the sweep.", completion: .file(extensions: ["yaml", "yml"])) var file: String
  @Option(
    help: ArgumentHelp(
      "Device to compute on, as for `isthmus run`; repeat it for several of one kind. All runs of a sweep are computed by equal devices.",
      valueName: "device"))
  var device: [String] = []
  @Option(help: "Runs at a time on each device.") var workers = 1
  @Option(help: "Threads of the device cpu, shared among its workers. Without it all that `isthmus run` would take.") var threads: Int?
  @Option(
    help: ArgumentHelp(
      "Memory that all runs of a device may take together, such as 8GB; by default three quarters of it.", valueName: "size"))
  var memory: ByteCount?
  @Option(help: "Precision of the passes over data, as for `isthmus run`.") var precision: Precision?
  @Option(
    help: ArgumentHelp("One of N equal parts of the sweep, from 1/N to N/N: every run is in one of them.", valueName: "i/n"),
    transform: { try Shard($0) })
  var shard: Shard?

  func validate() throws {
    guard 1...BackendCatalog.mostThreads ~= workers else {
      throw ValidationError("--workers: expected 1 to \(BackendCatalog.mostThreads), got '\(workers)'.")
    }
    guard threads.map({ 1...BackendCatalog.mostThreads ~= $0 }) ?? true else {
      throw ValidationError("--threads: expected 1 to \(BackendCatalog.mostThreads), got '\(threads ?? 0)'.")
    }
    guard Set(device).count == device.count else {
      throw ValidationError("--device: a device is named twice; --workers says how many runs it has at a time.")
    }
  }
}

/// A planned sweep with the devices that compute it.
struct PlannedSweep {
  let sweep: Sweep
  /// Devices of one kind.
  let devices: [DeviceDescription]
  /// Threads of a worker on the device cpu; nil on others.
  let threads: Int?
  /// Bytes that the runs of a device may take together.
  let memory: Int

  /// Reads the file, starts the devices and plans every run.
  ///
  /// - Parameter isSilent: tells nothing of how far it is.
  init(_ options: SweepOptions, isSilent: Bool) throws {
    let file = try SweepFile(options.file), all = try options.threads ?? BackendCatalog.usualThreads()
    let share = max(all / options.workers, 1)
    DeviceStart.prepare(threads: share, isSilent: isSilent, looksAgain: options.device.contains { $0.hasPrefix("opencl") })
    let names: [String?] = options.device.isEmpty ? [nil] : options.device
    let backends = try names.map { try BackendCatalog.backend(named: $0) }
    backends.forEach { DeviceStart.warn(on: $0) }
    let first = backends[0].device
    if let other = backends.map(\.device).first(where: { $0.backend != first.backend || $0.name != first.name }) {
      throw ValidationError(
        "--device: \(first.identifier) is \(first.name), and \(other.identifier) is \(other.name). The numbers of a sweep must not depend on "
          + "which device was free; choose devices of one kind, or make a sweep for each.")
    }
    guard first.backend != "cpu" || options.workers <= all else {
      throw ValidationError(
        "--workers: \(options.workers) workers cannot share \(all) threads of the cpu; ask for fewer, or more --threads.")
    }
    guard options.threads == nil || first.backend == "cpu" else {
      throw ValidationError("--threads is about the device cpu; here \(first.identifier) computes.")
    }
    try LAPACK.checkVariable()
    let engine = try Engine(backends[0])
    let automatic = try options.precision ?? PassChoice.automatic(on: engine)
    let speeds = try DeviceSpeedStore.user.speeds(
      of: Precision.allCases.filter(first.precisions.contains).map { try Engine(backends[0], precision: $0) },
      program: DriverProbe.programState
    ) { Terminal.writeError("warning: \($0)") }
    memory = options.memory?.bytes ?? engine.memoryBudget
    devices = backends.map(\.device)
    threads = first.backend == "cpu" ? share : nil
    defer { Terminal.clearPassingLine() }
    sweep = try Sweep(
      file, shard: options.shard ?? .whole, on: engine, speeds: speeds, memory: memory,
      precision: { options.precision ?? ($0 ? automatic : .float64) },
      progress: { done, count in
        if !isSilent, Terminal.hasLiveErrors { Terminal.show(passing: "planning run \(done + 1) of \(count)") }
      })
  }
}
