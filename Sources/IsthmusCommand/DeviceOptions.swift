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

  func backend() throws -> any Backend { try BackendCatalog.backend(named: device) }
}
