import Compute
import ReferenceBackend
import Synchronization
import WideKernels

/// One mistake as a backend may make it.
enum Sabotage: String, CaseIterable, Sendable {
  case copyOneElementLate, copyLosesLastBytes
  case rowsIgnoreSourceList, rowsIgnoreTargetList, rowsAreSorted, rowsForgetItems, rowsClearOthers, rowsRoundTwice
  case gemmSwapsSign, gemmDropsLastColumn, gemmDropsLastTerm, gemmOffByThousandUlp, gemmOverruns, gemmReadsPoisonAtBetaZero
  case gemmWritesAboveDiagonal, gemmTreatsSharedOperandAsEmpty, gemmDiffersBetweenRuns, gemmIgnoresBeta, gemmChangesInput
  case recursionIgnoresSymmetry, recursionSwapsDiagonals, recursionOffByThousandUlp, recursionWithoutKahan, recursionForgetsItems
  case recursionPairsTakeFirstRow
  case vjpSwapsRowAndColumn, vjpForgetsNTK, vjpDropsLastRow, vjpOffByThousandUlp
  case blockKernelIgnoresY, blockKernelLeavesUpperHalf, blockKernelForgetsWidth, blockKernelUsesGeneralFormOnDiagonal
  case widePassIgnoresCounts, widePassForgetsFactorTwo, widePassTransposesJacobian, widePassTakesOtherKernel, widePassIgnoresBatch
  case featurePassForgetsBiases, featurePassTransposesJacobian, featurePassIgnoresBatch, featurePassDropsLastFeature
  case featurePassOffByThousandUlp
  case mapTakesFirstRow, mapTakesFirstColumn, mapSkipsLastElement, mapOffByThousandUlp
  case reduceMaximumStartsAtZero, reduceDropsLastColumn
  case normalIgnoresFirstElement, normalSwapsSineAndCosine, normalTruncatesBlock
  case solveIgnoresTranspose, solveAssumesUnitDiagonal, solveIgnoresItems
  case throwsError

  /// The operation that is broken.
  var operation: String {
    switch self {
    case .copyOneElementLate, .copyLosesLastBytes: "copy"
    case .rowsIgnoreSourceList, .rowsIgnoreTargetList, .rowsAreSorted, .rowsForgetItems, .rowsClearOthers, .rowsRoundTwice: "copyRows"
    case .gemmSwapsSign, .gemmDropsLastColumn, .gemmDropsLastTerm, .gemmOffByThousandUlp, .gemmOverruns, .gemmReadsPoisonAtBetaZero,
      .gemmWritesAboveDiagonal, .gemmTreatsSharedOperandAsEmpty, .gemmDiffersBetweenRuns, .gemmIgnoresBeta, .gemmChangesInput, .throwsError:
      "gemm"
    case .recursionIgnoresSymmetry, .recursionSwapsDiagonals, .recursionOffByThousandUlp, .recursionWithoutKahan, .recursionForgetsItems,
      .recursionPairsTakeFirstRow:
      "recursion"
    case .vjpSwapsRowAndColumn, .vjpForgetsNTK, .vjpDropsLastRow, .vjpOffByThousandUlp: "recursionVJP"
    case .blockKernelIgnoresY, .blockKernelLeavesUpperHalf, .blockKernelForgetsWidth, .blockKernelUsesGeneralFormOnDiagonal: "blockKernel"
    case .widePassIgnoresCounts, .widePassForgetsFactorTwo, .widePassTransposesJacobian, .widePassTakesOtherKernel, .widePassIgnoresBatch:
      "widePass"
    case .featurePassForgetsBiases, .featurePassTransposesJacobian, .featurePassIgnoresBatch, .featurePassDropsLastFeature,
      .featurePassOffByThousandUlp:
      "featurePass"
    case .mapTakesFirstRow, .mapTakesFirstColumn, .mapSkipsLastElement, .mapOffByThousandUlp: "map"
    case .reduceMaximumStartsAtZero, .reduceDropsLastColumn: "reduceRows"
    case .normalIgnoresFirstElement, .normalSwapsSineAndCosine, .normalTruncatesBlock: "fillNormal"
    case .solveIgnoresTranspose, .solveAssumesUnitDiagonal, .solveIgnoresItems: "triangularSolve"
    }
  }
}

