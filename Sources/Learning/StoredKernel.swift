import Compute

/// One kernel matrix of block 0 between two ranges of points, kept in the way that memory allows, and its products.
package struct StoredKernel: Sendable {
  private enum Form {
    case dense(Tensor)
    /// Block (i, j), j ≤ i where the matrix is symmetric, at index i of the outer and j of the inner array.
    case blocks([[Tensor]])
    case recomputed
  }

  let rows: Range<Int>
  let columns: Range<Int>
  let storage: KernelStorage
  private let form: Form
  private let kernels: any FirstBlockKernels
  private let engine: Engine
  private let productEngine: Engine
  private var isSymmetric: Bool { rows == columns }

  /// - Parameters:
  ///   - kernels: where entries come from; the tangent kernel is kept.
  ///   - engine: float64.
  package init(_ kernels: any FirstBlockKernels, rows: Range<Int>, columns: Range<Int>, storage: KernelStorage, on engine: Engine) throws {
    self.kernels = kernels
    self.rows = rows
    self.columns = columns
    self.storage = storage
    self.engine = engine
    let isFloat32 = storage == .float32 || storage == .packedFloat32
    let productEngine = isFloat32 ? try engine.with(precision: .float32) : engine
    self.productEngine = productEngine
    switch storage {
    case .recomputed: form = .recomputed
    case .float64: form = .dense(try kernels.block(.ntk, rows: rows, columns: columns))
    case .packed where rows == columns, .packedFloat32 where rows == columns:
      form = .blocks(
        try Self.blocks(rows, columns, isSymmetric: true) { try kernels.block(.ntk, rows: $0, columns: $1) }.map { row in
          try row.map { try productEngine.converted($0()) }
        })
    case .packed, .float32, .packedFloat32:
      let dense = try productEngine.empty(rows: rows.count, columns: columns.count)
      for part in Self.parts(rows) {
        try productEngine.copy(
          kernels.block(.ntk, rows: part, columns: columns), into: dense.rows(part.shifted(by: -rows.lowerBound)))
      }
      form = .dense(dense)
    }
  }

  /// Θ c: `coefficients` `[1, columns, c]` in float64, result `[1, rows, c]` in float64.
  ///
  /// A column of the result has the same bits whatever the number of other columns.
  package func product(_ coefficients: Tensor) throws -> Tensor {
    // Backends sum in another order where an operand has few columns; zeros beside it keep every run's numbers its own.
    let width = max(coefficients.columns, GEMM.fewColumns + 1)
    let padded = try productEngine.zeros(rows: columns.count, columns: width)
    try productEngine.copy(coefficients, into: padded.columns(0..<coefficients.columns))
    let result: Tensor
    switch form {
    case .dense(let matrix): result = try productEngine.gemm(matrix, padded)
    case .blocks(let blocks):
      result = try blockProduct(
        padded,
        Self.blocks(rows, columns, isSymmetric: true) { rows, columns in
          blocks[(rows.lowerBound - self.rows.lowerBound) / KernelStorage.blockRows][
            (columns.lowerBound - self.columns.lowerBound) / KernelStorage.blockRows]
        })
    case .recomputed:
      result = try blockProduct(
        padded,
        Self.blocks(rows, columns, isSymmetric: isSymmetric) {
          try productEngine.converted(kernels.block(.ntk, rows: $0, columns: $1))
        })
    }
    return try engine.converted(result.columns(0..<coefficients.columns))
  }

  /// Every block is used once, for itself and, off the diagonal of a symmetric matrix, for its transpose.
  private func blockProduct(_ coefficients: Tensor, _ blocks: [[() throws -> Tensor]]) throws -> Tensor {
    let result = try productEngine.zeros(rows: rows.count, columns: coefficients.columns)
    let rowParts = Self.parts(0..<rows.count)
    let columnParts = Self.parts(0..<columns.count)
    for (i, row) in blocks.enumerated() {
      for (j, block) in row.enumerated() {
        let matrix = try block()
        try productEngine.gemm(GEMM(beta: 1), matrix, coefficients.rows(columnParts[j]), into: result.rows(rowParts[i]))
        guard isSymmetric, j < i else { continue }
        try productEngine.gemm(GEMM(transposeA: true, beta: 1), matrix, coefficients.rows(rowParts[i]), into: result.rows(columnParts[j]))
      }
    }
    return result
  }

  private static func blocks(
    _ rows: Range<Int>, _ columns: Range<Int>, isSymmetric: Bool, _ block: @escaping (Range<Int>, Range<Int>) throws -> Tensor
  ) -> [[() throws -> Tensor]] {
    let columnParts = parts(columns)
    return parts(rows).enumerated().map { i, part in
      columnParts.prefix(isSymmetric ? i + 1 : columnParts.count).map { other in { try block(part, other) } }
    }
  }

  private static func parts(_ range: Range<Int>) -> [Range<Int>] {
    stride(from: range.lowerBound, to: range.upperBound, by: KernelStorage.blockRows).map {
      $0..<min($0 + KernelStorage.blockRows, range.upperBound)
    }
  }
}
