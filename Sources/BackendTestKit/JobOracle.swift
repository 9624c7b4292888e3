import Compute
import WideKernels

/// What single numbers of a job's results should be, and how far from that a device may be: for any job what the suite's cases ask for.
struct JobOracle<P: Rounding> {
  typealias Place = (item: Int, row: Int, column: Int)
  typealias Number = Bounded<P>

  let job: BackendJob
  /// What the job reads, by the names of its operands, before it is performed.
  let inputs: [String: Operand]

  init(_ job: BackendJob, inputs: [String: Operand]) { (self.job, self.inputs) = (job, inputs) }

  /// - Parameters:
  ///   - output: the operand that was written.
  ///   - got: all of it.
  func deviation(_ output: JobOperand, _ place: Place, got: Operand) -> Deviation {
    if case .triangularSolve(let job) = job, let l = inputs["l"], let b = inputs["b"] {
      return TriangularSolveCase.residual(
        P.self, l, got, right: b[place.item, place.row, place.column], transposed: job.operation.transposed, place)
    }
    let number = got[place.item, place.row, place.column]
    let expected = [expectation(output, place) ?? Number(0, error: .infinity)]
    return matches(expected)([number])[0]
  }

  /// The expected results; nil where an input is missing.
  private func expectation(_ output: JobOperand, _ place: Place) -> Number? {
    switch job {
    case .copyRows(let job): copied(job, place)
    case .gemm(let job): product(job, place)
    case .map(let job): mapped(job, place)
    case .reduceRows(let job): reduced(job, place)
    case .fillNormal(let job):
      FillNormalCase.expectation(
        P.self, job.stream,
        element: job.firstElement + (place.item * job.out.rows + place.row) * job.out.columns + place.column)
    case .recursion(let job): kernel(job, output, place)
    case .recursionVJP(let job): cotangent(job, output, place)
    case .blockKernel(let job): kernel(job, output, place)
    case .widePass(let job): pass(job, output, place)
    case .featurePass(let job): pass(job, output, place)
    case .triangularSolve: nil
    }
  }

  // MARK: Algebra

  private func copied(_ job: RowCopyJob, _ place: Place) -> Number? {
    let index: Int? = if let rows = job.targetRows { rows.firstIndex(of: place.row) } else { place.row < job.count ? place.row : nil }
    let number: Double? =
      if let index {
        inputs["source"]?[place.item, job.sourceRows?[index] ?? index, place.column]
      } else {
        inputs["target"]?[place.item, place.row, place.column]
      }
    return number.map { Number(WideReal($0), error: 0) }
  }

  private func product(_ job: GEMMJob, _ place: Place) -> Number? {
    guard let a = inputs["a"], let b = inputs["b"] else { return nil }
    let operation = job.operation
    let old = inputs["c"]?[place.item, place.row, place.column] ?? 0
    if operation.lowerOnly, place.column > place.row { return Number(WideReal(old), error: 0) }
    var (sum, size) = (WideReal(0), 0.0)
    for p in 0..<job.inner {
      let x = operation.transposeA ? a[place.item, p, place.row] : a[place.item, place.row, p]
      let y = operation.transposeB ? b[place.item, place.column, p] : b[place.item, p, place.column]
      sum += WideReal(x) * WideReal(y)
      size += abs(x * y)
    }
    let previous = operation.beta == 0 ? 0 : WideReal(operation.beta) * WideReal(old)
    let magnitude = abs(operation.alpha) * size + Double(abs(previous))
    return Number(WideReal(operation.alpha) * sum + previous, error: Number.gamma(job.inner + 4) * magnitude)
  }

  private func mapped(_ job: MapJob, _ place: Place) -> Number? {
    let values = job.inputs.indices.compactMap { inputs["x\($0)"].map { Number($0[place.item, place.row, place.column]) } }
    guard let first = values.first, values.count == job.inputs.count else { return nil }
    return job.function.apply(first, values.count > 1 ? values[1] : Number(0))
  }

  private func reduced(_ job: ReduceRowsJob, _ place: Place) -> Number? {
    guard let terms = inputs["input"]?.row(place.item, place.row).map({ Number($0) }), let first = terms.first else { return nil }
    return switch job.reduction {
    case .sum: Number.sum(terms)
    case .sumOfSquares: Number.sum(terms.map { $0 * $0 })
    case .maximum: terms.dropFirst().reduce(first) { $0.value < $1.value ? $1 : $0 }
    }
  }

  // MARK: Kernels

