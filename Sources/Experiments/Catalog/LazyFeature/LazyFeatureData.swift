import Compute
import Datasets
import FiniteNetworks
import LinearAlgebra
import Matrices

/// Prepared points of a binary task on the host, as settings ask for them.
package struct LazyFeatureTask {
  /// What the networks take: principal components, images or vectors.
  let input: Architecture.Input
  /// ±1, `[n, 1]`.
  let trainSigns, testSigns: Matrix
  let checksums: [String: String]
  /// How the data were read where the files leave it open.
  let notes: [String]
  /// Bytes of all points that were read, and the features of one.
  let loadedBytes, features: Int
  private let points: InterleavedClasses
  private let components: Int
  /// Row-major; of components those of which they are made.
  private let trainInputs, testInputs: [Double]

  /// Loads, selects and prepares the points.
  package init(_ settings: LazyFeatureSettings) throws {
    let loaded = try DataSource.parse(settings.data).load()
    let points = try InterleavedClasses(loaded, seed: settings.seed)
    let (trainRows, testRows) = (0..<settings.train, settings.train..<settings.train + settings.test)
    checksums = loaded.checksums
    notes = loaded.notices
    (loadedBytes, features, components) = (loaded.byteCount, points.features, settings.components)
    trainSigns = Matrix(rows: settings.train, columns: 1, values: Array(try Self.signs(points, trainRows)))
    testSigns = Matrix(rows: settings.test, columns: 1, values: Array(try Self.signs(points, testRows)))
    guard components <= features else {
      throw ExperimentError.invalidSetting(name: "components", expected: "at most \(features) features", got: "\(components)")
    }
    let shape = settings.network == .cnn ? points.imageShape : nil
    func inputs(_ rows: Range<Int>) throws -> [Double] {
      let inputs = try points.inputs(rows, isPrepared: settings.preparation == .centred)
      return shape.map { Self.channelsLast(inputs, $0) } ?? inputs
    }
    input =
      components > 0
      ? .vector(count: components)
      : shape.map { .image(height: $0.height, width: $0.width, channels: $0.channels) } ?? .vector(count: points.features)
    (trainInputs, testInputs) = (try inputs(trainRows), try inputs(testRows))
    self.points = points
  }

  /// The points on a device.
  ///
  /// - Parameter passEngine: holds the points; components are found on `engine`, in float64.
  package func data(on engine: Engine, passEngine: Engine) throws -> LazyFeatureData {
    let found = components > 0 ? try PrincipalComponents(points, count: components, on: engine) : nil
    func upload(_ inputs: [Double], _ signs: Matrix) throws -> Tensor {
      try passEngine.tensor(found?.project(inputs) ?? inputs, rows: signs.rows, columns: input.features)
    }
    return LazyFeatureData(
      train: try upload(trainInputs, trainSigns), test: try upload(testInputs, testSigns), trainSigns: trainSigns, testSigns: testSigns)
  }

  private static func signs(_ points: InterleavedClasses, _ rows: Range<Int>) throws -> ArraySlice<Double> {
    guard rows.upperBound <= points.count else {
      throw ExperimentError.invalidSetting(
        name: "test", expected: "at most \(points.count) training and test points together", got: "\(rows.upperBound)")
    }
    return points.signs[rows]
  }

  /// Images `[channels, height, width]` as `[height, width, channels]`.
  private static func channelsLast(_ inputs: [Double], _ shape: ImageShape) -> [Double] {
    guard shape.channels > 1 else { return inputs }
    let pixels = shape.height * shape.width
    var result = inputs
    for first in stride(from: 0, to: inputs.count, by: shape.features) {
      for channel in 0..<shape.channels {
        for pixel in 0..<pixels { result[first + pixel * shape.channels + channel] = inputs[first + channel * pixels + pixel] }
      }
    }
    return result
  }
}

/// Prepared points of a binary task, on the device.
package struct LazyFeatureData {
  /// `[1, n, features]`.
  package let train, test: Tensor
  /// ±1, `[n, 1]`.
  package let trainSigns, testSigns: Matrix
}

/// The first principal components of all points, whitened: each projection is divided by the root of its eigenvalue.
struct PrincipalComponents {
  private let features: Int
  private let count: Int
  /// Columns are directions, `[features, count]`.
  private let directions: Tensor
  private let engine: Engine

  init(_ points: InterleavedClasses, count: Int, on engine: Engine) throws {
    (features, self.count, self.engine) = (points.features, count, engine)
    let covariance = try engine.zeros(rows: features, columns: features)
    for first in stride(from: 0, to: points.count, by: 4096) {
      let rows = first..<min(first + 4096, points.count)
      let x = try engine.tensor(points.inputs(rows), rows: rows.count, columns: features)
      try engine.gemm(GEMM(transposeA: true, alpha: 1 / Double(points.count), beta: 1), x, x, into: covariance)
    }
    let eigen = try symmetricEigen(engine.read(covariance), size: features)
    // Ascending eigenvalues; column j of the vectors belongs to eigenvalue j.
    var directions = [Double](repeating: 0, count: features * count)
    for component in 0..<count {
      let index = features - 1 - component
      guard eigen.values[index] > 1e-12 * eigen.values[features - 1] else {
        throw ExperimentError.invalidSetting(
          name: "components", expected: "at most \(component), the rank of the data's covariance", got: "\(count)")
      }
      let scale = 1 / eigen.values[index].squareRoot()
      for feature in 0..<features { directions[feature * count + component] = scale * eigen.vectors[index * features + feature] }
    }
    self.directions = try engine.tensor(directions, rows: features, columns: count)
  }

  /// Row-major `[n, features]` to `[n, count]`.
  func project(_ inputs: [Double]) throws -> [Double] {
    try engine.read(engine.gemm(engine.tensor(inputs, rows: inputs.count / features, columns: features), directions))
  }
}
