import Compute
import ReferenceBackend

/// The devices of this machine: the one place that names concrete backends.
public enum BackendCatalog {
  /// A device, or why it is missing.
  public struct Entry: Sendable {
    /// What `--device` takes.
    public let identifier: String
    public let backend: Result<any Backend, ComputeError>
  }

  /// Every backend in a fixed order: CPU, OpenCL devices, reference. One that is missing has a reason in its place.
  public static func all() -> [Entry] {
    [reference()]
  }

  /// The backend of a name: `cpu`, `reference`, `opencl` (the first OpenCL device) or `opencl:K`.
  ///
  /// Without a name: a GPU with float64, else the CPU backend, else another OpenCL device, else the reference.
  /// - Throws: `ComputeError.unknownDevice` with the known names, or the reason why a known backend is missing.
  public static func backend(named name: String? = nil) throws(ComputeError) -> any Backend {
    let entries = all()
    guard let name else { return try preferred(entries.compactMap { try? $0.backend.get() }) }
    let identifier = name == "opencl" ? "opencl:0" : name
    guard let entry = entries.first(where: { $0.identifier == identifier }) else {
      throw .unknownDevice(name: name, known: entries.map(\.identifier))
    }
    return try entry.backend.get()
  }

  /// The choice without a name, from the backends that are present.
  static func preferred(_ backends: [any Backend]) throws(ComputeError) -> any Backend {
    let choice =
      backends.first { $0.device.isGPU && $0.device.precisions.contains(.float64) }
      ?? backends.first { $0.device.backend == "cpu" }
      ?? backends.first { $0.device.backend == "opencl" }
      ?? backends.first
    guard let choice else { throw .unavailable(backend: "any", reason: "no backend could be started.") }
    return choice
  }

  private static func reference() -> Entry { Entry(identifier: "reference", backend: .success(ReferenceBackend())) }
}
