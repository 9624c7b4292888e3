import Compute
import Datasets
import Foundation
import Learning
import Networks

/// Kernels of a first block that were computed elsewhere.
struct KernelFiles {
  private let theta: KernelFile
  private let nngp: KernelFile

  /// The files that the settings name; nil where they name none.
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
    // Functions are drawn from K. An indefinite Θ can be trained with, and is told before (`checkDefinite`).
    try self.nngp.checkBounds(size: points)
    checksums = try [self.theta, self.nngp].reduce(into: [:]) { sums, file in
      let sum = try file.checksum()
      sums[sum.path] = "crc32 \(sum.crc32), \(sum.byteCount) bytes"
    }
  }

  let checksums: [String: String]

  /// The kernels of the files, followed by the layers of `blocks`.
  func kernels(points: Int, continuedBy blocks: [WideBlock], on engine: Engine) throws -> any FirstBlockKernels {
    blocks.reduce(given(points: points, on: engine) as any FirstBlockKernels) { ContinuedKernels($0, by: $1.program, on: engine) }
  }

  private func given(points: Int, on engine: Engine) -> GivenKernels {
    let (theta, nngp) = (theta, nngp)
    return GivenKernels(count: points, on: engine) { kind, rows in try (kind == .ntk ? theta : nngp).rows(rows) }
  }

  /// How far below 0 the least eigenvalue of a kernel may lie by rounding, relative to the largest.
  private static var definitenessTolerance: Double { 1e-6 }

  /// Looks for eigenvalues below 0: of Θ between training points, along which training grows, and of K between all points, from which no
  /// function can then be drawn.
  ///
  /// - Parameters:
  ///   - jitter: added to the diagonal of K, relative to its mean.
  ///   - warn: is told of Θ.
  /// - Throws: `ExperimentError.invalidSetting` for K.
  func checkDefinite(trainCount: Int, points: Int, jitter: Double, on engine: Engine, warn: (String) -> Void) throws {
    let given = given(points: points, on: engine)
    let tangent = try given.extremeEigenvalues(.ntk, of: 0..<trainCount, on: engine)
    if tangent.least < -Self.definitenessTolerance * tangent.largest {
      warn(
        "--theta: \(theta.path) is not positive semi-definite, \(Self.text(tangent)): training grows along what lies below 0. "
          + "Compute it in float64, or add \(String(format: "%.2g", -1.1 * tangent.least)) to its diagonal")
    }
    let diagonal = try given.diagonal(.nngp)
    let mean = diagonal.reduce(0, +) / Double(diagonal.count)
    let process = try given.extremeEigenvalues(.nngp, of: 0..<points, on: engine)
    guard process.least + jitter * mean < -Self.definitenessTolerance * process.largest else { return }
    let needed = -1.1 * process.least / mean
    let remedy =
      needed < 1
      ? "compute it in float64, or take --jitter \(String(format: "%.2g", needed))" : "check the file, for no jitter below 1 helps"
    throw ExperimentError.invalidSetting(
      name: "nngp", expected: "a positive semi-definite kernel: \(remedy)", got: "\(nngp.path), \(Self.text(process))")
  }

  private static func text(_ eigenvalues: (least: Double, largest: Double)) -> String {
    String(format: "whose least eigenvalue is about %.3g and whose largest %.3g", eigenvalues.least, eigenvalues.largest)
  }
}
