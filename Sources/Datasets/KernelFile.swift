/// A kernel matrix computed elsewhere: an `.npy` file of two dimensions, float32 or float64, read in blocks.
///
/// Only blocks lie in memory, so that a matrix larger than the memory can be used. Either byte order, C or Fortran order. In Fortran order
/// a block of few rows touches as much of the file as one of a thousand.
public struct KernelFile: Sendable {
  /// Path of the file, as it was given.
  public let path: String
  /// Rows of the matrix.
  public let rowCount: Int
  /// Columns of the matrix.
  public let columnCount: Int
  /// Format of the numbers in the file.
  public let precision: NumPyArray.Precision
  private let stored: StoredBytes
  private let layout: NPYLayout

  /// Opens a file and checks its header and its size; no entry is read.
  ///
  /// - Parameter shape: the rows and columns that are needed; nil takes any.
  /// - Throws: `DatasetError.wrongShape`, `.unsupported` for other numbers of dimensions, types of numbers and compressed files,
  ///   `.truncated`, `.trailingBytes`, `.noPoints`, and others for a file that cannot be read or is no such file.
  public init(contentsOf path: String, shape: (rows: Int, columns: Int)? = nil) throws(DatasetError) {
    try self.init(.file(RegularFile(path)), shape: shape)
  }

  /// Reads the heading of a stored kernel; the shape is given where the bytes do not say it.
  package init(_ stored: StoredBytes, shape: (rows: Int, columns: Int)? = nil) throws(DatasetError) {
    let path = stored.path
    func unsupported(_ found: String, _ supported: String) -> DatasetError {
      .unsupported(path: path, format: "a kernel matrix", found: found, supported: supported)
    }
    let stream = try DataStream(stored)
    guard stream.byteCount != nil else { throw unsupported("a gzip file", "an .npy file that is not compressed") }
    let layout = try NPYLayout(stream)
    try stream.checkSize(layout.end, memory: 0)
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
    (self.path, self.stored, self.layout) = (path, stored, layout)
    (rowCount, columnCount) = (layout.shape[0], layout.shape[1])
  }

  /// The entries of some rows, row-major `[range.count, columnCount]`. Blocks below 32 MB can use the same memory again and again.
  ///
  /// - Throws: `DatasetError.notFinite` at the first NaN or infinity, `.invalidParameter` for rows that are not there,
  ///   `.changedWhileRead`.
  public func rows(_ range: Range<Int>) throws(DatasetError) -> [Double] {
    guard range.lowerBound >= 0, range.upperBound <= rowCount else {
      throw .invalidParameter(name: "\(path): rows", value: "\(range)", expected: "rows within \(0..<rowCount)")
    }
    let values = try block(rows: range, columns: 0..<columnCount)
    if let position = values.firstIndex(where: { !$0.isFinite }) {
      throw .notFinite(name: path, row: range.lowerBound + position / columnCount, column: position % columnCount)
    }
    return values
  }

  /// Identifies the file in a manifest. Reads all of it.
  ///
  /// - Throws: `DatasetError.unreadable`, `.changedWhileRead`.
  public func checksum() throws(DatasetError) -> FileChecksum {
    let checksum = try stored.checksum()
    try stored.checkUnchanged()
    return checksum
  }

  /// Entries of a rectangle, row-major, NaN and infinity included. Precondition: it lies within the matrix.
  ///
  /// - Throws: `DatasetError.unreadable`, `.changedWhileRead`.
  func block(rows: Range<Int>, columns: Range<Int>) throws(DatasetError) -> [Double] {
    // Lines of the file are rows, or columns in Fortran order.
    let (lines, part) = layout.isFortranOrder ? (columns, rows) : (rows, columns)
    let lineCount = layout.isFortranOrder ? rowCount : columnCount
    let size = layout.type.byteCount
    let batch = max(1, min(lines.count, (1 << 20) / max(1, part.count * size)))
    var bytes = [UInt8](repeating: 0, count: batch * part.count * size)
    var values = [Double](repeating: 0, count: rows.count * columns.count)
    for first in stride(from: lines.lowerBound, to: lines.upperBound, by: batch) {
      let some = first..<min(first + batch, lines.upperBound)
      try bytes.fill(first: some.count * part.count * size) { buffer throws(DatasetError) in
        if part.count == lineCount {
          try stored.read(into: buffer, at: layout.start + some.lowerBound * lineCount * size)
        } else {
          for line in some {
            let place = (line - some.lowerBound) * part.count * size
            try stored.read(
              into: UnsafeMutableRawBufferPointer(rebasing: buffer[place..<place + part.count * size]),
              at: layout.start + (line * lineCount + part.lowerBound) * size)
          }
        }
      }
      let offset = some.lowerBound - lines.lowerBound
      values.withUnsafeMutableBufferPointer { values in
        // Where the value of a line and a place in it goes.
        let target = layout.isFortranOrder ? (line: 1, place: columns.count) : (line: columns.count, place: 1)
        let first = UnsafeMutableBufferPointer(rebasing: values[(offset * target.line)...])
        decode(bytes, lines: some.count, places: part.count, to: first, target)
      }
    }
    try stored.checkUnchanged()
    return values
  }

  private func decode(
    _ bytes: [UInt8], lines: Int, places: Int, to values: UnsafeMutableBufferPointer<Double>, _ target: (line: Int, place: Int)
  ) {
    func each<Bits: FixedWidthInteger>(_: Bits.Type, _ number: (Bits) -> Double) {
      bytes.withUnsafeBytes { bytes in
        // In tiles, so that lines of the cache are used as a whole where lines become columns.
        for first in stride(from: 0, to: places, by: 64) {
          for line in 0..<lines {
            for place in first..<min(first + 64, places) {
              let bits = bytes.loadUnaligned(fromByteOffset: (line * places + place) * MemoryLayout<Bits>.size, as: Bits.self)
              values[line * target.line + place * target.place] = number(
                layout.isBigEndian ? Bits(bigEndian: bits) : Bits(littleEndian: bits))
            }
          }
        }
      }
    }
    switch precision {
    case .float32: each(UInt32.self) { Double(Float(bitPattern: $0)) }
    case .float64: each(UInt64.self) { Double(bitPattern: $0) }
    }
  }
}
