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
    completion: .custom { _, _, _ in BackendCatalog.all().map(\.identifier) })
  var device: String?

  func backend() throws -> any Backend {
    let backend = try BackendCatalog.backend(named: device)
    Terminal.warnOfRefusals(backend)
    return backend
  }
}

extension Terminal {
  /// Stored sizes of kernels and built programs that are not used are told wherever the device is.
  static func warnOfRefusals(_ backend: any Backend) {
    for refusal in (backend as? any TunableBackend)?.refusals ?? [] { writeError("warning: \(backend.device.identifier): \(refusal)") }
  }
}