/// The reference with one mistake.
final class SabotagedBackend: BackendWrapper {
  let sabotage: Sabotage
  let backend: any Backend = ReferenceBackend()
  private let calls = Mutex(0)

  init(_ sabotage: Sabotage) { self.sabotage = sabotage }

  private func engine(_ tensor: Tensor) throws(ComputeError) -> Engine { try Engine(backend, precision: tensor.precision) }

  /// Replaces numbers of a result.
  private func alter(_ tensor: Tensor, _ change: (inout [Double]) -> Void) throws(ComputeError) {
    let engine = try engine(tensor)
    var values = try engine.read(tensor)
    change(&values)
    try engine.write(values, into: tensor)
  }

  /// One element, in the middle, wrong by 1000 ulp of the precision.
  private func nudge(_ tensor: Tensor) throws(ComputeError) {
    try alter(tensor) { $0[$0.count / 2] *= 1 + 2000 * tensor.precision.unitRoundoff }
  }

  private func fill(_ tensor: Tensor, _ value: Double) throws(ComputeError) { try alter(tensor) { $0 = $0.map { _ in value } } }

  func copyIn(_ bytes: UnsafeRawBufferPointer, to buffer: any DeviceBuffer, at byteOffset: Int) throws(ComputeError) {
    switch sabotage {
    case .copyOneElementLate where byteOffset > 0: try backend.copyIn(bytes, to: buffer, at: byteOffset + 4)
    case .copyLosesLastBytes where byteOffset > 0:
      try backend.copyIn(UnsafeRawBufferPointer(rebasing: bytes.dropLast(4)), to: buffer, at: byteOffset)
    default: try backend.copyIn(bytes, to: buffer, at: byteOffset)
    }
  }

  func perform(_ job: BackendJob) throws(ComputeError) {
    switch job {
    case .copyRows(let job): try copyRows(job)
    case .gemm(let job): try gemm(job)
    case .recursion(let job): try recursion(job)
    case .recursionVJP(let job): try recursionVJP(job)
    case .blockKernel(let job): try blockKernel(job)
    case .widePass(let job): try widePass(job)
    case .featurePass(let job): try featurePass(job)
    case .map(let job): try map(job)
    case .reduceRows(let job): try reduceRows(job)
    case .fillNormal(let job): try fillNormal(job)
    default: if case .triangularSolve(let solve) = job { try triangularSolve(solve) } else { try backend.perform(job) }
    }
  }

  private func copyRows(_ job: RowCopyJob) throws(ComputeError) {
    var changed = job
    switch sabotage {
    case .rowsIgnoreSourceList where job.source.rows == job.count: changed.sourceRows = nil
    case .rowsIgnoreTargetList: changed.targetRows = nil
    case .rowsAreSorted: changed.sourceRows?.sort()
    case .rowsClearOthers: try fill(job.target, 0)
    case .rowsRoundTwice where job.source.precision == .float32:
      changed.source = try engine(job.target).tensor(
        engine(job.source).read(job.source).map { ($0 * 0x1p20).rounded() * 0x1p-20 }, batch: job.source.batch, rows: job.source.rows,
        columns: job.source.columns)
    default: break
    }
    try backend.perform(.copyRows(changed))
    if sabotage == .rowsForgetItems, job.target.batch > 1 {
      let engine = try engine(job.target)
      try engine.write(engine.read(job.target.item(0)), into: job.target.item(1))
    }
  }

