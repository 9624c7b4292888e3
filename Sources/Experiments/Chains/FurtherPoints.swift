import Datasets
import Results

/// Points of a file, at which functions are asked for beside those of the data.
package struct FurtherPoints: Sendable {
  /// All finite.
  let points: Dataset
  /// What tells these points from others, whatever their file's name: eight digits of their numbers' SHA-256.
  package let digest: String

  /// - Parameter features: numbers per point that the data have.
  /// - Throws: `DatasetError` for a file that is none of finite numbers; `ExperimentError.invalidSetting` for points of another width.
  package init(_ path: String, features: Int) throws {
    let rows = try PointRows(contentsOf: path)
    guard rows.shape.count >= 2, rows.count > 0, rows.width == features else {
      throw ExperimentError.invalidSetting(
        name: "at", expected: "points as rows of \(features) numbers, as the data have features", got: "shape \(rows.shape) in \(path)")
    }
    let values = rows[0..<rows.count]
    points = try Dataset(name: path, inputs: values, features: features, source: path)
    let bytes = values.flatMap { value in withUnsafeBytes(of: value.bitPattern.littleEndian, Array.init) }
    digest = String(SHA256.hexadecimalDigest(of: bytes).prefix(8))
  }
}
