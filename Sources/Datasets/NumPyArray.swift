import DurableFiles
import Foundation
import NumPyFormat

/// An array of doubles that NumPy can read and write, for data and for results.
public struct NumPyArray: Sendable, Equatable {
  /// How the numbers lie in the file.
  public enum Precision: String, Sendable, Codable, CaseIterable {
    /// IEEE 754 binary formats, `<f4` and `<f8` in NumPy's spelling.
    case float32, float64
  }

  /// Dimensions; empty for a single number.
  public let shape: [Int]
  /// Row-major, as many as the product of the dimensions. NaN and infinity are kept.
  public let elements: [Double]

  /// - Throws: `DatasetError.shapeMismatch` unless the product of the dimensions is the number of elements.
  public init(shape: [Int], elements: [Double]) throws(DatasetError) {
    guard ClaimedSize.elements(shape, byteCount: 8) == elements.count else {
      throw .shapeMismatch(first: "array", firstShape: shape, second: "elements", secondShape: [elements.count])
    }
    (self.shape, self.elements) = (shape, elements)
  }

  /// Reads a `.npy` file, plain or gzipped, or an `.npz` file of one array: versions 1 to 3, types b1, u1 to u8, i1 to i8 and f2 to f8,
  /// either byte order, C or Fortran order.
  ///
  /// - Throws: `DatasetError` if the file cannot be read, is no such file, or its size is not that of its header.
  public init(contentsOf path: String) throws(DatasetError) {
    let array = try NPYReader.read(contentsOf: path).array
    (shape, elements) = (array.shape, array.storage.all)
  }

  /// The array as a `.npy` file: version 1, little-endian, C order.
  public func encoded(as precision: Precision = .float64) -> [UInt8] {
    switch precision {
    case .float64: NPYFile.encode(elements, shape: shape)
    case .float32: NPYFile.encodeRounded(elements, shape: shape)
    }
  }

  /// Writes `encoded(as:)` to `path`, in one step: a reader sees the old file or the new one.
  ///
  /// - Throws: `DatasetError.unwritable`.
  public func write(to path: String, as precision: Precision = .float64) throws(DatasetError) {
    do {
      try DurableFile.replace(URL(fileURLWithPath: path), with: encoded(as: precision))
    } catch {
      throw .unwritable(path: path, reason: error.reason)
    }
  }
}
