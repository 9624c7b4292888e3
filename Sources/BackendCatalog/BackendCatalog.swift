import CPUBackend
import Compute
import OpenCLBackend
import ReferenceBackend
import Synchronization

/// The devices of this machine: the one place that names concrete backends.
public enum BackendCatalog {
  /// A device, or why it is missing.
  public struct Entry: Sendable {
    /// What `--device` takes.
    public let identifier: String
    public let backend: Result<any Backend, ComputeError>
  }

  /// Where sizes of kernels that `isthmus tune` measured are looked for when OpenCL is started; nil, the default, for none. To be set
  /// before the first backend is asked for.
  public static var tileStore: TileStore? {
    get { store.withLock { $0 } }
    set { store.withLock { $0 = newValue } }
  }
  private static let store = Mutex<TileStore?>(nil)

  /// Every backend in a fixed order: CPU, OpenCL devices, reference. One that is missing has a reason in its place.
  public static func all() -> [Entry] { [cpu] + openCL + [reference] }

  /// The backend of a name: `cpu`, `reference`, `opencl` (the first OpenCL device) or `opencl:K`.
  ///
  /// Without a name: a GPU with float64, else the CPU backend, else another OpenCL device, else the reference.
  /// - Throws: `ComputeError.unknownDevice` with the known names, or the reason why a known backend is missing.
  public static func backend(named name: String? = nil) throws(ComputeError) -> any Backend {
    // A device that is named needs no other to start.
    switch name {
    case "cpu": return try cpu.backend.get()
    case "reference": return try reference.backend.get()
    case let name?:
      let identifier = name == "opencl" ? firstOpenCL : name
      guard let entry = openCL.first(where: { $0.identifier == identifier }) else {
        throw .unknownDevice(name: name, known: all().map(\.identifier))
      }
      return try entry.backend.get()
    case nil: return try preferred(all().compactMap { try? $0.backend.get() })
    }
  }

  /// The CPU backend with a number of threads of its own.
  ///
  /// - Throws: `ComputeError.unavailable` for a number below 1.
  public static func cpu(threads: Int) throws(ComputeError) -> any Backend { try CPUBackend(threads: threads) }

  /// The choice without a name, from the backends that are present.
  static func preferred(_ backends: [any Backend]) throws(ComputeError) -> any Backend {
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

  private static let firstOpenCL = "opencl:0"

  // Each is started once and shared: the start of an OpenCL implementation is not safe to race with itself.
  private static let cpu: Entry = {
    do throws(ComputeError) {
      return Entry(identifier: "cpu", backend: .success(try CPUBackend()))
    } catch {
      return Entry(identifier: "cpu", backend: .failure(error))
    }
  }()

  private static let openCL: [Entry] = {
    do throws(ComputeError) {
      let devices = try OpenCLBackend.discover(store: tileStore)
      if !devices.isEmpty {
        return devices.map { Entry(identifier: $0.device.identifier, backend: .success($0)) }
      }
      return [
        Entry(
          identifier: firstOpenCL,
          backend: .failure(.unavailable(backend: "opencl", reason: "no OpenCL device was found.")))
      ]
    } catch {
      return [Entry(identifier: firstOpenCL, backend: .failure(error))]
    }
  }()

  private static let reference = Entry(identifier: "reference", backend: .success(ReferenceBackend()))
}
