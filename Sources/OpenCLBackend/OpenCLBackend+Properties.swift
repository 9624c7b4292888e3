import COpenCL
import DeviceProperties

extension OpenCLBackend {
  /// All that the driver says of the device and its platform when asked by the names of the standard, in groups.
  ///
  /// The last group names what it does not answer, as drivers of earlier versions do not answer what later ones name.
  public var properties: [PropertyGroup] {
    var unanswered: [String] = []
    func properties(_ queries: [DeviceQuery], _ answer: (DeviceQuery) -> [UInt8]?) -> [DeviceProperty] {
      queries.compactMap { query in
        guard let value = answer(query).flatMap(query.value) else {
          unanswered.append(query.name)
          return nil
        }
        return DeviceProperty(query.name, value)
      }
    }
    let platform = PropertyGroup("platform", properties(DeviceQuery.platform, library.answer(platformOf: deviceID)))
    let groups = DeviceQuery.device.map { PropertyGroup($0.title, properties($0.queries) { library.answer(deviceID, $0) }) }
    let missing = PropertyGroup("not answered", [DeviceProperty("names", .list(unanswered))])
    return (groups.prefix(1) + [platform] + groups.dropFirst()).filter { !$0.properties.isEmpty } + (unanswered.isEmpty ? [] : [missing])
  }
}

extension OpenCLLibrary {
  /// Longer answers than any device has, which a broken driver may announce.
  private static let longestAnswer = 1 << 20

  fileprivate func answer(_ device: cl_device_id, _ query: DeviceQuery) -> [UInt8]? {
    answer { size, bytes, needed in call.clGetDeviceInfo(device, query.code, size, bytes, needed) }
  }

  fileprivate func answer(platformOf device: cl_device_id) -> (DeviceQuery) -> [UInt8]? {
    var platform: cl_platform_id?
    let status = call.clGetDeviceInfo(
      device, cl_device_info(CL_DEVICE_PLATFORM), MemoryLayout<cl_platform_id?>.size, &platform, nil)
    guard status == CL_SUCCESS, let platform else { return { _ in nil } }
    return { query in answer { size, bytes, needed in call.clGetPlatformInfo(platform, query.code, size, bytes, needed) } }
  }

  private func answer(_ ask: (Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> cl_int) -> [UInt8]? {
    var size = 0
    guard ask(0, nil, &size) == CL_SUCCESS, 0...Self.longestAnswer ~= size else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    guard size == 0 || bytes.withUnsafeMutableBytes({ ask(size, $0.baseAddress, nil) }) == CL_SUCCESS else { return nil }
    return bytes
  }
}
