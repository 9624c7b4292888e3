/// Points as rows of numbers, kept as their file has them: bytes, float32 or float64.
public struct PointRows: Sendable {
  /// Points, then what each of them is made of.
  public let shape: [Int]
  private let storage: PointStorage

  /// Points; 0 where there is no dimension.
  public var count: Int { shape.first ?? 0 }
  /// Numbers per point: the product of all dimensions but the first.
  public var width: Int { shape.dropFirst().reduce(1, *) }

  fileprivate init(shape: [Int], storage: PointStorage) { (self.shape, self.storage) = (shape, storage) }

  /// - Parameter values: row-major `[values.count / width, width]`; `width` must divide their number.
  public init(_ values: [Double], width: Int) {
    precondition(width > 0 && values.count.isMultiple(of: width), "\(values.count) numbers in rows of \(width)")
    self.init(shape: [values.count / width, width], storage: .doubles(values))
  }

  /// Reads what `NumPyArray` reads. NaN and infinity are kept.
  ///
  /// - Throws: as `NumPyArray`.
  public init(contentsOf path: String) throws(DatasetError) {
    let array = try NPYReader.read(contentsOf: path).array
    self.init(shape: array.shape, storage: array.storage)
  }

  /// Some of the points, row-major `[rows.count, width]`. They must be in range.
  public subscript(rows: Range<Int>) -> [Double] { storage.numbers(rows.lowerBound * width..<rows.upperBound * width) }

  /// The first NaN or infinity, row by row, both counted from 0.
  public var firstNotFinite: (row: Int, column: Int, number: Double)? {
    storage.firstNotFinite.map { ($0 / width, $0 % width, storage.numbers($0..<$0 + 1)[0]) }
  }
}

extension Dataset {
  /// Every point, as it is kept.
  public var points: PointRows { PointRows(shape: [count, features], storage: storage) }
}
