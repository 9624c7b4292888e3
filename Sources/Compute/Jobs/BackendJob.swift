import WideKernels

/// The operations of a backend: the one list of them.
public enum BackendOperation: String, Sendable, Codable, CaseIterable {
  /// An operation, named as in profiles, reports and records.
  case copyRows, gemm, recursion, recursionVJP, blockKernel, widePass, featurePass, map, reduceRows, fillNormal, triangularSolve

  /// What the operation says of itself.
  var jobType: any TensorJob.Type {
    switch self {
    case .copyRows: RowCopyJob.self
    case .gemm: GEMMJob.self
    case .recursion: RecursionJob.self
    case .recursionVJP: RecursionVJPJob.self
    case .blockKernel: BlockKernelJob.self
    case .widePass: WidePassJob.self
    case .featurePass: FeaturePassJob.self
    case .map: MapJob.self
    case .reduceRows: ReduceRowsJob.self
    case .fillNormal: FillNormalJob.self
    case .triangularSolve: TriangularSolveJob.self
    }
  }

  /// Why no family of benchmark cases has the operation's name; nil where one has.
  package var reasonWithoutBenchmark: String? { jobType.reasonWithoutBenchmark }
}

/// One operation of a backend with everything that it is about, as a value.
public enum BackendJob: Sendable {
  /// Copies of rows, also between precisions.
  case copyRows(RowCopyJob)
  /// A product of matrices.
  case gemm(GEMMJob)
  /// Kernels of a block from covariances of its inputs.
  case recursion(RecursionJob)
  /// Cotangents of covariances from those of kernels.
  case recursionVJP(RecursionVJPJob)
  /// Kernels of a block from points.
  case blockKernel(BlockKernelJob)
  /// Values and Jacobians of a kernel times coefficients.
  case widePass(WidePassJob)
  /// Values and Jacobians of a function with one hidden layer.
  case featurePass(FeaturePassJob)
  /// A function of every element.
  case map(MapJob)
  /// One number for every row.
  case reduceRows(ReduceRowsJob)
  /// Standard normal numbers of a stream.
  case fillNormal(FillNormalJob)
  /// A triangular solve in place.
  case triangularSolve(TriangularSolveJob)

  var job: any TensorJob {
    switch self {
    case .copyRows(let job): job
    case .gemm(let job): job
    case .recursion(let job): job
    case .recursionVJP(let job): job
    case .blockKernel(let job): job
    case .widePass(let job): job
    case .featurePass(let job): job
    case .map(let job): job
    case .reduceRows(let job): job
    case .fillNormal(let job): job
    case .triangularSolve(let job): job
    }
  }

  /// Calls the visitor's method of this operation.
  package func visit<V: JobVisitor>(_ visitor: V) throws(V.Failure) -> V.Result {
    switch self {
    case .copyRows(let job): try visitor.copyRows(job)
    case .gemm(let job): try visitor.gemm(job)
    case .recursion(let job): try visitor.recursion(job)
    case .recursionVJP(let job): try visitor.recursionVJP(job)
    case .blockKernel(let job): try visitor.blockKernel(job)
    case .widePass(let job): try visitor.widePass(job)
    case .featurePass(let job): try visitor.featurePass(job)
    case .map(let job): try visitor.map(job)
    case .reduceRows(let job): try visitor.reduceRows(job)
    case .fillNormal(let job): try visitor.fillNormal(job)
    case .triangularSolve(let job): try visitor.triangularSolve(job)
    }
  }

  /// The job that `parameters` and `operands` of another one describe.
  ///
  /// - Throws: `ComputeError.invalidJob` where something is missing, too much or no number; sizes are not checked (see `check`).
  public init(_ operation: BackendOperation, _ parts: JobParts) throws(ComputeError) {
    self = try operation.jobType.init(parts).backendJob
    let names = operands.map(\.name)
    guard Set(names) == Set(parts.tensors.keys), Set(parameters.keys) == Set(parts.parameters.keys) else {
      throw .invalidJob(operation: operation.rawValue, reason: "it has parameters or tensors that the operation does not know")
    }
  }
}

