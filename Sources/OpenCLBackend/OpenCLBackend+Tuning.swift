import Compute
import DeviceTuning

extension OpenCLBackend: TunableBackend {
  public var tunableOperations: [TunableOperation] { tiles.tunable(device.precisions) }
  public var tileValues: TileValues { tiles.measured }

  public var tileTableKey: TileTableKey {
    TileTableKey(device: device.name, driver: device.driver, kernels: tiles.kernels, units: tiles.units)
  }

  public func replacingTiles(by values: TileValues) throws -> any TunableBackend {
    var own = tiles
    own.measured = TileValues()
    return try OpenCLBackend(
      library: library, device: deviceID, identifier: device.identifier, texts: texts,
      tiles: try own.replacing(by: values, precisions: device.precisions), cache: cache, builds: builds)
  }
}
