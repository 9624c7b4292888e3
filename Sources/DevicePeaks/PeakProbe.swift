import Compute

/// Loops at further limits of a device, which its operations do not come up against one by one.
public protocol PeakProbe: RooflineProbe {
  /// Queues a launch that does nothing.
  func emptyLaunch() throws(ComputeError)
  /// Queues reads of local memory on all units of the device.
  ///
  /// - Parameter rounds: the time is proportional to it.
  /// - Returns: bytes that are read.
  /// - Throws: `ComputeError.unsupported` where there is too little local memory.
  func localMemoryLoop(rounds: Int) throws(ComputeError) -> Double
  /// Queues multiply-adds of float16 numbers in registers on all units of the device.
  ///
  /// - Parameter rounds: the time is proportional to it.
  /// - Returns: how many multiply-adds these are.
  /// - Throws: `ComputeError.unsupported` where the device does not compute with float16.
  func halfMultiplyAddLoop(rounds: Int) throws(ComputeError) -> Double
}
