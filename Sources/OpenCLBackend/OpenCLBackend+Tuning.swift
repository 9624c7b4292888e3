import Compute
import DeviceTuning

extension OpenCLBackend: TunableBackend {
  public var tunableOperations: [TunableOperation] { tiles.tunable(device.precisions) }
  public var measuredSizes: MeasuredSizes { tiles.measured }

  public var tunedDevice: TunedDevice {
    TunedDevice(device: device.name, driver: device.driver, kernels: tiles.kernels, units: tiles.units)
  }

  public func replacingSizes(by values: MeasuredSizes) throws -> any TunableBackend {
    var own = tiles
    own.measured = MeasuredSizes()
    return try OpenCLBackend(
      library: library, device: deviceID, identifier: device.identifier, texts: texts,
      tiles: try own.replacing(by: values, precisions: device.precisions), cache: cache, builds: builds)
  }
}
