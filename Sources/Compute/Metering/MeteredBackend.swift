/// Any backend with a meter: forwards every operation, waits for its end, and adds up its time and declared work.
///
/// Results are those of the backend, bit for bit. Since the device is waited for before and after every operation, nothing runs
/// beside anything else, and a computation of many small operations takes longer.
public struct MeteredBackend: Backend {
  public let meter = Meter()
  private let backend: any Backend
  private let costs = PairCosts()

  public init(_ backend: any Backend) { self.backend = backend }

  public var device: DeviceDescription { backend.device }
  public var fallbacks: [String] { backend.fallbacks }

  private func metered<Value>(
    _ operation: String, _ precision: Precision?, _ work: DeclaredWork, _ body: () throws(ComputeError) -> Value
  ) throws(ComputeError) -> Value {
    try backend.synchronize()
    let start = ContinuousClock.now
    let value = try body()
    try backend.synchronize()
    meter.add(operation, precision, seconds: (ContinuousClock.now - start) / .seconds(1), work)
    return value
  }

  public func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer {
    try metered("allocate", nil, DeclaredWork(bytes: byteCount)) { () throws(ComputeError) in try backend.allocate(byteCount: byteCount) }
  }

  public func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
    try metered("copyIn", nil, DeclaredWork(bytes: bytes.count)) { () throws(ComputeError) in
      try backend.copyIn(bytes, to: buffer, at: byteOffset)
    }
  }

  public func copyOut(_ buffer: any DeviceBuffer, at byteOffset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(ComputeError) {
    try metered("copyOut", nil, DeclaredWork(bytes: bytes.count)) { () throws(ComputeError) in
      try backend.copyOut(buffer, at: byteOffset, into: bytes)
    }
  }

  public func synchronize() throws(ComputeError) { try backend.synchronize() }

  public func copyRows(_ job: RowCopyJob) throws(ComputeError) {
    try metered("copyRows", job.target.precision, DeclaredWork(job)) { () throws(ComputeError) in try backend.copyRows(job) }
  }

  public func gemm(_ operation: GEMM, _ a: Tensor, _ b: Tensor, _ c: Tensor) throws(ComputeError) {
    try metered("gemm", c.precision, DeclaredWork(operation, a, b, c)) { () throws(ComputeError) in try backend.gemm(operation, a, b, c) }
  }

  public func recursion(_ job: RecursionJob) throws(ComputeError) {
    try metered("recursion", job.gram.precision, DeclaredWork(job, costs)) { () throws(ComputeError) in try backend.recursion(job) }
  }

  public func recursionVJP(_ job: RecursionVJPJob) throws(ComputeError) {
    try metered("recursionVJP", job.gram.precision, DeclaredWork(job, costs)) { () throws(ComputeError) in try backend.recursionVJP(job) }
  }

  public func blockKernel(_ job: BlockKernelJob) throws(ComputeError) {
    try metered("blockKernel", job.x.precision, DeclaredWork(job, costs)) { () throws(ComputeError) in try backend.blockKernel(job) }
  }

  public func widePass(_ job: WidePassJob) throws(ComputeError) {
    try metered("widePass", job.points.precision, DeclaredWork(job, costs)) { () throws(ComputeError) in try backend.widePass(job) }
  }

  public func featurePass(_ job: FeaturePassJob) throws(ComputeError) {
    try metered("featurePass", job.points.precision, DeclaredWork(job, costs)) { () throws(ComputeError) in try backend.featurePass(job) }
  }

  public func map(_ function: PointFunction, _ inputs: [Tensor], into out: Tensor) throws(ComputeError) {
    try metered("map", out.precision, DeclaredWork(moving: inputs + [out])) { () throws(ComputeError) in
      try backend.map(function, inputs, into: out)
    }
  }

  public func reduceRows(_ reduction: Reduction, _ input: Tensor, into out: Tensor) throws(ComputeError) {
    try metered("reduceRows", input.precision, DeclaredWork(moving: [input, out])) { () throws(ComputeError) in
      try backend.reduceRows(reduction, input, into: out)
    }
  }

  public func fillNormal(_ out: Tensor, stream: RandomStream, firstElement: Int) throws(ComputeError) {
    try metered("fillNormal", out.precision, DeclaredWork(moving: [out])) { () throws(ComputeError) in
      try backend.fillNormal(out, stream: stream, firstElement: firstElement)
    }
  }

  public func triangularSolve(_ operation: TriangularSolve, _ l: Tensor, _ b: Tensor) throws(ComputeError) {
    try metered("triangularSolve", b.precision, DeclaredWork(solving: l, b)) { () throws(ComputeError) in
      try backend.triangularSolve(operation, l, b)
    }
  }
}
