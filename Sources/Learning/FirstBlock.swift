import Compute
import Foundation
import LinearAlgebra
import Matrices
import WideKernels

/// What all runs on the same data with the same first block share: its tangent kernel Θ_0 and its Gaussian process Q_0.
public struct FirstBlock: Sendable {
  /// N, the number of training points.
  public let trainCount: Int
  /// M, the number of test points.
  public let testCount: Int
  /// Number of further points, at which functions can be asked for: the numbers of a run do not depend on them.
  public let furtherCount: Int
  /// What was added to the diagonal of Q_0, in its unit.
  public let jitter: Double
  private let relativeJitter: Double
  /// How Θ_0 is kept; smaller than what was asked for where the device had no room.
  public var storage: KernelStorage { tangent.storage }
  /// How the rows of Θ_0 at test points are kept; nil without those.
  public var testStorage: KernelStorage? { tangentTest?.storage }
  let kernels: any FirstBlockKernels
  /// Tangent kernel of the inputs.
  package let tangent: StoredKernel
  let tangentTest: StoredKernel?
  let tangentFurther: StoredKernel?
  /// float64.
  public let engine: Engine

  /// - Parameters:
  ///   - kernels: of training points, then test points, then `furtherCount` further points.
  ///   - relativeJitter: times the mean diagonal of Q_0, added to its diagonal; duplicate inputs need some.
  ///   - storage: of Θ_0, `testStorage` of its rows at test and further points; where the device runs out of memory the next smaller
  ///     one is taken.
  ///   - engine: float64.
  public init(
    _ kernels: any FirstBlockKernels, trainCount: Int, furtherCount: Int = 0, relativeJitter: Double, storage: KernelStorage = .float64,
    testStorage: KernelStorage = .float64, on engine: Engine
  ) throws {
    let all = 0..<kernels.count - furtherCount
    guard trainCount >= 1, all.contains(trainCount - 1) else {
      throw LearningError.invalid(setting: "training points", expected: "1 … \(all.count) of the kernel's points", got: "\(trainCount)")
    }
    let (train, test, further) = (0..<trainCount, trainCount..<all.count, all.count..<kernels.count)
    tangent = try Self.fitting(storage) { try StoredKernel(kernels, rows: train, columns: train, storage: $0, on: engine) }
    func stored(_ rows: Range<Int>) throws -> StoredKernel? {
      rows.isEmpty ? nil : try Self.fitting(testStorage) { try StoredKernel(kernels, rows: rows, columns: train, storage: $0, on: engine) }
    }
    (tangentTest, tangentFurther) = (try stored(test), try stored(further))
    let diagonal = try kernels.diagonal(.nngp)[all]
    self.relativeJitter = relativeJitter
    jitter = relativeJitter * diagonal.reduce(0, +) / Double(diagonal.count)
    self.kernels = kernels
    self.trainCount = trainCount
    (testCount, self.furtherCount) = (test.count, further.count)
    self.engine = engine
  }

  /// The kernels of `program` between `train` and `test` points.
  public init(
    _ program: CovarianceProgram, train: Matrix, test: Matrix, relativeJitter: Double, storage: KernelStorage = .float64, on engine: Engine
  ) throws {
    try self.init(
      ProgramKernels(program, inputs: train.followed(by: test), on: engine), trainCount: train.rows, relativeJitter: relativeJitter,
      storage: storage,
      on: engine)
  }

  private static func fitting<Result>(_ storage: KernelStorage, _ make: (KernelStorage) throws -> Result) throws -> Result {
    do { return try make(storage) } catch let error as ComputeError {
      guard case .outOfMemory = error, let smaller = storage.smaller else { throw error }
      return try fitting(smaller, make)
    }
  }

  /// Several functions from the Gaussian process Q_0 at all points, from one factorisation that is not kept.
  ///
  /// - Parameters:
  ///   - requests: columns and stream of each; normals are drawn on the host in float64.
  ///   - panels: where the factor lies meanwhile.
  /// - Returns: values at training `[N, columns]` and test points `[M, columns]` for each request.
  public func draw(_ requests: [(columns: Int, stream: RandomStream)], panels: PanelStorage = .device) throws -> [(
    train: Matrix, test: Matrix
  )] {
    try samples(requests, at: trainCount + testCount, panels).map { values in
      (try engine.matrix(values.rows(0..<trainCount)), try engine.matrix(values.rows(trainCount..<trainCount + testCount)))
    }
  }

