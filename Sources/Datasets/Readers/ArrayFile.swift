/// An array as a file holds it, in row-major order: what the IDX and NPY readers return.
package struct ArrayFile: Sendable {
  /// Path of the file, with the name of a member of an archive.
  let path: String
  /// Lengths of the array's axes.
  package let shape: [Int]
  /// Numbers of the array, row by row.
  package let storage: PointStorage

  /// Entries along the first dimension: the data points.
  var count: Int { shape.first ?? 0 }
  /// Numbers per data point: the product of all dimensions but the first.
  var features: Int { count > 0 ? storage.count / count : 0 }

  /// `[count, height, width]` is an image of one channel, `[count, channels, height, width]` one of several.
  var imageShape: ImageShape? {
    switch shape.count {
    case 3: ImageShape(channels: 1, height: shape[1], width: shape[2])
    case 4: ImageShape(channels: shape[1], height: shape[2], width: shape[3])
    default: nil
    }
  }

  /// - Throws: `DatasetError.unsupported` for fewer than one or two dimensions, `.noPoints` where the array is empty.
  func checkHoldsPoints(minimumDimensions: Int, format: String) throws(DatasetError) {
    guard shape.count >= minimumDimensions else {
      throw .unsupported(
        path: path, format: format, found: "\(shape.count) dimensions", supported: "at least \(minimumDimensions) dimensions")
    }
    guard storage.count > 0 else { throw .noPoints(name: path) }
  }

  /// - Throws: `DatasetError.notFinite`.
  func checkIsFinite() throws(DatasetError) {
    guard let position = storage.firstNotFinite else { return }
    throw .notFinite(name: path, row: position / features, column: position % features)
  }
}

extension DefaultStringInterpolation {
  /// A number as a person writes it: 3 and not 3.0.
  mutating func appendInterpolation(shortest number: Double) {
    appendLiteral(Int(exactly: number).map(String.init) ?? "\(number)")
  }
}
