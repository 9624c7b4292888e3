import Compute
import ReferenceBackend
import Synchronization
import Testing
import WideKernels

@Suite struct EngineTests {
  private let program = CovarianceProgram(chain: [.affine(weightVariance: 1.5, biasVariance: 0.25), .activation(.relu)])

  private func expectShapeError(_ recorder: RecordingBackend, _ operation: String, _ body: () throws -> Void) {
    let before = recorder.operations
    do {
      try body()
      Issue.record("\(operation) accepted operands that do not fit")
    } catch ComputeError.shapeMismatch(let name, let expected, let got) {
      #expect(name.hasPrefix(operation), "\(name), expected \(expected), got \(got)")
    } catch {
      Issue.record("\(operation) threw \(error)")
    }
    #expect(recorder.operations == before, "\(operation) reached the backend before its operands were checked")
  }

  /// Before anything runs, and where there is no room for a single result.
  @Test func operandsThatDoNotFitAreRefusedBeforeAnythingElse() throws {
    let recorder = RecordingBackend()
    let (roomy, engine) = (try Engine(recorder), try Engine(recorder, memoryBudget: 0))
    func zeros(_ batch: Int, _ rows: Int, _ columns: Int) throws -> Tensor { try roomy.zeros(batch: batch, rows: rows, columns: columns) }
    let (x, y) = (try zeros(2, 4, 3), try zeros(2, 5, 3))

    expectShapeError(recorder, "gemm") { _ = try engine.gemm(x, y) }
    expectShapeError(recorder, "gemm") { try engine.gemm(GEMM(transposeB: true), x, y, into: zeros(2, 4, 4)) }
    expectShapeError(recorder, "gemm") { try engine.gemm(GEMM(transposeB: true), x, zeros(3, 5, 3), into: zeros(2, 4, 5)) }
    expectShapeError(recorder, "map") { _ = try engine.map(.sum, x) }
    expectShapeError(recorder, "map") { _ = try engine.map(.sum, x, y) }
    expectShapeError(recorder, "map") { _ = try engine.map(.square) }
    expectShapeError(recorder, "map") { _ = try engine.map(.sum, x, zeros(2, 4, 2)) }
    expectShapeError(recorder, "map") { try engine.map(.sum, [x, x], into: zeros(2, 4, 1)) }
    expectShapeError(recorder, "rows") { _ = try engine.rows(.sum, zeros(1, 3, 0)) }
    expectShapeError(recorder, "triangularSolve") { try engine.triangularSolve(TriangularSolve(), zeros(2, 4, 3), x) }
    expectShapeError(recorder, "triangularSolve") { try engine.triangularSolve(TriangularSolve(), zeros(2, 5, 5), x) }
    expectShapeError(recorder, "triangularSolve") { try engine.triangularSolve(TriangularSolve(), zeros(3, 4, 4), x) }
    expectShapeError(recorder, "kernel") { _ = try engine.kernel(program, x, zeros(2, 5, 4)) }
    expectShapeError(recorder, "kernel") { _ = try engine.kernel(program, x, zeros(1, 5, 3)) }
    expectShapeError(recorder, "kernel") { _ = try engine.kernel(program, zeros(1, 5, 0)) }
    expectShapeError(recorder, "kernel") {
      try engine.kernelPanels(program, zeros(1, 4, 3), zeros(1, 5, 4), nngp: true, ntk: true) { _, _, _ in }
    }

    let gram = try zeros(2, 4, 5)
    let (row, column) = (try zeros(2, 4, 1), try zeros(2, 5, 1))
    expectShapeError(recorder, "recursion") { _ = try engine.recursion(program, gram: gram, rowDiagonal: column, columnDiagonal: row) }
    expectShapeError(recorder, "recursion") {
      _ = try engine.recursion(program, gram: gram, rowDiagonal: row, columnDiagonal: column, isSymmetric: true)
    }
    expectShapeError(recorder, "pairedKernel") { _ = try engine.pairedKernel(.ntk, program, q12: gram, q11: row, q22: gram) }
    expectShapeError(recorder, "pairedKernel") { _ = try engine.pairedKernel(.ntk, program, q12: gram, q11: gram, q22: zeros(1, 4, 5)) }
    expectShapeError(recorder, "recursionVJP") {
      _ = try engine.recursionVJP(
        program, gram: gram, rowDiagonal: row, columnDiagonal: column, nngpCotangent: zeros(2, 5, 4), ntkCotangent: nil)
    }
    expectShapeError(recorder, "recursionVJP") {
      _ = try engine.recursionVJP(program, gram: gram, rowDiagonal: row, columnDiagonal: column, nngpCotangent: nil, ntkCotangent: nil)
    }

    func widePass(_ points: Tensor, _ centres: Tensor, _ counts: [Int]?, _ coefficients: Tensor) throws {
      _ = try engine.widePass(
        .ntk, program, points: points, centres: centres, centreCounts: counts, coefficients: coefficients, jacobian: true)
    }
    let coefficients = try zeros(2, 5, 2)
    expectShapeError(recorder, "widePass") { try widePass(x, zeros(2, 5, 4), nil, coefficients) }
    expectShapeError(recorder, "widePass") { try widePass(x, y, nil, zeros(2, 4, 2)) }
    expectShapeError(recorder, "widePass") { try widePass(x, y, nil, zeros(1, 5, 2)) }
    expectShapeError(recorder, "widePass") { try widePass(x, y, [5], coefficients) }
    expectShapeError(recorder, "widePass") { try widePass(x, y, [5, 6], coefficients) }
    expectShapeError(recorder, "widePass") { try widePass(x, y, [-1, 5], coefficients) }

    func featurePass(_ points: Tensor, _ weights: Tensor, _ biases: Tensor?, _ coefficients: Tensor) throws {
      _ = try engine.featurePass(
        .erf, points: points, weights: weights, biases: biases, coefficients: coefficients, jacobian: true)
    }
    expectShapeError(recorder, "featurePass") { try featurePass(x, zeros(2, 5, 4), nil, coefficients) }
    expectShapeError(recorder, "featurePass") { try featurePass(x, y, nil, zeros(2, 4, 2)) }
    expectShapeError(recorder, "featurePass") { try featurePass(x, y, nil, zeros(1, 5, 2)) }
    expectShapeError(recorder, "featurePass") { try featurePass(x, y, zeros(2, 1, 5), coefficients) }
    expectShapeError(recorder, "featurePass") { try featurePass(x, y, zeros(1, 5, 1), coefficients) }

    expectShapeError(recorder, "tensor") { _ = try engine.tensor([1, 2, 3], rows: 2, columns: 2) }
    expectShapeError(recorder, "write") { try engine.write([1], into: x) }
    expectShapeError(recorder, "empty") { _ = try engine.empty(rows: -1, columns: 2) }
  }

