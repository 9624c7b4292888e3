import CPUKernelInterface
import Compute

/// A tensor with the address of its numbers, for as long as the caller holds the tensor.
struct Matrices<Scalar> {
  let base: UnsafeMutablePointer<Scalar>
  let batch: Int
  let rows: Int
  let columns: Int
  let rowStride: Int
  let batchStride: Int

  init(_ tensor: Tensor) {
    base = hostBase(tensor.buffer).assumingMemoryBound(to: Scalar.self) + tensor.offset
    batch = tensor.batch
    rows = tensor.rows
    columns = tensor.columns
    rowStride = tensor.rowStride
    batchStride = tensor.batchStride
  }

  init(base: UnsafeMutablePointer<Scalar>, batch: Int, rows: Int, columns: Int, rowStride: Int, batchStride: Int) {
    self.base = base
    self.batch = batch
    self.rows = rows
    self.columns = columns
    self.rowStride = rowStride
    self.batchStride = batchStride
  }

  /// The first element of an item; a tensor of one item is shared by all.
  func item(_ index: Int) -> UnsafeMutablePointer<Scalar> { base + (batch == 1 ? 0 : index * batchStride) }

  var isContiguous: Bool { rowStride == columns && (batch == 1 || batchStride == rows * columns) }
}

/// The operations in one precision: tiles, scratch memory and threads around the hot loops.
///
/// Sums depend on shapes alone; tiles may depend on the number of threads where no sum does.
struct Operations<Scalar: BinaryFloatingPoint & SIMDScalar & BitwiseCopyable & Sendable>: Sendable {
  let loops: any HotLoops<Scalar>
  let backend: CPUBackend
  var pool: ThreadPool { backend.pool }

  /// Performs a job; an operation without a method here is `backend.performOnHost`, plain loops of the reference.
  ///
  /// A switch in this module, where it is specialised for both precisions, and no `JobVisitor`: by way of another module every element of
  /// what surrounds the loops would go through generic code, and recursions take up to three times as long.
  func perform(_ job: BackendJob) throws(ComputeError) {
    switch job {
    case .copyRows(let job): copyRows(job)
    case .gemm(let job): try gemm(job)
    case .recursion(let job): try recursion(job)
    case .recursionVJP(let job): try recursionVJP(job)
    case .blockKernel(let job): try blockKernel(job)
    case .widePass(let job): try widePass(job)
    case .featurePass(let job): try featurePass(job)
    case .map(let job): map(job)
    case .reduceRows(let job): try reduceRows(job)
    case .fillNormal(let job): fillNormal(job)
    case .triangularSolve(let job): try triangularSolve(job)
    }
  }

  /// Working memory for `count` numbers, with room for one vector more.
  func scratch(_ count: Int) throws(ComputeError) -> Scratch<Scalar> {
    let buffer = try backend.memory.allocate((count + loops.lanes) * MemoryLayout<Scalar>.stride, device: backend.device.name)
    return Scratch(buffer: buffer, base: buffer.base.bindMemory(to: Scalar.self, capacity: count + loops.lanes))
  }

  /// The next multiple of the vector length.
  func padded(_ count: Int) -> Int { (count + loops.lanes - 1) / loops.lanes * loops.lanes }

  /// Numbers of an array of a tile: room for a whole number of two vectors, which the loops take at a time.
  func tileArea(rows: Int, stride: Int) -> Int { (rows * stride + 2 * loops.lanes - 1) / (2 * loops.lanes) * 2 * loops.lanes }

  /// `body` with working memory of one tile.
  func withTile(_ count: Int, _ body: (UnsafeMutablePointer<Scalar>) -> Void) {
    withUnsafeTemporaryAllocation(byteCount: max(count, 1) * MemoryLayout<Scalar>.stride, alignment: 64) { memory in
      guard let base = memory.baseAddress else { return }
      body(base.bindMemory(to: Scalar.self, capacity: count))
    }
  }
}

/// Working memory that lives as long as this value.
struct Scratch<Scalar>: @unchecked Sendable {
  private let buffer: HostBuffer
  let base: UnsafeMutablePointer<Scalar>

  init(buffer: HostBuffer, base: UnsafeMutablePointer<Scalar>) {
    self.buffer = buffer
    self.base = base
  }

  /// Keeps the memory until `body` ends.
  func use<Result>(_ body: (UnsafeMutablePointer<Scalar>) throws(ComputeError) -> Result) throws(ComputeError) -> Result {
    defer { withExtendedLifetime(buffer) {} }
    return try body(base)
  }
}
