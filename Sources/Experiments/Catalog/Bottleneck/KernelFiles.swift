import Compute
import Datasets
import Learning
import Networks

/// Kernels of a first block that were computed elsewhere.
struct KernelFiles {
  private let theta: KernelFile
  private let nngp: KernelFile

  /// Nil where the settings name none.
  init?(_ settings: BottleneckSettings) throws {
    guard let theta = settings.theta, let nngp = settings.nngp else { return nil }
    guard settings.order == .file else {
      throw ExperimentError.invalidSetting(
        name: "order", expected: "file, since rows of --theta and --nngp are points in the data's order", got: settings.order.rawValue)
    }
    let points = settings.train + settings.test
    self.theta = try KernelFile(contentsOf: theta, shape: (points, points))
    self.nngp = try KernelFile(contentsOf: nngp, shape: (points, points))
    for file in [self.theta, self.nngp] { try file.checkSymmetric(size: points) }
    checksums = try [self.theta, self.nngp].reduce(into: [:]) { sums, file in
      let sum = try file.checksum()
      sums[sum.path] = "crc32 \(sum.crc32), \(sum.byteCount) bytes"
    }
  }

  let checksums: [String: String]

  /// The kernels of the files, followed by the layers of `blocks`.
  func kernels(points: Int, continuedBy blocks: [WideBlock], on engine: Engine) throws -> any FirstBlockKernels {
    let (theta, nngp) = (theta, nngp)
    let given = GivenKernels(count: points, on: engine) { kind, rows in try (kind == .ntk ? theta : nngp).rows(rows) }
    return blocks.reduce(given as any FirstBlockKernels) { ContinuedKernels($0, by: $1.program, on: engine) }
  }
}
