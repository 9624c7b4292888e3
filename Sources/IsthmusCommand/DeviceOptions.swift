import ArgumentParser
import BackendCatalog
import Compute

extension Precision: ExpressibleByArgument {}

/// Where to compute.
struct DeviceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Device to compute on: cpu, reference, opencl or opencl:K. Without it a GPU with float64, else the CPU (see `isthmus devices`).",
      valueName: "device"),
    completion: .custom { _, _, _ in DeviceStart.identifiers })
  var device: String?
  @Option(
    help: ArgumentHelp(
      "Threads of the device cpu, at most \(BackendCatalog.mostThreads). Without it ISTHMUS_THREADS, else the processors that this process may use (see `isthmus devices`).",
      valueName: "threads"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...BackendCatalog.mostThreads ~= threads) {
      throw ValidationError("--threads: expected 1 to \(BackendCatalog.mostThreads), got '\(threads)'.")
    }
  }

  /// - Parameter isSilent: tells nothing of how far the device is with building programs.
  func backend(isSilent: Bool = false) throws -> any Backend {
    DeviceStart.prepare(threads: threads, isSilent: isSilent, looksAgain: device?.hasPrefix("opencl") ?? false)
    let backend = try BackendCatalog.backend(named: device)
    guard threads == nil || backend.device.backend == "cpu" else {
      throw ValidationError("--threads is about the device cpu; here \(backend.device.identifier) computes.")
    }
    if device == nil { DeviceStart.warnOfBrokenDevices() }
    DeviceStart.warn(on: backend)
    return backend
  }
}

/// The way in which this program starts devices, whatever the command.
enum DeviceStart {
  /// Makes the choices that come before the first device is asked for.
  ///
  /// - Parameter looksAgain: whether drivers that were found to be broken get another chance.
  static func prepare(threads: Int? = nil, isSilent: Bool = false, looksAgain: Bool = false) {
    var configuration = BackendCatalog.Configuration()
    configuration.threads = threads
    configuration.usesStoredSizes = true
    configuration.objectionToOpenCL = { DriverProbe.objection(looksAgain: looksAgain) }
    if !isSilent {
      let notice = BuildNotice()
      configuration.programBuilds = { notice.tell($0) }
    }
    BackendCatalog.configuration = configuration
  }

  /// Identifiers of devices, for shells that complete a command line.
  static var identifiers: [String] {
    prepare(isSilent: true)
    return BackendCatalog.all().map(\.identifier)
  }

  /// Every device of this machine; a mistake in the environment is an error, since it would leave a device out.
  static func all() throws(ComputeError) -> [BackendCatalog.Entry] {
    let entries = BackendCatalog.all()
    for entry in entries {
      if case .failure(let error) = entry.backend, case .variable = error { throw error }
    }
    return entries
  }

  /// Devices that are there and do not work are told where another is taken for them; those that are not there need no word.
  static func warnOfBrokenDevices() {
    for entry in BackendCatalog.all() {
      if case .failure(let error) = entry.backend, case .deviceFailure = error {
        Terminal.writeError("warning: \(entry.identifier) is left out: \(error)")
      }
    }
  }

  /// What a user of this device has to know before its numbers come.
  static func warn(on backend: any Backend) {
    for warning in BackendCatalog.warnings(on: backend) { Terminal.writeError("warning: \(warning)") }
  }

  /// What ran on the host, told after the work.
  static func warnOfHostWork(of backend: any Backend) {
    for operation in backend.fallbacks {
      Terminal.writeError("warning: \(operation) ran on the host, which is slow: \(backend.device.identifier) has no code for it")
    }
  }
}