  @Test(arguments: KernelKind.allCases)
  func pairedKernelsAreKernelsOfSinglePairs(_ kind: KernelKind) throws {
    let engine = try Engine(ReferenceBackend())
    let covariances = try engine.tensor((0..<3 * 24).map { 0.5 + Double($0) / 16 }, rows: 6, columns: 12)
    let (q12, q11, q22) = (covariances.columns(0..<4), covariances.columns(4..<8), covariances.columns(8..<12))
    let pairs = try [q12, q11, q22].map { try engine.tensor(engine.read($0), batch: 24, rows: 1, columns: 1) }
    let single = try engine.recursion(program, gram: pairs[0], rowDiagonal: pairs[1], columnDiagonal: pairs[2])
    let expected = try engine.read(kind == .nngp ? single.nngp : single.ntk)
    // Views with gaps between their rows, and the same numbers without.
    let strided = try engine.pairedKernel(kind, program, q12: q12, q11: q11, q22: q22)
    let dense = try engine.pairedKernel(kind, program, q12: pairs[0], q11: pairs[1], q22: pairs[2])
    #expect(strided.shape == q12.shape && dense.shape == pairs[0].shape)
    #expect(try engine.read(strided) == expected && engine.read(dense) == expected)
    #expect(Set(expected).count == 24)
  }

