import WideKernels

/// Sums of a block of C that stay in registers: some rows, one to three vectors wide.
protocol BlockSums<V> {
  associatedtype V: Register
  static var rows: Int { get }
  /// Vectors of a row.
  static var vectors: Int { get }
  init()
  /// Adds the outer product of a column of A, `rowStep` apart, and the vectors of a row of B: one is the last, two the first and the last.
  mutating func add(_ a: UnsafePointer<V.Scalar>, rowStep: Int, _ first: V, _ middle: V, _ last: V)
  /// C ← alpha · sums + beta · C.
  func finish(_ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int)
  /// Writes the first `edge` columns of the last vector, without leaving the registers; rounded as in a whole block.
  func finish(_ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int, edge: Int)
}

/// Two neighbouring vectors of one row.
struct WideRow<V: Register>: BlockSums {
  private var left = V.zero
  private var right = V.zero
  static var rows: Int { 1 }
  static var vectors: Int { 2 }
  @inline(__always) init() {}

  @inline(__always) mutating func add(_ a: UnsafePointer<V.Scalar>, rowStep: Int, _ first: V, _ middle: V, _ last: V) {
    let factor = V(repeating: a.pointee)
    left = V.fma(factor, first, left)
    right = V.fma(factor, last, right)
  }
  @inline(__always) func finish(_ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int) {
    left.finish(alpha, beta, c)
    right.finish(alpha, beta, c + V.lanes)
  }
  @inline(__always) func finish(_ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int, edge: Int) {
    left.finish(alpha, beta, c)
    right.finish(alpha, beta, c + V.lanes, first: edge)
  }
}

/// Three neighbouring vectors of one row.
struct TripleRow<V: Register>: BlockSums {
  private var left = V.zero
  private var middle = V.zero
  private var right = V.zero
  static var rows: Int { 1 }
  static var vectors: Int { 3 }
  @inline(__always) init() {}

  @inline(__always) mutating func add(_ a: UnsafePointer<V.Scalar>, rowStep: Int, _ first: V, _ middle: V, _ last: V) {
    let factor = V(repeating: a.pointee)
    left = V.fma(factor, first, left)
    self.middle = V.fma(factor, middle, self.middle)
    right = V.fma(factor, last, right)
  }
  @inline(__always) func finish(_ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int) {
    left.finish(alpha, beta, c)
    middle.finish(alpha, beta, c + V.lanes)
    right.finish(alpha, beta, c + 2 * V.lanes)
  }
  @inline(__always) func finish(_ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int, edge: Int) {
    left.finish(alpha, beta, c)
    middle.finish(alpha, beta, c + V.lanes)
    right.finish(alpha, beta, c + 2 * V.lanes, first: edge)
  }
}

/// One vector of one row.
struct NarrowRow<V: Register>: BlockSums {
  private var sum = V.zero
  static var rows: Int { 1 }
  static var vectors: Int { 1 }
  @inline(__always) init() {}

  @inline(__always) mutating func add(_ a: UnsafePointer<V.Scalar>, rowStep: Int, _ first: V, _ middle: V, _ last: V) {
    sum = V.fma(V(repeating: a.pointee), last, sum)
  }
  @inline(__always) func finish(_ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int) { sum.finish(alpha, beta, c) }
  @inline(__always) func finish(_ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int, edge: Int) {
    sum.finish(alpha, beta, c, first: edge)
  }
}

/// The rows of one block above those of another.
struct Stack<Upper: BlockSums, Lower: BlockSums<Upper.V>>: BlockSums {
  typealias V = Upper.V
  private var upper = Upper()
  private var lower = Lower()
  @inline(__always) static var rows: Int { Upper.rows + Lower.rows }
  @inline(__always) static var vectors: Int { Upper.vectors }
  @inline(__always) init() {}

  @inline(__always) mutating func add(_ a: UnsafePointer<V.Scalar>, rowStep: Int, _ first: V, _ middle: V, _ last: V) {
    upper.add(a, rowStep: rowStep, first, middle, last)
    lower.add(a + Upper.rows * rowStep, rowStep: rowStep, first, middle, last)
  }
  @inline(__always) func finish(_ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int) {
    upper.finish(alpha, beta, c, stride: stride)
    lower.finish(alpha, beta, c + Upper.rows * stride, stride: stride)
  }
  @inline(__always) func finish(_ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int, edge: Int) {
    upper.finish(alpha, beta, c, stride: stride, edge: edge)
    lower.finish(alpha, beta, c + Upper.rows * stride, stride: stride, edge: edge)
  }
}

typealias Rows2<Row: BlockSums> = Stack<Row, Row>
typealias Rows4<Row: BlockSums> = Stack<Rows2<Row>, Rows2<Row>>
typealias Rows6<Row: BlockSums> = Stack<Rows4<Row>, Rows2<Row>>
typealias Rows8<Row: BlockSums> = Stack<Rows4<Row>, Rows4<Row>>
typealias Rows12<Row: BlockSums> = Stack<Rows8<Row>, Rows4<Row>>

extension BlockSums {
  /// C ← alpha · sums + beta · C in the first `columns` columns, and of row r in those before `end` + r; rounded as in a whole block.
  @inline(never) func finish(
    _ alpha: V, _ beta: V?, _ c: UnsafeMutablePointer<V.Scalar>, stride: Int, columns: Int, end: Int
  ) {
    let width = Self.vectors * V.lanes
    var (sums, before) = (self, Self())
    withUnsafeMutableBytes(of: &sums) { sums in
      withUnsafeMutableBytes(of: &before) { before in
        guard let sums = sums.baseAddress, let before = before.baseAddress else { return }
        let block = sums.assumingMemoryBound(to: V.Scalar.self)
        let old = before.assumingMemoryBound(to: V.Scalar.self)
        for r in 0..<Self.rows {
          let (count, line, target) = (max(0, min(columns, end + r)), block + r * width, c + r * stride)
          if beta != nil { for j in 0..<count { old[r * width + j] = target[j] } }
          for j in Swift.stride(from: 0, to: width, by: V.lanes) {
            V(line + j).combined(alpha, beta, old + r * width + j).store(line + j)
          }
          for j in 0..<count { target[j] = line[j] }
        }
      }
    }
  }
}

extension Vector {
  @inline(__always) fileprivate func combined(_ alpha: Self, _ beta: Self?, _ c: UnsafeMutablePointer<Scalar>) -> Self {
    let product = alpha * self
    return beta.map { Self.fma($0, Self(c), product) } ?? product
  }
  @inline(__always) fileprivate func finish(_ alpha: Self, _ beta: Self?, _ c: UnsafeMutablePointer<Scalar>) {
    combined(alpha, beta, c).store(c)
  }
}

extension Register {
  @inline(__always) fileprivate func finish(_ alpha: Self, _ beta: Self?, _ c: UnsafeMutablePointer<Scalar>, first count: Int) {
    let product = alpha * self
    (beta.map { Self.fma($0, Self(c, first: count), product) } ?? product).store(c, first: count)
  }
}
