import Foundation

/// A kernel matrix computed elsewhere: an `.npy` file of two dimensions, float32 or float64, read in blocks of rows.
///
/// The file is mapped into memory, so that a matrix larger than the memory can be used; it must not be shortened meanwhile. Either byte
/// order, C or Fortran order. In Fortran order a block of few rows touches as much of the file as one of a thousand.
public struct KernelFile: Sendable {
  public let path: String
  public let rowCount: Int
  public let columnCount: Int
  /// Of the numbers in the file.
  public let precision: NumPyArray.Precision
  private let bytes: Data
  private let layout: NPYLayout

  /// Opens a file and checks its header and its size; no entry is read.
  ///
  /// - Parameter shape: the rows and columns that are needed; nil takes any.
  /// - Throws: `DatasetError.wrongShape`, `.unsupported` for other numbers of dimensions, types of numbers and compressed files,
  ///   `.truncated`, `.trailingBytes`, `.noPoints`, and others for a file that cannot be read or is no such file.
  public init(contentsOf path: String, shape: (rows: Int, columns: Int)? = nil) throws(DatasetError) {
    try self.init(path: path, bytes: RegularFile(path).mapped(), shape: shape)
  }

  init(path: String, bytes: Data, shape: (rows: Int, columns: Int)? = nil) throws(DatasetError) {
    func unsupported(_ found: String, _ supported: String) -> DatasetError {
      .unsupported(path: path, format: "a kernel matrix", found: found, supported: supported)
    }
    guard !bytes.starts(with: Gzip.magic) else { throw unsupported("a gzip file", "an .npy file that is not compressed") }
    let layout = try NPYLayout(bytes, path: path)
    guard layout.shape.count == 2 else { throw unsupported("shape \(layout.shape)", "two dimensions") }
    switch layout.type {
    case .float32: precision = .float32
    case .float64: precision = .float64
    default: throw unsupported("\(layout.type)", "float32 or float64")
    }
    guard layout.count > 0 else { throw .noPoints(name: path) }
    if let shape, layout.shape != [shape.rows, shape.columns] {
      throw .wrongShape(path: path, expected: [shape.rows, shape.columns], found: layout.shape)
    }
    (self.path, self.bytes, self.layout) = (path, bytes, layout)
    (rowCount, columnCount) = (layout.shape[0], layout.shape[1])
  }

  /// The entries of some rows, row-major `[range.count, columnCount]`. Blocks below 32 MB can use the same memory again and again.
  ///
  /// - Throws: `DatasetError.notFinite` at the first NaN or infinity, `.invalidParameter` for rows that are not there.
  public func rows(_ range: Range<Int>) throws(DatasetError) -> [Double] {
    guard range.lowerBound >= 0, range.upperBound <= rowCount else {
      throw .invalidParameter(name: "\(path): rows", value: "\(range)", expected: "rows within \(0..<rowCount)")
    }
    // By columns in Fortran order, so that a page that was touched is used for all rows before it can be dropped.
    let width = layout.isFortranOrder ? min(64, columnCount) : columnCount
    let values = withEntries { entries in
      [Double](unsafeUninitializedCapacity: range.count * columnCount) { buffer, count in
        for first in stride(from: 0, to: columnCount, by: width) {
          for row in range {
            let start = (row - range.lowerBound) * columnCount
            for column in first..<min(first + width, columnCount) {
              buffer.initializeElement(at: start + column, to: entries[row, column])
            }
          }
        }
        count = range.count * columnCount
      }
    }
    if let position = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(name: path, row: range.lowerBound + position / columnCount, column: position % columnCount)
    }
    return values
  }

  /// Identifies the file in a manifest. Reads all of it.
  public func checksum() -> FileChecksum { FileChecksum(path: path, bytes: bytes) }

  func withEntries<Result>(_ body: (Entries) -> Result) -> Result {
    bytes.withUnsafeBytes { bytes in
      body(Entries(UnsafeRawBufferPointer(rebasing: bytes[layout.start...]), layout))
    }
  }

  /// The entries in memory, one by one.
  struct Entries {
    private let bytes: UnsafeRawBufferPointer
    private let rowStride: Int
    private let columnStride: Int
    private let isDouble: Bool
    private let isBigEndian: Bool

    fileprivate init(_ bytes: UnsafeRawBufferPointer, _ layout: NPYLayout) {
      let (rows, columns, size) = (layout.shape[0], layout.shape[1], layout.type.byteCount)
      (rowStride, columnStride) = layout.isFortranOrder ? (size, rows * size) : (columns * size, size)
      (self.bytes, isDouble, isBigEndian) = (bytes, size == 8, layout.isBigEndian)
    }

    subscript(row: Int, column: Int) -> Double {
      let offset = row * rowStride + column * columnStride
      if isDouble {
        let stored = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        return Double(bitPattern: isBigEndian ? UInt64(bigEndian: stored) : UInt64(littleEndian: stored))
      }
      let stored = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      return Double(Float(bitPattern: isBigEndian ? UInt32(bigEndian: stored) : UInt32(littleEndian: stored)))
    }
  }
}