  private func gemm(_ job: GEMMJob) throws(ComputeError) {
    let (operation, a, b, c) = (job.operation, job.a, job.b, job.c)
    var changed = job
    switch sabotage {
    case .gemmSwapsSign: changed.operation.alpha = -operation.alpha
    case .gemmDropsLastColumn where c.columns > 1:
      changed.c = c.columns(0..<c.columns - 1)
      changed.b = operation.transposeB ? b.rows(0..<b.rows - 1) : b.columns(0..<b.columns - 1)
    case .gemmDropsLastTerm where !operation.transposeA && a.columns > 1:
      changed.a = a.columns(0..<a.columns - 1)
      changed.b = operation.transposeB ? b.columns(0..<b.columns - 1) : b.rows(0..<b.rows - 1)
    case .gemmReadsPoisonAtBetaZero where operation.beta == 0:
      let before = try engine(c).read(c)
      try backend.perform(.gemm(job))
      return try alter(c) { values in for index in values.indices { values[index] += 0 * before[index] } }
    case .gemmWritesAboveDiagonal: changed.operation.lowerOnly = false
    case .gemmTreatsSharedOperandAsEmpty where b.batch == 1 && c.batch > 1:
      try backend.perform(.gemm(job))
      return try fill(c.item(c.batch - 1), 0)
    case .gemmIgnoresBeta: changed.operation.beta = operation.beta == 0 ? 0 : 1
    case .gemmChangesInput where a.count > 0:
      try backend.perform(.gemm(job))
      return try nudge(a)
    case .throwsError: throw .deviceFailure(device: "sabotaged", operation: "gemm", reason: "sabotage")
    default: break
    }
    try backend.perform(.gemm(changed))
    switch sabotage {
    case .gemmOffByThousandUlp: try nudge(c)
    case .gemmOverruns:
      var beyond = c.item(0).rows(c.rows - 1..<c.rows).columns(0..<1)
      beyond.offset = c.offset + (c.batch - 1) * c.batchStride + (c.rows - 1) * c.rowStride + c.columns
      try fill(beyond, 0)
    case .gemmDiffersBetweenRuns:
      let call = calls.withLock { calls in
        calls += 1
        return calls
      }
      if call % 2 == 0 { try alter(c) { $0[0] *= 1 + 2 * c.precision.unitRoundoff } }
    default: break
    }
  }

  private func recursion(_ job: RecursionJob) throws(ComputeError) {
    var changed = job
    switch sabotage {
    case .recursionIgnoresSymmetry: changed.isSymmetric = false
    case .recursionPairsTakeFirstRow where job.isPaired: changed.rowDiagonal.rowStride = 0
    case .recursionSwapsDiagonals where job.gram.rows == job.gram.columns:
      (changed.rowDiagonal, changed.columnDiagonal) = (job.columnDiagonal, job.rowDiagonal)
    case .recursionForgetsItems where job.gram.batch > 1:
      try backend.perform(.recursion(job))
      if let nngp = job.nngp { try fill(nngp.item(job.gram.batch - 1), 0.5) }
      return
    case .recursionWithoutKahan: return try plainRecursion(job)
    default: break
    }
    try backend.perform(.recursion(changed))
    if sabotage == .recursionOffByThousandUlp, let ntk = job.ntk { try nudge(ntk) }
  }

  private func plainRecursion(_ job: RecursionJob) throws(ComputeError) {
    try backend.perform(.recursion(job))
    let engine = try engine(job.gram)
    let (gram, rows, columns) = (try engine.read(job.gram), try engine.read(job.rowDiagonal), try engine.read(job.columnDiagonal))
    let (n, m) = (job.gram.rows, job.gram.columns)
    let pairs = gram.indices.map { index -> CovarianceProgram.Pair<Plain> in
      let (item, i, j) = (index / (n * m), index / m % n, index % m)
      let (q11, q22) = job.isPaired ? (rows[index], columns[index]) : (rows[item * n + i], columns[item * m + j])
      var pair = CovarianceProgram.Pair(q11: Plain(q11), q22: Plain(q22), q12: Plain(gram[index]))
      job.program.apply(to: &pair)
      return pair
    }
    guard !job.isSymmetric else { return }
    if let nngp = job.nngp { try engine.write(pairs.map(\.q12.value), into: nngp) }
    if let ntk = job.ntk { try engine.write(pairs.map(\.ntk.value), into: ntk) }
  }

  private func recursionVJP(_ job: RecursionVJPJob) throws(ComputeError) {
    var changed = job
    if sabotage == .vjpForgetsNTK, job.nngpCotangent != nil { changed.ntkCotangent = nil }
    try backend.perform(.recursionVJP(changed))
    switch sabotage {
    case .vjpSwapsRowAndColumn where job.gram.rows == job.gram.columns:
      let engine = try engine(job.gram)
      let (row, column) = (try engine.read(job.rowCotangent), try engine.read(job.columnCotangent))
      try engine.write(column, into: job.rowCotangent)
      try engine.write(row, into: job.columnCotangent)
    case .vjpDropsLastRow: try alter(job.rowCotangent) { $0[$0.count - 1] = 0 }
    case .vjpOffByThousandUlp: try nudge(job.gramCotangent)
    default: break
    }
  }

