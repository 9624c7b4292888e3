import Compute
import WideKernels

/// Chosen elements of a large result on a device against the suite's oracles and their derived bounds.
///
/// For results that are too large for an oracle as a whole: a benchmark's. Inputs are read back, so any numbers may be checked.
public struct SampledCheck: Sendable {
  /// The largest error in units of its bound; at most 1 in a correct backend, infinite for a result that is not finite.
  public private(set) var worstRatio = 0.0
  /// Elements that were compared.
  public private(set) var elements = 0

  /// Entries (i, j) of the last item of kernels of points.
  public init(_ job: BlockKernelJob, entries: [(row: Int, column: Int)], on engine: Engine) throws(ComputeError) {
    switch engine.precision {
    case .float32: try compare(job, entries, engine, Float32Rounding.self)
    case .float64: try compare(job, entries, engine, Float64Rounding.self)
    }
  }

  /// Entries (i, j) of the last item of a recursion that is not paired and begins at a tangent kernel of 0.
  public init(_ job: RecursionJob, entries: [(row: Int, column: Int)], on engine: Engine) throws(ComputeError) {
    switch engine.precision {
    case .float32: try compare(job, entries, engine, Float32Rounding.self)
    case .float64: try compare(job, entries, engine, Float64Rounding.self)
    }
  }

  /// Rows of the last item of a recursion's cotangents: each with all its columns, and its sum.
  public init(_ job: RecursionVJPJob, rows: [Int], on engine: Engine) throws(ComputeError) {
    switch engine.precision {
    case .float32: try compare(job, rows, engine, Float32Rounding.self)
    case .float64: try compare(job, rows, engine, Float64Rounding.self)
    }
  }

  /// Points of the last item of a pass over centres.
  public init(_ job: WidePassJob, points: [Int], on engine: Engine) throws(ComputeError) {
    switch engine.precision {
    case .float32: try compare(job, points, engine, Float32Rounding.self)
    case .float64: try compare(job, points, engine, Float64Rounding.self)
    }
  }

  /// Points of the last item of a pass over features.
  public init(_ job: FeaturePassJob, points: [Int], on engine: Engine) throws(ComputeError) {
    switch engine.precision {
    case .float32: try compare(job, points, engine, Float32Rounding.self)
    case .float64: try compare(job, points, engine, Float64Rounding.self)
    }
  }

  private mutating func add<P: Rounding>(_ got: [Double], _ expected: [Bounded<P>]) {
    for deviation in matches(expected)(got) {
      elements += 1
      worstRatio = max(worstRatio, deviation.ratio)
    }
  }

  private mutating func compare<P: Rounding>(
    _ job: BlockKernelJob, _ entries: [(row: Int, column: Int)], _ engine: Engine, _: P.Type
  ) throws(ComputeError) {
    let oracle = PairOracle<P>(program: job.program)
    for (i, j) in entries {
      let x = try engine.read(job.x.last.rows(i..<i + 1))[...]
      let y = try engine.read((job.y ?? job.x).last.rows(j..<j + 1))[...]
      let covariance = PairOracle<P>.covariance
      let kernels = oracle.kernels(q11: covariance(x, x), q22: covariance(y, y), q12: covariance(x, y), isDiagonal: job.y == nil && i == j)
      if let nngp = job.nngp { add(try engine.read(nngp.entry(i, j)), [kernels.nngp]) }
      if let ntk = job.ntk { add(try engine.read(ntk.entry(i, j)), [kernels.ntk]) }
    }
  }

  private mutating func compare<P: Rounding>(
    _ job: RecursionJob, _ entries: [(row: Int, column: Int)], _ engine: Engine, _: P.Type
  ) throws(ComputeError) {
    let oracle = PairOracle<P>(program: job.program)
    for (i, j) in entries {
      let q11 = try engine.read(job.rowDiagonal.entry(i, 0))[0], q22 = try engine.read(job.columnDiagonal.entry(j, 0))[0]
      let q12 = try engine.read(job.gram.entry(i, j))[0]
      let isDiagonal = job.isSymmetric && i == j
      let kernels = oracle.kernels(
        q11: Bounded(WideReal(q11), error: isDiagonal ? abs(q11 - q12) : 0), q22: Bounded(q22), q12: Bounded(q12), isDiagonal: isDiagonal)
      if let nngp = job.nngp { add(try engine.read(nngp.entry(i, j)), [kernels.nngp]) }
      if let ntk = job.ntk { add(try engine.read(ntk.entry(i, j)), [kernels.ntk]) }
    }
  }

