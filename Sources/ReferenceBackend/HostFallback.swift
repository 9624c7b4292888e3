import Compute
import Synchronization

/// A backend that begins complete: what it does not implement itself runs on the host by `ReferenceBackend`.
///
/// Memory, `synchronize` and `gemm` are required. Every other operation has a default here that copies the inputs to
/// the host, runs the reference and copies the results back: slow, but never silent, for it is noted in `fallbackLog`
/// and so appears in `fallbacks`.
public protocol HostFallback: Backend {
  var fallbackLog: FallbackLog { get }
}

/// The operations that have run on the host for want of a device implementation, each once, in order of first use.
public final class FallbackLog: Sendable {
  private let names = Mutex<[String]>([])

  public init() {}

  public var operations: [String] { names.withLock { $0 } }

  public func note(_ operation: String) {
    names.withLock { if !$0.contains(operation) { $0.append(operation) } }
  }
}

extension HostFallback {
  public var fallbacks: [String] { fallbackLog.operations }

  /// The source comes at the target's precision: it is rounded on its way.
  public func copyRows(_ job: RowCopyJob) throws(ComputeError) {
    let host = try HostCopies(self, "copyRows", job.target.precision)
    var copy = job
    copy.source = try host.input(job.source)
    copy.target = try host.input(job.target)
    try host.reference.copyRows(copy)
    try host.store(copy.target, job.target)
  }

  public func recursion(_ job: RecursionJob) throws(ComputeError) {
    let host = try HostCopies(self, "recursion", job.gram.precision)
    var copy = job
    copy.gram = try host.input(job.gram)
    copy.rowDiagonal = try host.input(job.rowDiagonal)
    copy.columnDiagonal = try host.input(job.columnDiagonal)
    copy.nngp = try host.output(job.nngp)
    copy.ntk = try host.output(job.ntk)
    try host.reference.recursion(copy)
    try host.store(copy.nngp, job.nngp)
    try host.store(copy.ntk, job.ntk)
  }

  public func recursionVJP(_ job: RecursionVJPJob) throws(ComputeError) {
    let host = try HostCopies(self, "recursionVJP", job.gram.precision)
    var copy = job
    copy.gram = try host.input(job.gram)
    copy.rowDiagonal = try host.input(job.rowDiagonal)
    copy.columnDiagonal = try host.input(job.columnDiagonal)
    if let cotangent = job.nngpCotangent { copy.nngpCotangent = try host.input(cotangent) }
    if let cotangent = job.ntkCotangent { copy.ntkCotangent = try host.input(cotangent) }
    copy.gramCotangent = try host.output(job.gramCotangent)
    copy.rowCotangent = try host.output(job.rowCotangent)
    copy.columnCotangent = try host.output(job.columnCotangent)
    try host.reference.recursionVJP(copy)
    try host.store(copy.gramCotangent, job.gramCotangent)
    try host.store(copy.rowCotangent, job.rowCotangent)
    try host.store(copy.columnCotangent, job.columnCotangent)
  }

  public func blockKernel(_ job: BlockKernelJob) throws(ComputeError) {
    let host = try HostCopies(self, "blockKernel", job.x.precision)
    var copy = job
    copy.x = try host.input(job.x)
    if let y = job.y { copy.y = try host.input(y) }
    copy.nngp = try host.output(job.nngp)
    copy.ntk = try host.output(job.ntk)
    try host.reference.blockKernel(copy)
    try host.store(copy.nngp, job.nngp)
    try host.store(copy.ntk, job.ntk)
  }

  public func widePass(_ job: WidePassJob) throws(ComputeError) {
    let host = try HostCopies(self, "widePass", job.points.precision)
    var copy = job
    copy.points = try host.input(job.points)
    copy.centres = try host.input(job.centres)
    copy.coefficients = try host.input(job.coefficients)
    copy.value = try host.output(job.value)
    copy.jacobian = try host.output(job.jacobian)
    try host.reference.widePass(copy)
    try host.store(copy.value, job.value)
    try host.store(copy.jacobian, job.jacobian)
  }

  public func featurePass(_ job: FeaturePassJob) throws(ComputeError) {
    let host = try HostCopies(self, "featurePass", job.points.precision)
    var copy = job
    copy.points = try host.input(job.points)
    copy.weights = try host.input(job.weights)
    if let biases = job.biases { copy.biases = try host.input(biases) }
    copy.coefficients = try host.input(job.coefficients)
    copy.value = try host.output(job.value)
    copy.jacobian = try host.output(job.jacobian)
    try host.reference.featurePass(copy)
    try host.store(copy.value, job.value)
    try host.store(copy.jacobian, job.jacobian)
  }

  public func map(_ function: PointFunction, _ inputs: [Tensor], into out: Tensor) throws(ComputeError) {
    let host = try HostCopies(self, "map", out.precision)
    var copies: [Tensor] = []
    for input in inputs { copies.append(try host.input(input)) }
    let result = try host.output(out)
    try host.reference.map(function, copies, into: result)
    try host.store(result, out)
  }

  public func reduceRows(_ reduction: Reduction, _ input: Tensor, into out: Tensor) throws(ComputeError) {
    let host = try HostCopies(self, "reduceRows", input.precision)
    let result = try host.output(out)
    try host.reference.reduceRows(reduction, host.input(input), into: result)
    try host.store(result, out)
  }

  public func fillNormal(_ out: Tensor, stream: RandomStream, firstElement: Int) throws(ComputeError) {
    let host = try HostCopies(self, "fillNormal", out.precision)
    let result = try host.output(out)
    try host.reference.fillNormal(result, stream: stream, firstElement: firstElement)
    try host.store(result, out)
  }

  public func triangularSolve(_ operation: TriangularSolve, _ l: Tensor, _ b: Tensor) throws(ComputeError) {
    let host = try HostCopies(self, "triangularSolve", b.precision)
    let result = try host.input(b)
    try host.reference.triangularSolve(operation, host.input(l), result)
    try host.store(result, b)
  }
}

/// Moves the tensors of one call between a device and the reference backend.
private struct HostCopies {
  let reference = ReferenceBackend()
  private let device: Engine
  private let host: Engine

  init(_ backend: some HostFallback, _ operation: String, _ precision: Precision) throws(ComputeError) {
    backend.fallbackLog.note(operation)
    device = try Engine(backend, precision: precision)
    host = try Engine(reference, precision: precision, memoryBudget: .max)
  }

  func input(_ tensor: Tensor) throws(ComputeError) -> Tensor {
    try host.tensor(device.read(tensor), batch: tensor.batch, rows: tensor.rows, columns: tensor.columns)
  }

  func output(_ tensor: Tensor) throws(ComputeError) -> Tensor {
    try host.empty(batch: tensor.batch, rows: tensor.rows, columns: tensor.columns)
  }

  func output(_ tensor: Tensor?) throws(ComputeError) -> Tensor? {
    guard let tensor else { return nil }
    return try output(tensor)
  }

  func store(_ result: Tensor?, _ target: Tensor?) throws(ComputeError) {
    guard let result, let target else { return }
    try device.write(host.read(result), into: target)
  }
}
