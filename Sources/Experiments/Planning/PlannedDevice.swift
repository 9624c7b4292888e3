import Compute
import DeviceTiming

/// The device that a plan is made for, of which nothing is asked meanwhile.
public struct PlannedDevice: Sendable {
  /// float64.
  public let engine: Engine
  /// The precision asked for; the same device.
  public let passEngine: Engine
  /// What times are estimated by; without any all of them are 0.
  public let speeds: DeviceSpeeds

  public init(_ engine: Engine, passEngine: Engine, speeds: DeviceSpeeds = DeviceSpeeds()) {
    (self.engine, self.passEngine, self.speeds) = (engine, passEngine, speeds)
  }

  /// Bytes that a run may have, of which a setting says the most.
  func budget(_ memory: ByteCount?) -> Int { min(memory?.bytes ?? engine.memoryBudget, engine.memoryBudget) }
}
