/// How far a device is with building the programs of its kernels from source, which may take seconds each.
public struct ProgramBuild: Sendable {
  /// Identifier and name of the device.
  public let device: String
  /// Name of the device as its driver gives it.
  public let name: String
  /// Programs that this process has built for the device.
  public let built: Int
  /// Seconds that they took together.
  public let seconds: Double
  /// Whether one more is being built now.
  public let isUnderWay: Bool

  public init(device: String, name: String, built: Int, seconds: Double, isUnderWay: Bool) {
    (self.device, self.name, self.built, self.seconds, self.isUnderWay) = (device, name, built, seconds, isUnderWay)
  }
}
