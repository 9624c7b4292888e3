/// Loops at the limit of a device, apart from its operations: what these are compared with.
///
/// A backend without them is compared with its own product of matrices and its own copy.
public protocol RooflineProbe: Backend {
  /// Queues multiply-adds of numbers in registers on all units of the device.
  ///
  /// - Parameter rounds: how often each unit goes through its registers; the time is proportional to it.
  /// - Returns: how many multiply-adds these are, every lane of a vector counted.
  func multiplyAddLoop(_ precision: Precision, rounds: Int) throws(ComputeError) -> Double
  /// Queues a copy of the first `byteCount` bytes of a buffer, a multiple of 16, by the fastest means of the device.
  func streamCopy(_ source: any DeviceBuffer, to target: any DeviceBuffer, byteCount: Int) throws(ComputeError)
}
