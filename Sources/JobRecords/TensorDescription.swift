import Compute
import Sizes

/// A tensor of a job as a record describes it: its place in the job, its shape, and how its rows lay in memory.
///
/// What is stored of it are the numbers row by row, each place in memory once: rows or items that repeat each other are not.
package struct TensorDescription: Codable, Equatable {
  /// Name of the operand.
  package var name: String
  /// Whether the job reads or writes it.
  package var role: OperandRole
  /// Precision of the numbers.
  package var precision: Precision
  /// Place of the first number in the buffer.
  package var offset: Int
  /// Lengths of the tensor's axes.
  package var batch, rows, columns: Int
  /// Distances of neighbouring rows and items.
  package var rowStride, batchStride: Int
  /// The number of an input of the job, before it, that is the same view: its numbers are not stored twice.
  package var same: Int?

  init(_ operand: JobOperand, same: Int?) {
    let tensor = operand.tensor
    (name, role, precision) = (operand.name, operand.role, tensor.precision)
    (offset, batch, rows, columns) = (tensor.offset, tensor.batch, tensor.rows, tensor.columns)
    (rowStride, batchStride) = (tensor.rowStride, tensor.batchStride)
    self.same = same
  }

  // MARK: What is stored

  private var hasOverlappingRows: Bool { rows > 1 && rowStride < columns }
  private var hasRepeatedItems: Bool { batch > 1 && batchStride == 0 }

  var storedItems: Int { hasRepeatedItems ? 1 : batch }
  var storedRows: Int { hasOverlappingRows ? 1 : rows }
  var storedColumns: Int { hasOverlappingRows ? (rows - 1) * rowStride + columns : columns }
  var storedBytes: Int { storedItems * storedRows * storedColumns * precision.byteCount }
  /// Bytes before the job: nothing of a pure result, and nothing of what another tensor stores.
  package var bytesBefore: Int { role.isRead && same == nil ? storedBytes : 0 }
  /// Bytes of the results that a job wrote here.
  package var bytesAfter: Int { role.isWritten ? storedBytes : 0 }

  /// - Parameter fileBytes: of the whole record: no tensor has more numbers than a result, all of which are stored.
  /// - Returns: what is wrong with it; nil where nothing is.
  func fault(among tensors: [TensorDescription], fileBytes: Int) -> String? {
    let sizes = [batch, rows, columns]
    guard sizes.allSatisfy({ $0 >= 0 }), Size.product(sizes.map { max($0, 1) } + [precision.byteCount]) <= Size(fileBytes) else {
      return "the tensor '\(name)' is said to be [\(batch), \(rows), \(columns)], for which the file is too small"
    }
    guard [offset, rowStride, batchStride].allSatisfy({ (0...Self.farthest).contains($0) }) else {
      return "the tensor '\(name)' has no such place in memory"
    }
    guard !role.isWritten || !(hasOverlappingRows || hasRepeatedItems) else { return "rows of the result '\(name)' overlap" }
    guard let same else { return nil }
    guard tensors.indices.contains(same), tensors[same].name != name, tensors[same].role == .input, tensors[same].same == nil else {
      return "the tensor '\(name)' is said to be another one that is none"
    }
    var twin = tensors[same]
    (twin.name, twin.role, twin.same) = (name, role, same)
    return twin == self ? nil : "the tensor '\(name)' is said to be '\(tensors[same].name)', which has another shape"
  }

  private static let farthest = 1 << 48

  // MARK: Where it is put to be performed again

  /// Rows begin where their addresses have the same lowest bits as when they were recorded, and gaps between them are short.
  var placed: (offset: Int, rowStride: Int, batchStride: Int, count: Int) {
    let period = 16
    func next(_ stride: Int, after size: Int) -> Int { size + 1 + ((stride - size - 1) % period + period) % period }
    let row = rowStride <= columns ? rowStride : next(rowStride, after: columns)
    let span = max(storedRows * row, storedColumns)
    let isPacked = Size(batchStride) == Size(rows) * rowStride
    let item = hasRepeatedItems ? 0 : isPacked || batch <= 1 ? rows * row : next(batchStride, after: span)
    return (offset % period, row, item, offset % period + max(storedItems - 1, 0) * item + span + period)
  }
}
