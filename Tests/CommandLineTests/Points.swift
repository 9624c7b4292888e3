import Datasets
import Foundation

/// Points for the program, as NumPy files.
enum Points {
  static func write(_ values: [Double], shape: [Int], to url: URL, as precision: NumPyArray.Precision = .float64) throws {
    try NumPyArray(shape: shape, elements: values).write(to: url.path, as: precision)
  }

  static func read(_ url: URL) throws -> NumPyArray { try NumPyArray(contentsOf: url.path) }
}