  /// The functions that `draw` gives, at the further points `[furtherCount, columns]`.
  ///
  /// From a factorisation of their own at all points, so that what `draw` gives is the same to the bit with and without them.
  public func drawFurther(_ requests: [(columns: Int, stream: RandomStream)], panels: PanelStorage = .device) throws -> [Matrix] {
    guard furtherCount > 0 else { return requests.map { Matrix(zeros: 0, $0.columns) } }
    let total = trainCount + testCount + furtherCount
    return try samples(requests, at: total, panels).map { try engine.matrix($0.rows(total - furtherCount..<total)) }
  }

  /// Values of several functions at the first `total` points, `[1, total, columns]` for each.
  private func samples(
    _ requests: [(columns: Int, stream: RandomStream)], at total: Int, _ panels: PanelStorage
  ) throws -> [Tensor] {
    let normals = try engine.empty(rows: total, columns: requests.reduce(0) { $0 + $1.columns })
    var column = 0
    for request in requests {
      let own = try engine.tensor(request.stream.normals(total * request.columns), rows: total, columns: request.columns)
      try engine.copy(own, into: normals.columns(column..<column + request.columns))
      column += request.columns
    }
    let samples: Tensor
    do {
      samples = try gaussianSamples(size: total, normals: normals, jitter: jitter, storage: panels, on: engine) { columns in
        try kernels.block(.nngp, rows: columns.lowerBound..<total, columns: columns)
      }
    } catch FactorisationError.notPositiveDefinite {
      throw try singularProcess(total)
    }
    column = 0
    return requests.map { request in
      defer { column += request.columns }
      return samples.columns(column..<column + request.columns)
    }
  }

  /// Why Q_0 at the first `total` points has no factor, and which jitter would give it one: what lifts the least eigenvalue, and what a factorisation may round away, over 0.
  private func singularProcess(_ total: Int) throws -> LearningError {
    let (least, largest) = try kernels.extremeEigenvalues(.nngp, of: 0..<total, on: engine)
    let diagonal = try kernels.diagonal(.nngp)[..<total]
    let mean = diagonal.reduce(0, +) / Double(diagonal.count)
    guard mean > 0 else { return .singularProcess(least: least, largest: largest, jitter: relativeJitter, sufficient: .infinity) }
    let needed = 2 * max(0, -least) / mean + 8 * Double(total) * Precision.float64.unitRoundoff * largest / mean
    let sufficient = max(needed, 2 * relativeJitter)
    let digit = pow(10, log10(sufficient).rounded(.down))
    return .singularProcess(least: least, largest: largest, jitter: relativeJitter, sufficient: (sufficient / digit).rounded(.up) * digit)
  }

  /// Θ_0 on the training points `indices`, `[n, n]`.
  public func tangentKernel(_ indices: [Int]) throws -> Matrix {
    guard let first = indices.min(), let last = indices.max() else { return Matrix(zeros: 0, 0) }
    let range = first..<last + 1
    if Array(range) == indices { return try engine.matrix(kernels.block(.ntk, rows: range, columns: range)) }
    var selected = Matrix(zeros: 0, indices.count)
    for index in indices {
      let row = try engine.read(kernels.block(.ntk, rows: index..<index + 1, columns: range))
      selected.append(Matrix(rows: 1, columns: indices.count, values: indices.map { row[$0 - first] }))
    }
    return selected
  }

  /// Largest eigenvalue of Θ_0 / N.
  public func largestTangentEigenvalue() throws -> Double {
    let start = RandomStream(seed: 0, name: "lanczos").normals(trainCount)
    return try largestEigenvalue(size: trainCount, start: start) { vector in
      try engine.read(tangent.product(engine.tensor(vector, rows: trainCount, columns: 1)))
    } / Double(trainCount)
  }
}
