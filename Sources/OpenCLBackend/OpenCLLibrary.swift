import COpenCL
import Compute

/// The OpenCL library of this machine, found at run time. Lives as long as the process.
package struct OpenCLLibrary: Sendable {
  nonisolated(unsafe) let functions: UnsafePointer<IsthmusOpenCL>

  /// Opens the loader's library.
  package init(_ start: OpenCLStart) throws(ComputeError) {
    var message = [CChar](repeating: 0, count: 512)
    guard let table = isthmus_opencl_load(start.library, &message, Int32(message.count)) else {
      let reason = String(decoding: message.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      if start.isLibraryNamedByVariable, let library = start.library {
        throw .variable(name: OpenCLStart.libraryVariable, value: library, expected: "a library of OpenCL (\(reason))")
      }
      throw .unavailable(
        backend: "opencl",
        reason: "no OpenCL library could be loaded (\(reason)). Install a loader and a driver, on Debian ocl-icd-libopencl1 with "
          + "pocl-opencl-icd for the processor or the GPU vendor's driver, or name a library in ISTHMUS_OPENCL_LIBRARY.")
    }
    functions = table
  }

  /// Functions of a test.
  package init(functions: UnsafePointer<IsthmusOpenCL>) { self.functions = functions }

  /// Functions of the loader.
  package var call: IsthmusOpenCL { functions.pointee }

  /// All platforms, in the loader's order.
  package func platforms() throws(ComputeError) -> [cl_platform_id] {
    var count: cl_uint = 0
    let status = call.clGetPlatformIDs(0, nil, &count)
    guard status == CL_SUCCESS, count > 0 else { return [] }
    var platforms = [cl_platform_id?](repeating: nil, count: Int(count))
    try check(call.clGetPlatformIDs(count, &platforms, nil), device: "opencl", "clGetPlatformIDs")
    return platforms.compactMap { $0 }
  }

  /// All devices of a platform; none where it has none.
  package func devices(of platform: cl_platform_id) throws(ComputeError) -> [cl_device_id] {
    var count: cl_uint = 0
    let status = call.clGetDeviceIDs(platform, cl_device_type(CL_DEVICE_TYPE_ALL), 0, nil, &count)
    guard status == CL_SUCCESS, count > 0 else { return [] }
    var devices = [cl_device_id?](repeating: nil, count: Int(count))
    try check(
      call.clGetDeviceIDs(platform, cl_device_type(CL_DEVICE_TYPE_ALL), count, &devices, nil), device: "opencl", "clGetDeviceIDs")
    return devices.compactMap { $0 }
  }

  func text(_ device: cl_device_id, _ name: Int32) throws(ComputeError) -> String {
    var size = 0
    try check(call.clGetDeviceInfo(device, cl_device_info(name), 0, nil, &size), device: "opencl", "clGetDeviceInfo")
    var bytes = [UInt8](repeating: 0, count: max(size, 1))
    try check(call.clGetDeviceInfo(device, cl_device_info(name), size, &bytes, nil), device: "opencl", "clGetDeviceInfo")
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  func number<T: FixedWidthInteger>(_ device: cl_device_id, _ name: Int32, as type: T.Type) throws(ComputeError) -> Int {
    var value: T = 0
    try check(
      call.clGetDeviceInfo(device, cl_device_info(name), MemoryLayout<T>.size, &value, nil), device: "opencl", "clGetDeviceInfo")
    return Int(clamping: value)
  }
}