  private func blockKernel(_ job: BlockKernelJob) throws(ComputeError) {
    var changed = job
    switch sabotage {
    case .blockKernelIgnoresY where job.x.rows == job.y?.rows: changed.y = nil
    case .blockKernelUsesGeneralFormOnDiagonal where job.y == nil:
      // With the last digits of a Gram matrix that was summed in another order.
      let copy = try engine(job.x).tensor(engine(job.x).read(job.x), batch: job.x.batch, rows: job.x.rows, columns: job.x.columns)
      try alter(copy.columns(0..<1)) { $0 = $0.map { $0 * (1 + 4 * job.x.precision.unitRoundoff) } }
      changed.y = copy
    case .blockKernelForgetsWidth where job.x.columns > 1: changed.x = job.x.columns(0..<job.x.columns - 1)
    default: break
    }
    if let y = changed.y, changed.x.columns < y.columns { changed.y = y.columns(0..<changed.x.columns) }
    try backend.perform(.blockKernel(changed))
    if sabotage == .blockKernelLeavesUpperHalf, job.y == nil, let nngp = job.nngp {
      let size = job.x.rows
      try alter(nngp) { values in
        for index in values.indices where index % size > index / size % size { values[index] = .nan }
      }
    }
  }

  private func widePass(_ job: WidePassJob) throws(ComputeError) {
    var changed = job
    switch sabotage {
    case .widePassIgnoresCounts: changed.centreCounts = nil
    case .widePassTakesOtherKernel: changed.kind = job.kind == .nngp ? .ntk : .nngp
    default: break
    }
    try backend.perform(.widePass(changed))
    let (outputs, width) = (job.coefficients.columns, job.points.columns)
    switch sabotage {
    case .widePassForgetsFactorTwo: if let jacobian = job.jacobian { try alter(jacobian) { $0 = $0.map { $0 / 2 } } }
    case .widePassTransposesJacobian: try transpose(job.jacobian, outputs: outputs, width: width)
    case .widePassIgnoresBatch where job.points.batch > 1:
      let engine = try engine(job.value)
      try engine.write(engine.read(job.value.item(0)), into: job.value.item(1))
    default: break
    }
  }

  /// A Jacobian with its outputs and coordinates exchanged.
  private func transpose(_ jacobian: Tensor?, outputs: Int, width: Int) throws(ComputeError) {
    guard let jacobian, outputs > 1, width > 1 else { return }
    try alter(jacobian) { values in
      let old = values
      for index in values.indices {
        let (start, column) = (index / (outputs * width) * outputs * width, index % (outputs * width))
        values[start + column % width * outputs + column / width] = old[index]
      }
    }
  }

  private func featurePass(_ job: FeaturePassJob) throws(ComputeError) {
    var changed = job
    switch sabotage {
    case .featurePassForgetsBiases: changed.biases = nil
    case .featurePassDropsLastFeature where job.weights.rows > 1:
      let kept = 0..<job.weights.rows - 1
      (changed.weights, changed.coefficients) = (job.weights.rows(kept), job.coefficients.rows(kept))
      changed.biases = job.biases?.rows(kept)
    default: break
    }
    try backend.perform(.featurePass(changed))
    switch sabotage {
    case .featurePassTransposesJacobian:
      try transpose(job.jacobian, outputs: job.coefficients.columns, width: job.points.columns)
    case .featurePassIgnoresBatch where job.points.batch > 1:
      let engine = try engine(job.value)
      try engine.write(engine.read(job.value.item(0)), into: job.value.item(1))
    case .featurePassOffByThousandUlp: try nudge(job.value)
    default: break
    }
  }

  private func map(_ job: MapJob) throws(ComputeError) {
    var changed = job
    let inputs = job.inputs
    if sabotage == .mapTakesFirstRow, inputs.count == 2 { changed.inputs[1] = inputs[1].rows(0..<1) }
    // A repeated column, forgotten after the first row.
    if sabotage == .mapTakesFirstColumn, inputs.count == 2, inputs[1].columns == 1, job.out.columns > 1 {
      changed.inputs[1] = inputs[1].rows(0..<1)
    }
    try backend.perform(.map(changed))
    switch sabotage {
    case .mapSkipsLastElement: try alter(job.out) { $0[$0.count - 1] = .nan }
    case .mapOffByThousandUlp: try nudge(job.out)
    default: break
    }
  }

