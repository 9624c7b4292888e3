import Compute
import DeviceTuning

/// Sizes by which kernels are specialised for a kind of device. They depend on the device and what was measured on it alone, so that the
/// order of every sum, and with it every bit of a result, does too.
package struct KernelSizes: Sendable, Equatable {
  /// Neighbouring elements per work-item, in float64 and float32.
  package var doubleLanes, floatLanes: Int
  /// Work-items of a group that share a sum or staged data.
  package var group: Int
  /// Centres in local memory at a time, 0 to read them through caches.
  var stage: Int
  /// Vectors of pairs that a work-item computes side by side: processors have then work while they wait for a quotient or a root.
  var copies: Int
  /// Centres or features whose values are computed before any output adds them up, a multiple of `copies`.
  var block: Int
  /// Accumulators per work-item that still fit registers.
  var accumulators: Int
  /// Work-items that keep the device busy.
  var parallelism: Int
  /// gemm by gemm_direct.cl (processors) or by blocks in local memory (GPUs).
  var multipliesDirectly: Bool
  /// Compute units.
  var units: Int
  /// Sizes measured on the device, which stand in place of those above for one operation and precision.
  package var measured = MeasuredSizes()

  /// Lanes of a vector in a precision.
  package func lanes(_ precision: Precision) -> Int { precision == .float64 ? doubleLanes : floatLanes }

  /// A processor with vectors of the given widths; a work-group runs on one thread.
  package static func processor(doubleLanes: Int, floatLanes: Int, units: Int) -> KernelSizes {
    func supported(_ lanes: Int, atLeast minimum: Int) -> Int { [16, 8, 4].first { $0 <= max(lanes, minimum) } ?? 4 }
    return KernelSizes(
      doubleLanes: supported(doubleLanes, atLeast: 4), floatLanes: supported(floatLanes, atLeast: 4), group: 1, stage: 0,
      copies: 4, block: 16, accumulators: 20, parallelism: 4 * units, multipliesDirectly: true, units: units)
  }

  /// Sizes for a GPU of so many compute units.
  package static func gpu(units: Int) -> KernelSizes {
    KernelSizes(
      doubleLanes: 1, floatLanes: 1, group: 64, stage: 32, copies: 1, block: 1, accumulators: 48, parallelism: 1024 * units,
      multipliesDirectly: false, units: units)
  }

  /// The tiles that `ISTHMUS_OPENCL_TILES` names, `gpu` or `processor`; nil where nothing is named.
  package static func chosen(_ name: String?) throws(ComputeError) -> KernelSizes? {
    switch name {
    case nil, "": return nil
    case "gpu": return .gpu(units: 1)
    case "processor": return .processor(doubleLanes: 4, floatLanes: 8, units: 1)
    case let other?:
      throw .variable(name: "ISTHMUS_OPENCL_TILES", value: other, expected: "gpu or processor")
    }
  }
}
