import CPUBackend
import Compute
import DeviceProperties
import DeviceTuning
import OpenCLBackend
import ReferenceBackend
import Synchronization

/// The devices of this machine: the one place that names concrete backends.
public enum BackendCatalog {
  /// A device, or why it is missing.
  public struct Entry: Sendable {
    /// What `--device` takes.
    public let identifier: String
    /// The device, ready to compute, or the error that says why it is missing.
    public let backend: Result<any Backend, ComputeError>
  }

  /// What a program may choose before it asks for the first backend.
  public struct Configuration: Sendable {
    /// Threads of the CPU backend; nil for what `ThreadCount` finds.
    public var threads: Int?
    /// Whether OpenCL starts with the sizes of kernels that `isthmus tune` stored.
    public var usesStoredSizes = false
    /// Says why OpenCL's library is not to be loaded into this process, nil where it may be. Asked just before.
    public var objectionToOpenCL: (@Sendable () -> String?)?
    /// Told whenever OpenCL builds a program from source, from whatever thread.
    public var programBuilds: (@Sendable (ProgramBuild) -> Void)?

    public init() {}
  }

  public static var configuration: Configuration {
    get { configured.withLock { $0 } }
    set { configured.withLock { $0 = newValue } }
  }
  private static let configured = Mutex(Configuration())

  /// Every backend in a fixed order: CPU, OpenCL devices, reference. One that is missing has a reason in its place.
  public static func all() -> [Entry] { [cpu] + openCL + [reference] }

  /// The backend of a name: `cpu`, `reference`, `opencl` (the first OpenCL device that works) or `opencl:K`.
  ///
  /// Without a name: a GPU with float64, else the CPU backend, else another OpenCL device, else the reference.
  /// - Throws: `ComputeError.unknownDevice` with the known names, or the reason why a known backend is missing. Without a name also
  ///   `.variable`: a mistake in the environment chooses no other device.
  public static func backend(named name: String? = nil) throws(ComputeError) -> any Backend {
    // A device that is named needs no other to start.
    switch name {
    case "cpu": return try cpu.backend.get()
    case "reference": return try reference.backend.get()
    case "opencl":
      let working = openCL.first { if case .success = $0.backend { true } else { false } }
      return try (working ?? openCL[0]).backend.get()
    case let name?:
      guard let entry = openCL.first(where: { $0.identifier == name }) else {
        // Without a list of devices there is no telling which names it would have.
        if name.hasPrefix("opencl:"), openCL.count == 1, case .failure(let reason) = openCL[0].backend { throw reason }
        throw .unknownDevice(name: name, known: all().map(\.identifier))
      }
      return try entry.backend.get()
    case nil:
      for entry in all() {
        if case .failure(let error) = entry.backend, case .variable = error { throw error }
      }
      return try preferred(all().compactMap { try? $0.backend.get() })
    }
  }

  /// The CPU backend with a number of threads of its own.
  ///
  /// - Throws: `ComputeError.unavailable` for a number below 1 or above `ThreadCount.most`.
  public static func cpu(threads: Int) throws(ComputeError) -> any Backend { try CPUBackend(threads: threads) }

  /// What a user of this backend has to know before its numbers come: what it does without, or could not use.
  public static func warnings(on backend: any Backend) -> [String] {
    let remarks = [(backend as? CPUBackend)?.missingThreads, (backend as? OpenCLBackend)?.driverCacheRemark].compactMap { $0 }
    return (remarks + ((backend as? any TunableBackend)?.refusals ?? [])).map { "\(backend.device.identifier): \($0)" }
  }

  /// The most threads that the CPU backend takes.
  public static var mostThreads: Int { ThreadCount.most }

  /// Threads that the CPU backend takes where none are asked for.
  ///
  /// - Throws: `ComputeError.variable` for a mistake in `ISTHMUS_THREADS`.
  public static func usualThreads() throws(ComputeError) -> Int { try ThreadCount().count }

  /// How many threads the CPU backend uses and what decided it; nil for another.
  public static func threads(of backend: any Backend) -> (count: Int, reason: String)? {
    (backend as? CPUBackend).map { ($0.threads, $0.threadCount.reason) }
  }

  /// All that a device says of itself, in groups; none of the reference, which is no device.
  public static func properties(of backend: any Backend) -> [PropertyGroup] {
    (backend as? CPUBackend)?.properties ?? (backend as? OpenCLBackend)?.properties ?? []
  }

  /// Removes what was made for this process alone. OpenCL may not be used afterwards.
  public static func removeTemporaryFolders() { OpenCLBackend.removeTemporaryFolders() }

  /// The choice without a name, from the backends that are present.
  package static func preferred(_ backends: [any Backend]) throws(ComputeError) -> any Backend {
    let choice =
      backends.first { $0.device.isGPU && $0.device.precisions.contains(.float64) }
      ?? backends.first { $0.device.backend == "cpu" }
      ?? backends.first { $0.device.backend == "opencl" }
      ?? backends.first
    guard let choice else {
      throw .unavailable(backend: "any", reason: "no backend could be started.")
    }
    return choice
  }

  // Each is started once and shared: the start of an OpenCL implementation is not safe to race with itself.
  private static let cpu: Entry = {
    do throws(ComputeError) {
      return Entry(identifier: "cpu", backend: .success(try CPUBackend(threads: configuration.threads)))
    } catch {
      return Entry(identifier: "cpu", backend: .failure(error))
    }
  }()

  /// Never empty.
  private static let openCL: [Entry] = {
    let configuration = Self.configuration
    do throws(ComputeError) {
      let store = configuration.usesStoredSizes ? try MeasuredSizeStore.chosen() : nil
      let start = try OpenCLStart(store: store, builds: configuration.programBuilds)
      if let reason = configuration.objectionToOpenCL?() {
        throw .deviceFailure(device: "opencl", operation: "the search for devices", reason: reason)
      }
      return try OpenCLBackend.devices(start).map { found in
        Entry(identifier: found.identifier, backend: found.backend.map { $0 as any Backend })
      }
    } catch {
      return [Entry(identifier: "opencl:0", backend: .failure(error))]
    }
  }()

  private static let reference = Entry(identifier: "reference", backend: .success(ReferenceBackend()))
}