  private func reduceRows(_ job: ReduceRowsJob) throws(ComputeError) {
    var changed = job
    if sabotage == .reduceDropsLastColumn, job.input.columns > 1 { changed.input = job.input.columns(0..<job.input.columns - 1) }
    try backend.perform(.reduceRows(changed))
    if sabotage == .reduceMaximumStartsAtZero, job.reduction == .maximum { try alter(job.out) { $0 = $0.map { max(0, $0) } } }
  }

  private func fillNormal(_ job: FillNormalJob) throws(ComputeError) {
    var changed = job
    switch sabotage {
    case .normalIgnoresFirstElement: changed.firstElement = 0
    case .normalSwapsSineAndCosine: changed.firstElement = job.firstElement ^ 1
    case .normalTruncatesBlock: changed.firstElement = job.firstElement & 0xffff_ffff
    default: break
    }
    try backend.perform(.fillNormal(changed))
  }

  private func triangularSolve(_ job: TriangularSolveJob) throws(ComputeError) {
    var changed = job
    let l = job.l
    switch sabotage {
    case .solveIgnoresTranspose: changed.operation.transposed = false
    case .solveIgnoresItems: changed.l = l.item(0)
    case .solveAssumesUnitDiagonal:
      let engine = try engine(l)
      let size = l.rows
      let unit = try engine.read(l).enumerated().map { $0.offset / size % size == $0.offset % size ? 1 : $0.element }
      changed.l = try engine.tensor(unit, batch: l.batch, rows: size, columns: size)
    default: break
    }
    try backend.perform(.triangularSolve(changed))
  }
}

/// float64 with a determinant that cancels.
struct Plain: RealAlgebra {
  var value: Double
  init(_ value: Double) { self.value = value }

  static func + (a: Plain, b: Plain) -> Plain { Plain(a.value + b.value) }
  static func - (a: Plain, b: Plain) -> Plain { Plain(a.value - b.value) }
  static func * (a: Plain, b: Plain) -> Plain { Plain(a.value * b.value) }
  static func / (a: Plain, b: Plain) -> Plain { Plain(a.value / b.value) }
  static prefix func - (a: Plain) -> Plain { Plain(-a.value) }
  static func sqrt(_ x: Plain) -> Plain { Plain(Double.sqrt(x.value)) }
  static func exp(_ x: Plain) -> Plain { Plain(Double.exp(x.value)) }
  static func expm1(_ x: Plain) -> Plain { Plain(Double.expm1(x.value)) }
  static func log(_ x: Plain) -> Plain { Plain(Double.log(x.value)) }
  static func log1p(_ x: Plain) -> Plain { Plain(Double.log1p(x.value)) }
  static func erf(_ x: Plain) -> Plain { Plain(Double.erf(x.value)) }
  static func sin(_ x: Plain) -> Plain { Plain(Double.sin(x.value)) }
  static func cos(_ x: Plain) -> Plain { Plain(Double.cos(x.value)) }
  static func atan2(y: Plain, x: Plain) -> Plain { Plain(Double.atan2(y: y.value, x: x.value)) }
  static func maximum(_ a: Plain, _ b: Plain) -> Plain { Plain(Double.maximum(a.value, b.value)) }
  static func absolute(_ x: Plain) -> Plain { Plain(Double.absolute(x.value)) }
  static func fma(_ a: Plain, _ b: Plain, _ c: Plain) -> Plain { Plain(Double.fma(a.value, b.value, c.value)) }
  static func select(_ ifTrue: Plain, _ ifFalse: Plain, where x: Plain, isLessThan y: Plain) -> Plain {
    x.value < y.value ? ifTrue : ifFalse
  }
  static func differenceOfProducts(_ a: Plain, _ b: Plain, _ c: Plain, _ d: Plain) -> Plain { a * b - c * d }
  static func balance(_ a: Plain, _ b: Plain) -> (scale: Plain, inverse: Plain) { (Plain(1), Plain(1)) }
}
