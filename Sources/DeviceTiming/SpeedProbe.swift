import Compute
import DeepLinear
import Foundation
import LinearAlgebra
import Losses
import Matrices
import Networks
import WideKernels

/// One kind of work at growing sizes, by which its speed is measured.
private struct SpeedProbe {
  let kind: WorkKind
  /// Sizes that `prepare` is given, ascending.
  let sides: [Int]
  /// Makes what the work needs, and gives the work.
  let prepare: (Engine, Int) throws -> (Engine) throws -> Void
  /// Size of the work on the host; nil for what a device notes.
  var size: ((Int) -> Double)?

  /// Larger sizes are left out where one has taken this many seconds.
  private static let longest = 0.012

  func curve(_ engine: Engine) throws -> SpeedCurve {
    var points: [SpeedCurve.Point] = []
    for side in sides {
      let work = try prepare(engine, side)
      let seconds = try Self.seconds(engine) { try work(engine) }
      points.append(.init(size: try size?(side) ?? noted(side, engine), seconds: max(seconds, 1e-9)))
      if seconds > Self.longest { break }
    }
    return SpeedCurve(points)
  }

  /// The size of the work in the measure of its kind.
  private func noted(_ side: Int, _ engine: Engine) throws -> Double {
    let all = try Rehearsal.work(like: engine, preparing: { try prepare($0, side) }) { idle, work in try work(idle) }
    return all.flatMap(\.sizes).reduce(0) { $0 + ($1.kind == kind ? $1.size : 0) }
  }

  /// Seconds of one run of `work` among several, after one that may build kernels.
  private static func seconds(_ engine: Engine, _ work: () throws -> Void) throws -> Double {
    func time(_ count: Int) throws -> Double {
      let start = ContinuousClock.now
      for _ in 0..<count { try work() }
      try engine.synchronize()
      return (ContinuousClock.now - start) / .seconds(1) / Double(count)
    }
    _ = try time(1)
    let once = try time(1)
    let count = max(1, min(64, Int(5e-4 / max(once, 1e-6))))
    return try (0..<3).reduce(once) { best, _ in min(best, try time(count)) }
  }
}

extension DeviceSpeeds {
  /// Measures a device: some tenths of a second, and the building of some kernels where it builds them.
  ///
  /// - Parameters:
  ///   - engine: of the device, at the precision whose speeds are measured.
  ///   - known: what was measured before, at another precision.
  public static func measured(on engine: Engine, beside known: DeviceSpeeds = DeviceSpeeds()) throws -> DeviceSpeeds {
    var speeds = known
    for probe in try SpeedProbe.ofDevice(isGPU: engine.device.isGPU) {
      speeds.curves[Key(probe.kind, engine.precision)] = try probe.curve(engine)
    }
    for probe in SpeedProbe.ofHost where speeds.curves[Key(probe.kind, .float64)] == nil {
      do { speeds.curves[Key(probe.kind, .float64)] = try probe.curve(engine) } catch is FactorisationError {
        // No LAPACK: what needs it says so.
        continue
      }
    }
    return speeds
  }
}

