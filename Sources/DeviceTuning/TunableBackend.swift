import Compute
import DurableFiles

/// A backend with sizes of kernels that measurement may choose.
public protocol TunableBackend: Backend {
  /// What may be chosen on this device.
  var tunableOperations: [TunableOperation] { get }
  /// Device, driver and format that measured values are stored under.
  var tunedDevice: TunedDevice { get }
  /// Values in use in place of the device's own; empty without stored ones.
  var measuredSizes: MeasuredSizes { get }
  /// Why stored values are not used; nil where there are none or they are.
  var refusedSizes: KernelSizeError? { get }
  /// Why programs that were built before are not used; nil where nothing keeps them from being.
  var refusedPrograms: FileError? { get }

  /// A backend on the same device with its own sizes but for these.
  ///
  /// - Throws: `KernelSizeError.unknownSize` for a value that no kernel takes; `ComputeError` where the device cannot be started again.
  func replacingSizes(by values: MeasuredSizes) throws -> any TunableBackend
}

extension TunableBackend {
  public var refusedPrograms: FileError? { nil }

  /// What is on disk for this device and is not used, with the reasons.
  public var refusals: [String] {
    (refusedSizes.map { ["\($0)"] } ?? [])
      + (refusedPrograms.map { ["built programs: \($0). Name a folder of your own with ISTHMUS_PROGRAM_CACHE, or `off`"] } ?? [])
  }
}

/// Sizes of one operation at one precision.
public struct TunableOperation: Sendable {
  /// What to measure.
  public enum Workload: Sendable, Equatable {
    /// Products of matrices with about so many rows and columns.
    case products(side: Int)
    /// Recursions, wide passes, or feature passes.
    case recursions, widePasses, featurePasses
  }

  /// Name of the operation, such as `widePass`.
  public let operation: String
  /// Precision of the kernels.
  public let precision: Precision
  /// The work by which sizes are compared.
  public let workload: Workload
  /// The device's own sizes by name.
  public let defaults: [String: Int]
  /// Sizes to try in place of the best so far, one list after the other, promising ones first.
  public let steps: [[[String: Int]]]

  public init(
    _ operation: String, _ precision: Precision, _ workload: Workload, defaults: [String: Int], steps: [[[String: Int]]]
  ) {
    self.operation = operation
    self.precision = precision
    self.workload = workload
    self.defaults = defaults
    self.steps = steps
  }

  /// Measured sizes of this operation, given by name.
  public func values(_ sizes: [String: Int]) -> MeasuredSizes {
    MeasuredSizes(Dictionary(uniqueKeysWithValues: sizes.map { (KernelSizeKey(operation, precision, $0.key), $0.value) }))
  }
}
