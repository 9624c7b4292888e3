/// Memory of one backend. The backend's own final class frees it when the last tensor lets go.
public protocol DeviceBuffer: AnyObject, Sendable {
  /// Size of the memory in bytes.
  var byteCount: Int { get }
}

/// A view of device memory as a batch of row-major matrices: `[batch, rows, columns]`.
///
/// A value: copying it is another view of the same numbers, and the last view frees them. Within a row the elements
/// are contiguous; rows are `rowStride` elements apart and batch items `batchStride` elements.
public struct Tensor: Sendable {
  /// The memory that holds the numbers, shared by all views of it.
  public var buffer: any DeviceBuffer
  /// Elements from the start of the buffer to the first number.
  public var offset: Int
  /// Format of the numbers.
  public var precision: Precision
  /// Number of items.
  public var batch: Int
  /// Rows of one item.
  public var rows: Int
  /// Columns of one item.
  public var columns: Int
  /// Elements from one row to the next.
  public var rowStride: Int
  /// Elements from one item to the next.
  public var batchStride: Int

  /// A dense view of a whole buffer.
  public init(buffer: any DeviceBuffer, precision: Precision, batch: Int, rows: Int, columns: Int) {
    self.buffer = buffer
    self.offset = 0
    self.precision = precision
    self.batch = batch
    self.rows = rows
    self.columns = columns
    self.rowStride = columns
    self.batchStride = rows * columns
  }

  /// Number of elements of all items.
  public var count: Int { batch * rows * columns }
  /// Items, rows and columns.
  public var shape: (batch: Int, rows: Int, columns: Int) { (batch, rows, columns) }
  /// The shape for messages: `[batch, rows, columns]`.
  public var shapeText: String { "[\(batch), \(rows), \(columns)]" }
  /// Whether all elements lie one after the other, without gaps between rows or items.
  public var isContiguous: Bool { rowStride == columns && (batch == 1 || batchStride == rows * columns) }

  /// Rows `range` of every item, without copying.
  public func rows(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows, "rows \(range) of a tensor \(shapeText)")
    var view = self
    view.offset += range.lowerBound * rowStride
    view.rows = range.count
    return view
  }

  /// Columns `range` of every item, without copying.
  public func columns(_ range: Range<Int>) -> Tensor {
    precondition(range.lowerBound >= 0 && range.upperBound <= columns, "columns \(range) of a tensor \(shapeText)")
    var view = self
    view.offset += range.lowerBound
    view.columns = range.count
    return view
  }

  /// One item of the batch, without copying.
  public func item(_ index: Int) -> Tensor {
    precondition(index >= 0 && index < batch, "item \(index) of a tensor \(shapeText)")
    var view = self
    view.offset += index * batchStride
    view.batch = 1
    return view
  }

  /// A view of the same numbers in another shape; the tensor must be contiguous.
  public func reshaped(batch: Int = 1, rows: Int, columns: Int) -> Tensor {
    precondition(isContiguous && batch * rows * columns == count, "reshape \(shapeText) to [\(batch), \(rows), \(columns)]")
    var view = Tensor(buffer: buffer, precision: precision, batch: batch, rows: rows, columns: columns)
    view.offset = offset
    return view
  }
}