extension SpeedProbe {
  /// Every kind of work that depends on the device. On a processor it stays within a few megabytes, for which a plan's bound of memory has
  /// room; a GPU is full only with more.
  fileprivate static func ofDevice(isGPU: Bool) throws -> [SpeedProbe] {
    let program = WideBlock(hidden: [Hidden(try ActivationKind("erf"), weightVariance: 2, biasVariance: 0.25)], outputs: 1).program
    let stream = RandomStream(seed: 0, name: "probe")
    func points(_ count: Int, _ columns: Int, _ engine: Engine) throws -> Tensor {
      try engine.tensor(stream.normals(count * columns), rows: count, columns: columns)
    }
    func vector(_ count: Int, _ engine: Engine) throws -> Tensor { try engine.zeros(rows: 1, columns: count) }
    let elements = [1 << 6, 1 << 12, 1 << 15, 1 << 18] + (isGPU ? [1 << 22, 1 << 25] : [])
    return [
      SpeedProbe(kind: .product, sides: [8, 32, 96, 256, 512] + (isGPU ? [2048] : [])) { engine, n in
        let (a, c) = (try engine.zeros(rows: n, columns: n), try engine.empty(rows: n, columns: n))
        return { try $0.gemm(GEMM(), a, a, into: c) }
      },
      SpeedProbe(kind: .thinProduct, sides: [32, 128, 512, 1024] + (isGPU ? [4096] : [])) { engine, n in
        let (a, b) = (try engine.zeros(rows: n, columns: n), try engine.zeros(rows: n, columns: 8))
        let c = try engine.empty(rows: n, columns: 8)
        return { try $0.gemm(GEMM(), a, b, into: c) }
      },
      SpeedProbe(kind: .vectorProduct, sides: [32, 128, 512, 1024] + (isGPU ? [4096] : [])) { engine, n in
        let (a, b) = (try engine.zeros(rows: n, columns: n), try engine.zeros(rows: 1, columns: n))
        let c = try engine.empty(rows: 1, columns: n)
        return { try $0.gemm(GEMM(transposeB: true), b, a, into: c) }
      },
      SpeedProbe(kind: .outerProduct, sides: [32, 128, 512, 1024] + (isGPU ? [4096] : [])) { engine, n in
        let (a, c) = (try engine.zeros(rows: 1, columns: n), try engine.zeros(rows: n, columns: n))
        return { try $0.gemm(GEMM(transposeA: true, beta: 1), a, a, into: c) }
      },
      SpeedProbe(kind: .map, sides: elements) { engine, n in
        let (a, b, c) = (try vector(n, engine), try vector(n, engine), try engine.empty(rows: 1, columns: n))
        return { try $0.map(.sum, [a, b], into: c) }
      },
      SpeedProbe(kind: .activation, sides: elements) { engine, n in
        let (a, b) = (try points(1, n, engine), try engine.empty(rows: 1, columns: n))
        return { try $0.map(.activation(ActivationKind("erf")), [a], into: b) }
      },
      SpeedProbe(kind: .widePass, sides: [8, 64, 256, 768]) { engine, n in
        let (z, weights) = (try points(n, 2, engine), try points(n, 1, engine))
        return { _ = try $0.widePass(.ntk, program, points: z, centres: z, coefficients: weights, jacobian: true) }
      },
      SpeedProbe(kind: .featurePass, sides: [8, 64, 256, 768]) { engine, n in
        let (z, weights, read) = (try points(n, 2, engine), try points(1024, 2, engine), try points(1024, 1, engine))
        return {
          _ = try $0.featurePass(
            ActivationKind("erf"), points: z, weights: weights, biases: read, coefficients: read, jacobian: true)
        }
      },
      SpeedProbe(kind: .kernel, sides: [8, 64, 256, 768]) { engine, n in
        let x = try points(n, 8, engine)
        return { _ = try $0.kernel(program, x) }
      },
      SpeedProbe(kind: .copy, sides: elements) { engine, n in
        let (a, b) = (try vector(n, engine), try engine.empty(rows: 1, columns: n))
        return { try $0.copy(a, into: b) }
      },
      SpeedProbe(kind: .normals, sides: elements) { _, n in
        { _ = try $0.normal(rows: 1, columns: n, stream: stream, firstElement: 0) }
      },
      SpeedProbe(kind: .solve, sides: [16, 128, 512]) { engine, n in
        let one = try engine.tensor([1], rows: 1, columns: 1)
        let l = try engine.zeros(rows: n, columns: n), b = try engine.zeros(rows: n, columns: 16)
        for row in 0..<n { try engine.copy(one, into: l.rows(row..<row + 1).columns(row..<row + 1)) }
        return { try $0.triangularSolve(TriangularSolve(transposed: false), l, b) }
      },
      SpeedProbe(kind: .upload, sides: elements) { engine, n in
        let (values, a) = ([Double](repeating: 0, count: n), try engine.empty(rows: 1, columns: n))
        return { try $0.write(values, into: a) }
      },
      SpeedProbe(kind: .download, sides: elements) { engine, n in
        let a = try vector(n, engine)
        return { _ = try $0.read(a) }
      },
      SpeedProbe(kind: .allocation, sides: elements) { _, n in { _ = try $0.empty(rows: 1, columns: n) } },
    ]
  }

  /// Work of the host alone.
  fileprivate static var ofHost: [SpeedProbe] {
    [
      SpeedProbe(
        kind: .hostNormals, sides: [16, 4096, 1 << 16],
        prepare: { _, n in { _ in _ = RandomStream(seed: 0, name: "probe").normals(n) } }, size: Double.init),
      SpeedProbe(
        kind: .hostPoints, sides: [1, 64, 4096],
        prepare: { _, n in
          let signs = Matrix(rows: n, columns: 1, values: [Double](repeating: 1, count: n))
          return { _ in
            let margins = zip(signs.values, signs.values).map { $0 * $1 }
            _ = (Loss.squared.mean(signs, signs), margins.count { $0 <= 0 }, margins.count { $0 < 1 })
          }
        }, size: Double.init),
      SpeedProbe(
        kind: .hostFlow, sides: [1, 4, 16, 64],
        prepare: { _, n in
          let flow = DeepLinearFlow(widths: [n, n, n], rates: [1, 1])
          let state = [Double](repeating: 0, count: flow.count)
          return { _ in _ = flow.derivative(state) { $0 } }
        }, size: { 3 * pow(Double($0), 3) }),
      SpeedProbe(
        kind: .hostEigenvalues, sides: [8, 64, 200],
        prepare: { _, n in
          let x = RandomStream(seed: 0, name: "probe").normals(n * n)
          let a = (0..<n * n).map { x[$0] + x[$0 % n * n + $0 / n] }
          return { _ in _ = try symmetricEigen(a, size: n) }
        }, size: { pow(Double($0), 3) }),
    ]
  }
}
