import Compute
import Sizes

/// Sizes that the plans of all experiments count alike. All of them are bounds from above, of the device and the host together: the backends of a
/// processor share its memory, and so do devices without their own.
///
/// Not counted is what a driver takes for itself: PoCL needs up to half a gigabyte while it builds programs.
package enum MemoryNeed {
  /// The program without data: its code and libraries and threads, and the drivers that are loaded where a device is chosen among all.
  ///
  /// Whether drivers are loaded is seen when it is first asked for, which is to be before data are read: the program has 36 MiB then, with PoCL's
  /// driver 104 (two cores), and comes to 46 to 53, or 115 to 160.
  package static let program: Size = (ProcessMemory.peakBytes ?? .max) < 64 << 20 ? Size(60 << 20) : Size(160 << 20)

  /// Points as they were read and the points chosen of them, with inputs of `features` and `outputs` numbers, on host and device.
  static func data(_ loadedBytes: Int, points: Int, features: Int, outputs: Int) -> Size {
    2 * Size(loadedBytes) + numbers([points, 4 * features]) + numbers([points, 6 * outputs])
  }

  /// float64 numbers, as many as the product of `factors`.
  static func numbers(_ factors: [Int]) -> Size { 8 * Size.product(factors) }

  /// Throws where the whole run needs more than it may have.
  static func check(_ bytes: Size, for experiment: String, budget: Int) throws(ComputeError) {
    guard bytes <= Size(budget) else {
      throw .budgetTooSmall(operation: "the experiment \(experiment)", neededBytes: bytes.value, budgetBytes: budget)
    }
  }

  /// Sentence for a person: the peak and what there is.
  static func text(_ bytes: Size, budget: Int) -> String {
    "at most about \(ByteCount(bytes: bytes.value)) of \(ByteCount(bytes: budget)) of memory"
  }
}
