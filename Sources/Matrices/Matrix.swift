/// A small row-major matrix on the host: positions, residuals, coefficients. What is large stays on the device.
public struct Matrix: Sendable, Equatable {
  /// Number of rows.
  public var rows: Int
  /// Number of columns.
  public var columns: Int
  /// All entries, row-major.
  public var values: [Double]

  public init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "a matrix [\(rows), \(columns)] of \(values.count) numbers")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  public init(zeros rows: Int, _ columns: Int) {
    self.init(rows: rows, columns: columns, values: [Double](repeating: 0, count: rows * columns))
  }

  /// The entry at a row and a column, both from 0.
  public subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }

  /// The rows `indices`, in that order.
  public func rows(_ indices: [Int]) -> Matrix {
    var selected: [Double] = []
    selected.reserveCapacity(indices.count * columns)
    for index in indices { selected.append(contentsOf: values[index * columns..<(index + 1) * columns]) }
    return Matrix(rows: indices.count, columns: columns, values: selected)
  }

  /// Appends the rows of another matrix with as many columns.
  public mutating func append(_ other: Matrix) {
    precondition(columns == other.columns, "append [\(other.rows), \(other.columns)] to [\(rows), \(columns)]")
    rows += other.rows
    values.append(contentsOf: other.values)
  }

  /// A matrix of these rows, then those of `other`.
  public func followed(by other: Matrix) -> Matrix {
    var all = self
    all.append(other)
    return all
  }

  /// The matrix of `transform` of every entry.
  public func map(_ transform: (Double) -> Double) -> Matrix { Matrix(rows: rows, columns: columns, values: values.map(transform)) }

  /// Euclidean norm of each row.
  public var rowNorms: [Double] {
    (0..<rows).map { row in euclideanNorm(values[row * columns..<(row + 1) * columns]) }
  }

  /// Frobenius norm.
  public var norm: Double { euclideanNorm(values) }
  /// Whether no entry is infinite or no number.
  public var isFinite: Bool { values.allSatisfy(\.isFinite) }

  public static func + (a: Matrix, b: Matrix) -> Matrix { combine(a, b, +) }
  public static func - (a: Matrix, b: Matrix) -> Matrix { combine(a, b, -) }

  /// |a − b| / |b|.
  public static func relativeDistance(_ a: Matrix, _ b: Matrix) -> Double { (a - b).norm / b.norm }

  private static func combine(_ a: Matrix, _ b: Matrix, _ operation: (Double, Double) -> Double) -> Matrix {
    precondition(a.rows == b.rows && a.columns == b.columns, "[\(a.rows), \(a.columns)] with [\(b.rows), \(b.columns)]")
    return Matrix(rows: a.rows, columns: a.columns, values: zip(a.values, b.values).map(operation))
  }
}