  private func kernel(_ job: RecursionJob, _ output: JobOperand, _ place: Place) -> Number? {
    guard let gram = inputs["gram"], let rows = inputs["rowDiagonal"], let columns = inputs["columnDiagonal"] else { return nil }
    let (item, i, j) = place
    let isDiagonal = job.isSymmetric && i == j
    let (q11, q12) = (rows[item, i, job.isPaired ? j : 0], gram[item, i, j])
    // The diagonal form may start from either.
    let kernels = PairOracle<P>(program: job.program).kernels(
      q11: Number(WideReal(q11), error: isDiagonal ? abs(q11 - q12) : 0),
      q22: Number(job.isPaired ? columns[item, i, j] : columns[item, j, 0]), q12: Number(q12),
      ntk: Number(inputs["incomingNTK"]?[item, i, j] ?? 0), isDiagonal: isDiagonal)
    return output.name == "nngp" ? kernels.nngp : kernels.ntk
  }

  private func cotangent(_ job: RecursionVJPJob, _ output: JobOperand, _ place: Place) -> Number? {
    guard let gram = inputs["gram"], let rows = inputs["rowDiagonal"], let columns = inputs["columnDiagonal"] else { return nil }
    let oracle = PairOracle<P>(program: job.program)
    func term(_ i: Int, _ j: Int, _ derivative: KeyPath<Jet<Number>, Number>) -> Number {
      let (k, theta) = oracle.jets(
        q11: Number(rows[place.item, i, 0]), q22: Number(columns[place.item, j, 0]), q12: Number(gram[place.item, i, j]))
      func factor(_ name: String) -> Number { Number(inputs[name]?[place.item, i, j] ?? 0) }
      return factor("nngpCotangent") * k[keyPath: derivative] + factor("ntkCotangent") * theta[keyPath: derivative]
    }
    return switch output.name {
    case "gramCotangent": term(place.row, place.column, \.d12)
    case "rowCotangent": Number.sum((0..<job.gram.columns).map { term(place.row, $0, \.d11) })
    default: Number.sum((0..<job.gram.rows).map { term($0, place.row, \.d22) })
    }
  }

  private func kernel(_ job: BlockKernelJob, _ output: JobOperand, _ place: Place) -> Number? {
    guard let points = inputs["x"] else { return nil }
    let x = points.row(place.item, place.row), y = (inputs["y"] ?? points).row(place.item, place.column)
    let covariance = PairOracle<P>.covariance
    let kernels = PairOracle<P>(program: job.program).kernels(
      q11: covariance(x, x), q22: covariance(y, y), q12: covariance(x, y),
      isDiagonal: job.firstDiagonalColumn.map { $0 + place.row == place.column } ?? false)
    return output.name == "nngp" ? kernels.nngp : kernels.ntk
  }

  // MARK: Passes

  private func pass(_ job: WidePassJob, _ output: JobOperand, _ place: Place) -> Number? {
    guard let points = inputs["points"], let centres = inputs["centres"], let coefficients = inputs["coefficients"] else { return nil }
    let count = job.centreCounts?[place.item] ?? job.centres.rows
    let body = WidePassCase(
      program: job.program, kind: job.kind, n: 1, centres: count, width: job.points.columns, outputs: job.coefficients.columns,
      hasJacobian: output.name == "jacobian")
    let expected = body.expectation(
      P.self, Array(points.row(place.item, place.row)), Array(centres.rows(place.item, 0..<count)),
      Array(coefficients.rows(place.item, 0..<count)))
    return output.name == "jacobian" ? expected.jacobian[place.column] : expected.value[place.column]
  }

  private func pass(_ job: FeaturePassJob, _ output: JobOperand, _ place: Place) -> Number? {
    func item(_ name: String, _ tensor: Tensor?) -> Operand? {
      guard let tensor, let operand = inputs[name] else { return nil }
      return Operand(values: Array(operand.rows(place.item, 0..<tensor.rows)), tensor: tensor.item(place.item))
    }
    guard let points = inputs["points"], let weights = item("weights", job.weights),
      let coefficients = item("coefficients", job.coefficients)
    else { return nil }
    let body = FeaturePassCase(
      activation: job.activation, n: 1, features: job.weights.rows, width: job.points.columns, outputs: job.coefficients.columns,
      hasBiases: job.biases != nil, hasJacobian: output.name == "jacobian")
    let point = Operand(
      values: Array(points.row(place.item, place.row)), tensor: job.points.item(place.item).rows(place.row..<place.row + 1))
    let expected = body.expectation(P.self, point, weights, item("biases", job.biases), coefficients)
    return output.name == "jacobian" ? expected.jacobian[place.column] : expected.value[place.column]
  }
}

extension Operand {
  /// Rows of an item in row-major order; a tensor of one item has it for all.
  fileprivate func rows(_ item: Int, _ range: Range<Int>) -> ArraySlice<Double> {
    let first = (tensor.batch == 1 ? 0 : item) * tensor.rows
    return values[(first + range.lowerBound) * tensor.columns..<(first + range.upperBound) * tensor.columns]
  }

  fileprivate func row(_ item: Int, _ row: Int) -> ArraySlice<Double> { rows(item, row..<row + 1) }
}
