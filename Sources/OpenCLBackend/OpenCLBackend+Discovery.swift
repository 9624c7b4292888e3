import COpenCL
import Compute
import DeviceTuning
import Foundation

extension OpenCLBackend {
  /// A device that was found: ready to compute, or why it cannot.
  public struct Found: Sendable {
    /// `opencl:K`. A device that cannot be used has a number too, so that the others keep theirs.
    public let identifier: String
    /// The device, ready to compute, or the error that says why it is missing.
    public let backend: Result<OpenCLBackend, ComputeError>
  }

  /// The devices of every platform, `opencl:0`, `opencl:1` …: platforms in the loader's order, their devices in theirs.
  ///
  /// A platform or device that fails takes no other along.
  /// - Returns: at least one.
  /// - Throws: `ComputeError.unavailable` with what to install where there is no library or no device; `.variable` where
  ///   `ISTHMUS_OPENCL_LIBRARY` names no library.
  public static func devices(_ start: OpenCLStart) throws(ComputeError) -> [Found] {
    DriverCache.prepare()
    let library = try OpenCLLibrary(start)
    var found: [Found] = []
    func add(_ make: (String) throws(ComputeError) -> OpenCLBackend) {
      let identifier = "opencl:\(found.count)"
      do throws(ComputeError) {
        found.append(Found(identifier: identifier, backend: .success(try make(identifier))))
      } catch {
        found.append(Found(identifier: identifier, backend: .failure(error)))
      }
    }
    for platform in try library.platforms() {
      do throws(ComputeError) {
        for device in try library.devices(of: platform) {
          add { identifier throws(ComputeError) in
            try OpenCLBackend(
              library: library, device: device, identifier: identifier, texts: start.texts, tiles: start.tiles, cache: start.cache,
              store: start.store, builds: start.builds)
          }
        }
      } catch {
        let reason = error
        add { _ throws(ComputeError) in throw reason }
      }
    }
    guard !found.isEmpty else { throw .unavailable(backend: "opencl", reason: Self.noDevice) }
    return found
  }

  private static var noDevice: String {
    let vendors = ["OCL_ICD_VENDORS", "OCL_ICD_FILENAMES", "OPENCL_VENDOR_PATH"].compactMap { name in
      ProcessInfo.processInfo.environment[name].map { "\(name)=\($0)" }
    }
    return "the OpenCL library is there but no device. Install a driver: pocl-opencl-icd for the processor, or the GPU vendor's."
      + (vendors.isEmpty ? "" : " The environment says where drivers are: \(vendors.joined(separator: ", ")).")
  }

  /// The devices that work.
  ///
  /// - Throws: as `devices`; and the first device's reason where none works.
  public static func discover(library: String? = nil, kernels: String? = nil, store: MeasuredSizeStore? = nil) throws(ComputeError)
    -> [OpenCLBackend]
  { try working(OpenCLStart(library: library, kernels: kernels, store: store)) }

  /// Backends of all devices, with given sizes or measured ones.
  package static func discover(tiles: KernelSizes?, store: MeasuredSizeStore? = nil) throws(ComputeError) -> [OpenCLBackend] {
    try discover(tiles: tiles, cache: .chosen(), store: store)
  }

  /// Backends of all devices, with programs kept in a cache.
  package static func discover(tiles: KernelSizes?, cache: ProgramCache?, store: MeasuredSizeStore? = nil) throws(ComputeError)
    -> [OpenCLBackend]
  { try working(OpenCLStart(tiles: tiles, cache: cache, store: store)) }

  private static func working(_ start: OpenCLStart) throws(ComputeError) -> [OpenCLBackend] {
    let found = try devices(start)
    let backends = found.compactMap { try? $0.backend.get() }
    return backends.isEmpty ? [try found[0].backend.get()] : backends
  }

  /// What a device says of itself.
  ///
  /// - Throws: `.deviceFailure` for one that cannot compute whatever is asked of it.
  static func describe(_ device: cl_device_id, identifier: String, _ library: OpenCLLibrary) throws(ComputeError) -> DeviceDescription {
    let extensions = try library.text(device, CL_DEVICE_EXTENSIONS).split(separator: " ")
    let type = try library.number(device, CL_DEVICE_TYPE, as: cl_device_type.self)
    let description = DeviceDescription(
      backend: "opencl", identifier: identifier, name: try library.text(device, CL_DEVICE_NAME),
      driver: "\(try library.text(device, CL_DEVICE_VERSION)), driver \(try library.text(device, CL_DRIVER_VERSION))",
      precisions: extensions.contains("cl_khr_fp64") ? [.float32, .float64] : [.float32],
      memoryBytes: try library.number(device, CL_DEVICE_GLOBAL_MEM_SIZE, as: cl_ulong.self),
      largestAllocationBytes: try library.number(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, as: cl_ulong.self),
      isGPU: type & Int(CL_DEVICE_TYPE_CPU) == 0)
    let needed: [(String, Int)] = [
      ("compute units", try library.number(device, CL_DEVICE_MAX_COMPUTE_UNITS, as: cl_uint.self)),
      ("work-items in a group", try library.number(device, CL_DEVICE_MAX_WORK_GROUP_SIZE, as: Int.self)),
      ("bytes of memory", description.memoryBytes), ("bytes in a buffer", description.largestAllocationBytes),
      ("compiler (CL_DEVICE_COMPILER_AVAILABLE)", try library.number(device, CL_DEVICE_COMPILER_AVAILABLE, as: cl_bool.self)),
      ("availability (CL_DEVICE_AVAILABLE)", try library.number(device, CL_DEVICE_AVAILABLE, as: cl_bool.self)),
    ]
    if let (what, _) = needed.first(where: { $0.1 <= 0 }) {
      throw .deviceFailure(
        device: description.name, operation: "the search for devices",
        reason: "its driver says that it has no \(what). Mend or update the driver, or choose another device.")
    }
    return description
  }

  static func tiles(for device: cl_device_id, isGPU: Bool, _ library: OpenCLLibrary) throws(ComputeError) -> KernelSizes {
    let units = try library.number(device, CL_DEVICE_MAX_COMPUTE_UNITS, as: cl_uint.self)
    if isGPU { return .gpu(units: units) }
    return .processor(
      doubleLanes: try library.number(device, CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE, as: cl_uint.self),
      floatLanes: try library.number(device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, as: cl_uint.self), units: units)
  }
}
