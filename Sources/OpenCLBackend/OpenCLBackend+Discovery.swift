import COpenCL
import Compute
import Foundation

extension OpenCLBackend {
  /// One backend per device of every platform, `opencl:0`, `opencl:1` …: platforms in the loader's order, their devices in theirs.
  ///
  /// - Parameters:
  ///   - library: path of a library to load; nil takes `ISTHMUS_OPENCL_LIBRARY` or the system's loader.
  ///   - kernels: directory of kernel texts; nil takes `ISTHMUS_KERNELS` or the embedded texts.
  ///   - store: where sizes of kernels that `isthmus tune` measured are looked for.
  ///
  /// `ISTHMUS_OPENCL_TILES`, `gpu` or `processor`, chooses the kernels of that kind of device on every device: a simulator or a
  /// driver can so be tested with both. Built programs are kept in the user's cache (`ProgramCache`).
  /// - Throws: `ComputeError.unavailable` with what to install where there is no library or no device.
  public static func discover(library: String? = nil, kernels: String? = nil, store: TileStore? = nil) throws(ComputeError)
    -> [OpenCLBackend]
  {
    try discover(
      library: library, kernels: kernels, tiles: try TileTable.chosen(ProcessInfo.processInfo.environment["ISTHMUS_OPENCL_TILES"]),
      store: store)
  }

  static func discover(
    library: String? = nil, kernels: String? = nil, tiles: TileTable?, cache: ProgramCache? = .chosen(), store: TileStore? = nil
  ) throws(ComputeError) -> [OpenCLBackend] {
    let environment = ProcessInfo.processInfo.environment
    let opencl = try OpenCLLibrary(path: library ?? environment["ISTHMUS_OPENCL_LIBRARY"])
    let texts: KernelTexts
    if let directory = kernels ?? environment["ISTHMUS_KERNELS"] {
      texts = try KernelTexts(directory: directory)
    } else {
      texts = .embedded
    }
    var backends: [OpenCLBackend] = []
    for platform in try opencl.platforms() {
      for device in try opencl.devices(of: platform) {
        backends.append(
          try OpenCLBackend(
            library: opencl, device: device, identifier: "opencl:\(backends.count)", texts: texts, tiles: tiles, cache: cache, store: store)
        )
      }
    }
    guard !backends.isEmpty else {
      throw .unavailable(
        backend: "opencl",
        reason: "the OpenCL library is there but no device. Install a driver: pocl-opencl-icd for the processor, or the GPU vendor's.")
    }
    return backends
  }

  static func describe(_ device: cl_device_id, identifier: String, _ library: OpenCLLibrary) throws(ComputeError) -> DeviceDescription {
    let extensions = try library.text(device, CL_DEVICE_EXTENSIONS).split(separator: " ")
    let type = try library.number(device, CL_DEVICE_TYPE, as: cl_device_type.self)
    return DeviceDescription(
      backend: "opencl", identifier: identifier, name: try library.text(device, CL_DEVICE_NAME),
      driver: "\(try library.text(device, CL_DEVICE_VERSION)), driver \(try library.text(device, CL_DRIVER_VERSION))",
      precisions: extensions.contains("cl_khr_fp64") ? [.float32, .float64] : [.float32],
      memoryBytes: try library.number(device, CL_DEVICE_GLOBAL_MEM_SIZE, as: cl_ulong.self),
      largestAllocationBytes: try library.number(device, CL_DEVICE_MAX_MEM_ALLOC_SIZE, as: cl_ulong.self),
      isGPU: type & Int(CL_DEVICE_TYPE_CPU) == 0)
  }

  static func tiles(for device: cl_device_id, isGPU: Bool, _ library: OpenCLLibrary) throws(ComputeError) -> TileTable {
    let units = try library.number(device, CL_DEVICE_MAX_COMPUTE_UNITS, as: cl_uint.self)
    if isGPU { return .gpu(units: units) }
    return .processor(
      doubleLanes: try library.number(device, CL_DEVICE_NATIVE_VECTOR_WIDTH_DOUBLE, as: cl_uint.self),
      floatLanes: try library.number(device, CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, as: cl_uint.self), units: units)
  }
}
