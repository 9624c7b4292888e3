import BackendCatalog
import Compute
import ReferenceBackend
import Testing

@Suite struct BackendCatalogTests {
  @Test func everyDeviceIsFoundByItsIdentifier() throws {
    let entries = BackendCatalog.all()
    #expect(Set(entries.map(\.identifier)).count == entries.count)
    for entry in entries {
      switch entry.backend {
      case .success(let backend):
        #expect(backend.device.identifier == entry.identifier)
        #expect(try BackendCatalog.backend(named: entry.identifier).device == backend.device)
      case .failure(let reason): #expect(throws: reason) { try BackendCatalog.backend(named: entry.identifier) }
      }
    }
  }

  @Test func anUnknownNameListsTheKnownOnes() {
    let known = BackendCatalog.all().map(\.identifier)
    #expect(throws: ComputeError.unknownDevice(name: "abacus", known: known)) { try BackendCatalog.backend(named: "abacus") }
    // Without OpenCL the reason why it is missing says more.
    #expect(throws: ComputeError.self) { try BackendCatalog.backend(named: "opencl:99") }
  }

  @Test func withoutANameAGPUWithFloat64ComesFirst() throws {
    func device(_ backend: String, _ identifier: String, _ precisions: [Precision] = Precision.allCases, isGPU: Bool = false) -> any Backend
    {
      NamedBackend(
        device: DeviceDescription(
          backend: backend, identifier: identifier, name: identifier, driver: "", precisions: precisions, isGPU: isGPU))
    }
    let (cpu, reference) = (device("cpu", "cpu"), device("reference", "reference"))
    let (gpu, smallGPU) = (device("opencl", "opencl:1", isGPU: true), device("opencl", "opencl:0", [.float32], isGPU: true))
    func choice(_ backends: any Backend...) throws -> String { try BackendCatalog.preferred(backends).device.identifier }
    #expect(try choice(cpu, smallGPU, gpu, reference) == "opencl:1")
    #expect(try choice(cpu, smallGPU, reference) == "cpu")
    #expect(try choice(smallGPU, reference) == "opencl:0")
    #expect(try choice(reference) == "reference")
    #expect(throws: ComputeError.self) { try choice() }
  }
}

/// A device description with the reference behind it.
private struct NamedBackend: BackendWrapper, HostFallback {
  let device: DeviceDescription
  let fallbackLog = FallbackLog()
  let backend: any Backend = ReferenceBackend()

  init(device: DeviceDescription) { self.device = device }
}
