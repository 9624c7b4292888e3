import Compute
import Foundation
import OpenCLBackend
import Testing

/// One device at one precision, with its own tiles or with those of the other kind of device.
struct OpenCLTarget: Sendable, CustomTestStringConvertible {
  let backend: OpenCLBackend
  let precision: Precision
  let tiles: String
  var engine: Engine { get throws { try Engine(backend, precision: precision) } }
  var testDescription: String { "\(backend.device.identifier) \(precision) \(tiles) tiles" }

  /// The reason why there is no device, or nil.
  static let absence: String? = {
    do throws(ComputeError) {
      _ = try OpenCLBackend.discover()
      return nil
    } catch { return error.description }
  }()

  static let isRequired = ProcessInfo.processInfo.environment["ISTHMUS_REQUIRE"]?.split(separator: ",").contains("opencl") ?? false

  /// Every device × precision × tiles; both kinds of kernels run on every device.
  static let all: [OpenCLTarget] = {
    let kinds: [(String, KernelSizes?)] = [("own", nil), ("gpu", .gpu(units: 1))]
    return kinds.flatMap { name, tiles in
      ((try? OpenCLBackend.discover(tiles: tiles)) ?? []).flatMap { backend in
        backend.device.precisions.map { OpenCLTarget(backend: backend, precision: $0, tiles: name) }
      }
    }
  }()

  /// Every device × precision with the tiles of GPUs.
  static let gpu = all.filter { $0.tiles == "gpu" }
}

extension Trait where Self == ConditionTrait {
  /// Skips with the reason where there is no OpenCL device, unless ISTHMUS_REQUIRE names opencl.
  static var needsOpenCL: Self {
    .enabled(if: OpenCLTarget.absence == nil || OpenCLTarget.isRequired, Comment(rawValue: OpenCLTarget.absence ?? ""))
  }
}

/// Seeded numbers in [-1, 1) that float32 holds exactly, so that only an operation's own rounding is measured.
struct Numbers {
  private var stream: RandomStream
  private var next = 0
  init(_ name: String) { stream = RandomStream(seed: 7, name: name) }

  mutating func callAsFunction(_ count: Int) -> [Double] {
    defer { next += count }
    return stream.uniforms(count, from: next).map { Double(Float(2 * $0 - 1)) }
  }
}

/// The largest |actual − expected| / bound; NaN counts as infinitely wrong.
func worstRatio(_ actual: [Double], _ expected: [(value: Double, bound: Double)]) -> Double {
  guard actual.count == expected.count, !actual.isEmpty else { return .infinity }
  return zip(actual, expected).reduce(0) { worst, pair in
    let error = abs(pair.0 - pair.1.value)
    guard error.isFinite else { return .infinity }
    return max(worst, error == 0 ? 0 : error / pair.1.bound)
  }
}