  private mutating func compare<P: Rounding>(_ job: RecursionVJPJob, _ rows: [Int], _ engine: Engine, _: P.Type) throws(ComputeError) {
    typealias Number = Bounded<P>
    let oracle = PairOracle<P>(program: job.program)
    let columns = try engine.read(job.columnDiagonal.last)
    for i in rows {
      func row(_ tensor: Tensor) throws(ComputeError) -> [Double] { try engine.read(tensor.last.rows(i..<i + 1)) }
      let (gram, q11) = (try row(job.gram), try row(job.rowDiagonal)[0])
      let zeros = [Double](repeating: 0, count: gram.count)
      let first = if let cotangent = job.nngpCotangent { try row(cotangent) } else { zeros }
      let second = if let cotangent = job.ntkCotangent { try row(cotangent) } else { zeros }
      var (cotangents, terms): ([Number], [Number]) = ([], [])
      for j in gram.indices {
        let (k, theta) = oracle.jets(q11: Number(q11), q22: Number(columns[j]), q12: Number(gram[j]))
        cotangents.append(Number(first[j]) * k.d12 + Number(second[j]) * theta.d12)
        terms.append(Number(first[j]) * k.d11 + Number(second[j]) * theta.d11)
      }
      add(try row(job.gramCotangent), cotangents)
      add(try row(job.rowCotangent), [Number.sum(terms)])
    }
  }

  private mutating func compare<P: Rounding>(_ job: WidePassJob, _ points: [Int], _ engine: Engine, _: P.Type) throws(ComputeError) {
    let count = job.centreCounts?.last ?? job.centres.rows
    let oracle = WidePassCase(
      program: job.program, kind: job.kind, n: 1, centres: count, width: job.points.columns, outputs: job.coefficients.columns,
      hasJacobian: job.jacobian != nil)
    let (centres, coefficients) = (
      try engine.read(job.centres.last.rows(0..<count)), try engine.read(job.coefficients.last.rows(0..<count))
    )
    for i in points {
      let expected = oracle.expectation(P.self, try engine.read(job.points.last.rows(i..<i + 1)), centres, coefficients)
      add(try engine.read(job.value.last.rows(i..<i + 1)), expected.value)
      if let jacobian = job.jacobian { add(try engine.read(jacobian.last.rows(i..<i + 1)), expected.jacobian) }
    }
  }

  private mutating func compare<P: Rounding>(_ job: FeaturePassJob, _ points: [Int], _ engine: Engine, _: P.Type) throws(ComputeError) {
    let oracle = FeaturePassCase(
      activation: job.activation, n: 1, features: job.weights.rows, width: job.points.columns, outputs: job.coefficients.columns,
      hasBiases: job.biases != nil, hasJacobian: job.jacobian != nil)
    func operand(_ tensor: Tensor) throws(ComputeError) -> Operand { Operand(values: try engine.read(tensor), tensor: tensor) }
    let (weights, coefficients) = (try operand(job.weights.last), try operand(job.coefficients.last))
    let biases: Operand? = if let biases = job.biases { try operand(biases.last) } else { nil }
    for i in points {
      let expected = oracle.expectation(P.self, try operand(job.points.last.rows(i..<i + 1)), weights, biases, coefficients)
      add(try engine.read(job.value.last.rows(i..<i + 1)), expected.value)
      if let jacobian = job.jacobian { add(try engine.read(jacobian.last.rows(i..<i + 1)), expected.jacobian) }
    }
  }
}

extension Tensor {
  /// The last item of the batch.
  fileprivate var last: Tensor { item(batch - 1) }
  /// One number of the last item.
  fileprivate func entry(_ row: Int, _ column: Int) -> Tensor { last.rows(row..<row + 1).columns(column..<column + 1) }
}