  @Test func operandsOfAnotherPrecisionAreRefused() throws {
    let recorder = RecordingBackend()
    let (double, single) = (try Engine(recorder), try Engine(recorder, precision: .float32))
    let (a, b) = (try double.zeros(rows: 2, columns: 2), try single.zeros(rows: 2, columns: 2))
    #expect(throws: ComputeError.precisionMismatch(operation: "gemm", expected: .float64, got: .float32)) { try double.gemm(a, b) }
    #expect(throws: ComputeError.precisionMismatch(operation: "map", expected: .float32, got: .float64)) { try single.map(.square, a) }
    #expect(throws: ComputeError.precisionMismatch(operation: "kernel", expected: .float32, got: .float64)) {
      try single.kernel(program, a)
    }
    #expect(recorder.operations.isEmpty)
  }

  @Test func aPrecisionThatTheDeviceLacksIsRefused() {
    let recorder = RecordingBackend(precisions: [.float32])
    #expect(throws: ComputeError.unsupportedPrecision(device: recorder.device.name, precision: .float64)) { try Engine(recorder) }
  }

  @Test func anAllocationBeyondTheBudgetIsRefused() throws {
    let engine = try Engine(ReferenceBackend(), memoryBudget: 8 * 100)
    #expect(try engine.empty(rows: 10, columns: 10).count == 100)
    #expect(throws: ComputeError.budgetTooSmall(operation: "tensor [1, 101, 1]", neededBytes: 808, budgetBytes: 800)) {
      try engine.empty(rows: 101, columns: 1)
    }
  }

  @Test(arguments: [(1, Int.max, 2), (0, Int.max, 2), (Int.max, 2, 2), (1, Int.max / 4, 1), (Int.max, 0, Int.max)])
  func sizesBeyondAnIntAreRefused(_ batch: Int, _ rows: Int, _ columns: Int) throws {
    let engine = try Engine(RecordingBackend(), memoryBudget: .max)
    let error = ComputeError.budgetTooSmall(
      operation: "tensor [\(batch), \(rows), \(columns)]", neededBytes: .max, budgetBytes: .max)
    if rows > 0 {
      #expect(throws: error) { try engine.empty(batch: batch, rows: rows, columns: columns) }
      #expect(throws: error) { try engine.zeros(batch: batch, rows: rows, columns: columns) }
      #expect(throws: ComputeError.self) { try engine.tensor([1], batch: batch, rows: rows, columns: columns) }
    } else {
      #expect(try engine.empty(batch: batch, rows: rows, columns: columns).count == 0)
    }
  }

  @Test func aResultBeyondAnIntIsRefused() throws {
    let (engine, rows) = (try Engine(RecordingBackend(), memoryBudget: .max), Int.max / 2)
    let long = try engine.empty(rows: rows, columns: 0)
    let error = ComputeError.budgetTooSmall(operation: "tensor [1, \(rows), \(rows)]", neededBytes: .max, budgetBytes: .max)
    #expect(throws: error) { try engine.gemm(long, long, transposeB: true) }
  }

  @Test func anAllocationBeyondTheDevicesLargestIsRefused() throws {
    let engine = try Engine(RecordingBackend(largestAllocationBytes: 64))
    #expect(throws: ComputeError.self) { try engine.empty(rows: 9, columns: 1) }
    #expect(try engine.empty(rows: 8, columns: 1).count == 8)
  }

  @Test func panelsWithinABudgetMakeTheWholeKernel() throws {
    let values = RandomStream(seed: 4, name: "x").uniforms(23 * 3)
    let roomy = try Engine(ReferenceBackend())
    let x = try roomy.tensor(values, rows: 23, columns: 3)
    let whole = try roomy.kernel(program, x)
    let (nngp, ntk) = (try roomy.read(#require(whole.nngp)), try roomy.read(#require(whole.ntk)))

    let tight = try Engine(ReferenceBackend(), memoryBudget: 2 * 2 * 8 * 23 * 5)
    var panels: [Range<Int>] = []
    var (gathered, gatheredNTK): ([Double], [Double]) = ([], [])
    try tight.kernelPanels(program, tight.tensor(values, rows: 23, columns: 3), nil, nngp: true, ntk: true) { range, nngp, ntk in
      panels.append(range)
      gathered += try tight.read(#require(nngp))
      gatheredNTK += try tight.read(#require(ntk))
    }
    #expect(panels == [0..<5, 5..<10, 10..<15, 15..<20, 20..<23])
    // Diagonals come by another order of operations: γ_{w+2} and a few roundings of the layers.
    for (part, all) in [(gathered, nngp), (gatheredNTK, ntk)] {
      let errors = zip(part, all).map { abs($0 - $1) / $1 }
      let isClose = part.count == 23 * 23 && all.count == 23 * 23 && errors.allSatisfy { $0 <= 16 * Precision.float64.unitRoundoff }
      #expect(isClose, "seed 4: panels are off by \(errors.max() ?? .nan)")
    }

    let hopeless = try Engine(ReferenceBackend(), memoryBudget: 600)
    #expect(throws: ComputeError.self) {
      try hopeless.kernelPanels(program, hopeless.tensor(values, rows: 23, columns: 3), nil, nngp: true, ntk: true) { _, _, _ in }
    }
  }

  /// More numbers than are converted at a time, and a view whose rows do not follow each other.
  @Test func numbersGoToADeviceOfLessPrecisionAndBack() throws {
    let engine = try Engine(ReferenceBackend(), precision: .float32)
    let values = (0..<3 * 400_001).map { Double($0) + 0.3 }
    let tensor = try engine.tensor(values, rows: 3, columns: 400_001)
    #expect(try engine.read(tensor) == values.map { Double(Float($0)) })
    let parts = try engine.tensor(rows: 400_001, columns: 3) { rows in Array(values[3 * rows.lowerBound..<3 * rows.upperBound]) }
    #expect(parts.shape == (1, 400_001, 3))
    #expect(try engine.read(parts) == engine.read(tensor))
    #expect(throws: ComputeError.self) { try engine.tensor(rows: 2, columns: 3) { _ in [1] } }
    let view = tensor.columns(5..<7)
    try engine.write([1, 2, 3, 4, 5, 6.1], into: view)
    #expect(try engine.read(view) == [1, 2, 3, 4, 5, Double(Float(6.1))])
    let around = [400_004, 400_005, 400_008].map { Double(Float($0 + 0.3)) }
    #expect(try engine.read(tensor.rows(1..<2).columns(3..<8)) == [around[0], around[1], 3, 4, around[2]])
    var rows: [[Float]] = []
    try engine.forEachRows(of: view, byteCount: 16) { range, bytes in
      #expect(range.count * 8 == bytes.count && range.lowerBound == rows.count)
      let numbers = bytes.bindMemory(to: Float.self)
      for row in range.indices.map({ $0 - range.lowerBound }) { rows.append([numbers[2 * row], numbers[2 * row + 1]]) }
    }
    #expect(rows == [[1, 2], [3, 4], [5, 6.1]])
  }

  @Test func emptyShapesNeedNoDevice() throws {
    let recorder = RecordingBackend()
    let engine = try Engine(recorder)
    let none = try engine.zeros(rows: 0, columns: 3)
    #expect(try engine.read(engine.gemm(none, none, transposeB: true)) == [])
    #expect(try engine.kernel(program, none).nngp?.shapeText == "[1, 0, 0]")
    #expect(try engine.rows(.sum, none).shapeText == "[1, 0, 1]")
    #expect(try engine.normal(rows: 0, columns: 4, stream: RandomStream(seed: 1, name: "none")).count == 0)
    let noCentres = try engine.widePass(
      .ntk, program, points: none, centres: none, coefficients: engine.zeros(rows: 0, columns: 2), jacobian: true)
    #expect(noCentres.value.shapeText == "[1, 0, 2]" && noCentres.jacobian?.shapeText == "[1, 0, 6]")
    let noFeatures = try engine.featurePass(
      .erf, points: none, weights: none, biases: nil, coefficients: engine.zeros(rows: 0, columns: 2), jacobian: true)
    #expect(noFeatures.value.shapeText == "[1, 0, 2]" && noFeatures.jacobian?.shapeText == "[1, 0, 6]")
    #expect(recorder.operations.isEmpty)
    // A sum over nothing is 0.
    let product = try engine.gemm(engine.zeros(rows: 2, columns: 0), engine.zeros(rows: 0, columns: 2))
    #expect(try engine.read(product) == [0, 0, 0, 0])
  }

  @Test(arguments: Precision.allCases)
  func viewsReadAndWriteTheirOwnElementsAlone(precision: Precision) throws {
    let engine = try Engine(ReferenceBackend(), precision: precision)
    let numbers = (0..<2 * 5 * 7).map(Double.init)
    let tensor = try engine.tensor(numbers, batch: 2, rows: 5, columns: 7)
    let view = tensor.rows(1..<4).columns(2..<5)
    let starts = [9, 16, 23, 44, 51, 58]
    let expected = starts.flatMap { [Double($0), Double($0 + 1), Double($0 + 2)] }
    #expect(try engine.read(view) == expected)
    #expect(try engine.read(view.item(1)) == Array(expected[9...]))
    #expect(try engine.read(tensor.reshaped(rows: 10, columns: 7).rows(5..<10)) == Array(numbers[35...]))

    try engine.write([Double](repeating: -1, count: 18), into: view)
    let changed = try engine.read(tensor)
    for (index, value) in changed.enumerated() {
      let (row, column) = (index / 7 % 5, index % 7)
      #expect(value == ((1..<4).contains(row) && (2..<5).contains(column) ? -1 : numbers[index]))
    }
  }

  @Test func mapRepeatsWhateverAnInputHasOnce() throws {
    let engine = try Engine(ReferenceBackend())
    let slopes = try engine.tensor([2, 3], rows: 2, columns: 1)
    let jacobian = try engine.tensor([1, 10, 100, 1000, 1, 2, 3, 4, 5, 6, 7, 8], batch: 2, rows: 2, columns: 3)
    let product = try engine.map(.product, slopes, jacobian)
    #expect(product.shapeText == "[2, 2, 3]")
    #expect(try engine.read(product) == [2, 20, 200, 3000, 3, 6, 6, 8, 10, 18, 21, 24])
    let outer = try engine.map(.difference, slopes, engine.tensor([1, 5], rows: 1, columns: 2))
    #expect(try engine.read(outer) == [1, -3, 2, -2])
    let none = try engine.map(.sum, slopes.rows(0..<0), jacobian.rows(0..<1))
    #expect(none.shapeText == "[2, 0, 3]")
  }

  @Test func float32HoldsTheNearestNumbersAndConvertsBack() throws {
    let single = try Engine(ReferenceBackend(), precision: .float32)
    let values = [0.1, 1.0 / 3, 1e-40, -2.5, 16_777_217]
    let tensor = try single.tensor(values, rows: 1, columns: 5)
    #expect(try single.read(tensor) == values.map { Double(Float($0)) })
    let double = try single.with(precision: .float64).converted(tensor)
    #expect(double.precision == .float64)
    #expect(try single.with(precision: .float64).read(double) == values.map { Double(Float($0)) })
  }
}

/// The reference, with a record of the operations that reached it, and memory that is not-a-number at first.
final class RecordingBackend: BackendWrapper {
  let device: DeviceDescription
  let backend: any Backend = ReferenceBackend()
  private let record = Mutex<[String]>([])

  init(precisions: [Precision] = Precision.allCases, largestAllocationBytes: Int = 0) {
    device = DeviceDescription(
      backend: "recording", identifier: "recording", name: "Recording", driver: "", precisions: precisions,
      largestAllocationBytes: largestAllocationBytes)
  }

  var operations: [String] { record.withLock { $0 } }

  func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer {
    let buffer = try backend.allocate(byteCount: byteCount)
    let poison = [UInt8](repeating: 0xff, count: byteCount)
    var failure: ComputeError?
    poison.withUnsafeBytes { bytes in
      do throws(ComputeError) { try backend.copyIn(bytes, to: buffer, at: 0) } catch { failure = error }
    }
    if let failure { throw failure }
    return buffer
  }
  func perform(_ job: BackendJob) throws(ComputeError) {
    record.withLock { $0.append(job.operation.rawValue) }
    try backend.perform(job)
  }
}