/// Code with a method for the jobs of every operation: whoever performs them or judges their results. The compiler says which one lacks.
package protocol JobVisitor {
  /// What performing a job gives.
  associatedtype Result = Void
  /// Error of a job that cannot be performed.
  associatedtype Failure: Error = ComputeError
  /// Copies rows.
  func copyRows(_ job: RowCopyJob) throws(Failure) -> Result
  /// Multiplies matrices.
  func gemm(_ job: GEMMJob) throws(Failure) -> Result
  /// Computes kernels through the layers of a program.
  func recursion(_ job: RecursionJob) throws(Failure) -> Result
  /// Pulls cotangents of kernels back to their inputs.
  func recursionVJP(_ job: RecursionVJPJob) throws(Failure) -> Result
  /// Computes kernels of points.
  func blockKernel(_ job: BlockKernelJob) throws(Failure) -> Result
  /// Evaluates a function of a wide part by its centres.
  func widePass(_ job: WidePassJob) throws(Failure) -> Result
  /// Evaluates a function by random features.
  func featurePass(_ job: FeaturePassJob) throws(Failure) -> Result
  /// Maps every number.
  func map(_ job: MapJob) throws(Failure) -> Result
  /// Reduces every row to one number.
  func reduceRows(_ job: ReduceRowsJob) throws(Failure) -> Result
  /// Fills a tensor with normal numbers.
  func fillNormal(_ job: FillNormalJob) throws(Failure) -> Result
  /// Solves triangular systems.
  func triangularSolve(_ job: TriangularSolveJob) throws(Failure) -> Result
}

/// A visitor that has methods of its own for some operations and one for all others.
package protocol PartialJobVisitor: JobVisitor {
  /// Performs a job that no other method is for.
  func others(_ job: BackendJob) throws(Failure) -> Result
}

extension PartialJobVisitor {
  package func copyRows(_ job: RowCopyJob) throws(Failure) -> Result { try others(.copyRows(job)) }
  package func gemm(_ job: GEMMJob) throws(Failure) -> Result { try others(.gemm(job)) }
  package func recursion(_ job: RecursionJob) throws(Failure) -> Result { try others(.recursion(job)) }
  package func recursionVJP(_ job: RecursionVJPJob) throws(Failure) -> Result { try others(.recursionVJP(job)) }
  package func blockKernel(_ job: BlockKernelJob) throws(Failure) -> Result { try others(.blockKernel(job)) }
  package func widePass(_ job: WidePassJob) throws(Failure) -> Result { try others(.widePass(job)) }
  package func featurePass(_ job: FeaturePassJob) throws(Failure) -> Result { try others(.featurePass(job)) }
  package func map(_ job: MapJob) throws(Failure) -> Result { try others(.map(job)) }
  package func reduceRows(_ job: ReduceRowsJob) throws(Failure) -> Result { try others(.reduceRows(job)) }
  package func fillNormal(_ job: FillNormalJob) throws(Failure) -> Result { try others(.fillNormal(job)) }
  package func triangularSolve(_ job: TriangularSolveJob) throws(Failure) -> Result { try others(.triangularSolve(job)) }
}

extension BackendJob {
  /// The operation that the job is of.
  public var operation: BackendOperation { type(of: job).operation }

  /// The precision in which it computes: that of all tensors but the source of `copyRows`.
  public var precision: Precision { job.precision }

  /// A job with other tensors in the place of its own: calls `change` with each, inputs before results.
  public func mapTensors<Failure: Error>(_ change: (JobOperand) throws(Failure) -> Tensor) throws(Failure) -> BackendJob {
    func mapped(_ job: some TensorJob) throws(Failure) -> BackendJob {
      var copy = job
      try copy.mapTensors(change)
      return copy.backendJob
    }
    return try mapped(job)
  }

  /// The tensors of the job, inputs before results.
  public var operands: [JobOperand] { job.operands }

  /// All that it is beside its tensors, as text by name.
  public var parameters: [String: String] { job.parameters }

  /// The work that the job asks of a device by its sizes.
  public var declaredWork: DeclaredWork { job.declaredWork(.shared) }

  /// Whether nothing is asked for: no result, or one without numbers.
  public var isEmpty: Bool { job.isEmpty }

  /// Holds the contract of `Backend` against what depends on shapes, indices and precisions.
  ///
  /// - Parameter name: of the operation in errors; nil takes its own.
  public func check(as name: String? = nil) throws(ComputeError) {
    let name = name ?? operation.rawValue
    for operand in operands where operation != .copyRows && operand.tensor.precision != precision {
      throw .precisionMismatch(operation: name, expected: precision, got: operand.tensor.precision)
    }
    try job.check(name)
  }
}
