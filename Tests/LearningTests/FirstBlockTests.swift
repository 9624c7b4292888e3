import BackendCatalog
import Compute
import Learning
import Matrices
import Networks
import Synchronization
import TestSupport
import Testing
import WideKernels

/// The first block's kernels, however they are kept and wherever they come from.
@Suite struct FirstBlockTests {
  private func inputs(_ points: Int, _ width: Int = 5, seed: UInt64 = 21) -> Matrix {
    Matrix(rows: points, columns: width, values: RandomStream(seed: seed, name: "inputs").normals(points * width))
  }

  private func program(_ activation: ActivationKind, layers: Int) -> CovarianceProgram {
    let hidden = Hidden(activation, weightVariance: 2, biasVariance: 0.1)
    return WideBlock(hidden: Array(repeating: hidden, count: layers), outputs: 1).program
  }

  /// More points than a stored block has, on every backend but the slow reference.
  @Test func productsAgreeInEveryStorage() throws {
    let points = KernelStorage.blockRows + 90
    let coefficients = RandomStream(seed: 22, name: "coefficients").normals(points * 3)
    let backends = BackendCatalog.all().compactMap { try? $0.backend.get() }.filter {
      $0.device.precisions.contains(.float64) && $0.device.backend != "reference"
    }
    #expect(!backends.isEmpty, "no backend but the reference")
    for backend in backends {
      let engine = try Engine(backend)
      let kernels = try ProgramKernels(program(.relu, layers: 2), inputs: inputs(points + 40), on: engine)
      for (rows, columns) in [(0..<points, 0..<points), (points..<points + 40, 0..<points)] {
        let c = try engine.tensor(coefficients, rows: points, columns: 3)
        func product(_ storage: KernelStorage, _ c: Tensor) throws -> Matrix {
          try engine.matrix(
            engine.copied(StoredKernel(kernels, rows: rows, columns: columns, storage: storage, on: engine).product(c)))
        }
        let expected = try product(.float64, c)
        let single = try product(.float64, engine.copied(c.columns(1..<2)))
        #expect(single.values == (0..<rows.count).map { expected[$0, 1] }, "a column depends on the others on \(backend.device.identifier)")
        for storage in KernelStorage.allCases {
          let got = try product(storage, c)
          // Sums of about 1100 terms of either sign, in another order, or with entries rounded to float32.
          let bound = storage == .float32 || storage == .packedFloat32 ? 1e-5 : 1e-13
          let error = Matrix.relativeDistance(got, expected)
          #expect(error <= bound, "\(storage) on \(backend.device.identifier): \(error)")
          if bound > 1e-10 { #expect(error > 0, "\(storage) is not float32") }
        }
      }
    }
  }

  /// A device with less room than it said gets a smaller form, which says so, and the same products.
  @Test func aDeviceOutOfMemoryKeepsLess() throws {
    let points = KernelStorage.blockRows + 90
    let cpu = try SmallProblem.engine()
    let whole = 8 * points * points
    for (room, expected) in [(whole, KernelStorage.float64), (whole - 1, .packed)] {
      let engine = try Engine(TightDevice(cpu.backend, room: room))
      let kernels = try ProgramKernels(program(.erf, layers: 1), inputs: inputs(points), on: engine)
      let first = try FirstBlock(kernels, trainCount: points, relativeJitter: 0, on: engine)
      #expect(first.storage == expected, "with \(room) bytes at most")
      let c = try engine.tensor([Double](repeating: 1, count: points), rows: points, columns: 1)
      let product = try engine.matrix(engine.copied(first.tangent.product(c)))
      let reference = try StoredKernel(
        ProgramKernels(program(.erf, layers: 1), inputs: inputs(points), on: cpu), rows: 0..<points, columns: 0..<points,
        storage: .float64, on: cpu)
      let error = try Matrix.relativeDistance(
        product,
        cpu.matrix(
          cpu.copied(reference.product(cpu.tensor(Matrix(rows: points, columns: 1, values: [Double](repeating: 1, count: points)))))))
      #expect(error < 1e-13, "\(expected): \(error)")
    }
    let tight = try Engine(TightDevice(cpu.backend, room: 1 << 20))
    let none = try FirstBlock(
      ProgramKernels(program(.erf, layers: 1), inputs: inputs(points), on: tight), trainCount: points, relativeJitter: 0, on: tight)
    #expect(none.storage == .recomputed)
    #expect(throws: ComputeError.self, "no block has room") { try none.largestTangentEigenvalue() }
  }

  @Test func drawsDoNotDependOnEachOther() throws {
    let engine = try SmallProblem.engine()
    let first = try FirstBlock(program(.erf, layers: 2), train: inputs(30), test: inputs(10, seed: 23), relativeJitter: 0, on: engine)
    let streams = (0..<3).map { RandomStream(seed: 24, name: "draw \($0)") }
    let together = try first.draw([(1, streams[0]), (20, streams[1]), (2, streams[2])])
    for (index, columns) in [1, 20, 2].enumerated() {
      let alone = try first.draw([(columns, streams[index])])[0]
      #expect(alone.train == together[index].train && alone.test == together[index].test, "draw \(index)")
    }
  }

  /// Points that coincide leave Q_0 without a factor; the message has a jitter that gives it one.
  @Test func theJitterThatIsNamedSuffices() throws {
    let engine = try SmallProblem.engine()
    var x = inputs(30)
    for row in 20..<30 { for column in 0..<x.columns { x[row, column] = x[row - 20, column] * (row % 2 == 0 ? 1 : 1 + 1e-9) } }
    func draw(_ jitter: Double) throws {
      let first = try FirstBlock(
        ProgramKernels(program(.relu, layers: 4), inputs: x, on: engine), trainCount: 20, relativeJitter: jitter, on: engine)
      _ = try first.draw([(1, RandomStream(seed: 25, name: "draw"))])
    }
    var named: Double?
    do { try draw(0) } catch LearningError.singularProcess(_, _, 0, let sufficient) {
      named = sufficient
      let text = LearningError.singularProcess(least: -1e-9, largest: 3, jitter: 0, sufficient: sufficient).description
      #expect(text.contains("--jitter") && text.contains("--preparation std") && !text.contains("float64"), "\(text)")
    }
    let jitter = try #require(named, "a singular kernel was factored")
    #expect(jitter < 1e-5, "\(jitter)")
    try draw(jitter)
  }

  /// A kernel from elsewhere, carried through further layers, is that of the whole network.
  @Test func continuedKernelsAreThoseOfTheComposedNetwork() throws {
    for (activation, bound) in [(ActivationKind.erf, 1e-12), (.relu, 1e-7)] {
      let engine = try SmallProblem.engine()
      let hidden = Hidden(activation, weightVariance: 2, biasVariance: 0.1)
      let network = Network(
        inputs: 5,
        blocks: [
          WideBlock(hidden: [hidden, hidden], outputs: 2, readoutBiasVariance: 0.3), WideBlock(hidden: [hidden], outputs: 3),
          WideBlock(hidden: [hidden, hidden], outputs: 1),
        ])
      let x = inputs(24)
      let own = try ProgramKernels(network.blocks[0].program, inputs: x, on: engine)
      let matrices = try KernelKind.allCases.reduce(into: [KernelKind: [Double]]()) {
        $0[$1] = try engine.read(own.block($1, rows: 0..<24, columns: 0..<24))
      }
      let given = GivenKernels(count: 24, on: engine) { kind, rows in
        Array((matrices[kind] ?? [])[rows.lowerBound * 24..<rows.upperBound * 24])
      }
      let continued = ContinuedKernels(
        ContinuedKernels(given, by: network.blocks[1].program, on: engine), by: network.blocks[2].program, on: engine)
      let whole = try ProgramKernels(network.composed.blocks[0].program, inputs: x, on: engine)
      for kind in KernelKind.allCases {
        for (rows, columns) in [(0..<24, 0..<24), (3..<9, 10..<24)] {
          let got = try engine.matrix(continued.block(kind, rows: rows, columns: columns))
          let error = try Matrix.relativeDistance(got, engine.matrix(whole.block(kind, rows: rows, columns: columns)))
          #expect(error < bound, "\(activation) \(kind) \(rows) \(columns): \(error)")
        }
        let (a, b) = (try continued.diagonal(kind), try whole.diagonal(kind))
        #expect(a.count == 24 && b.count == 24 && zip(a, b).allSatisfy { abs($0 - $1) < bound * $1 * 10 }, "\(activation) \(kind) diagonal")
      }
    }
  }

  /// A diagonal takes all rows of a kernel: it is read once, not for every block.
  @Test func blocksOfGivenKernelsDoNotReadTheDiagonalAgain() throws {
    let engine = try Engine(BackendCatalog.backend(named: "reference"))
    let reads = Mutex(0)
    let given = GivenKernels(count: 600, on: engine) { _, rows in
      reads.withLock { $0 += rows.count }
      return rows.flatMap { row in (0..<600).map { row == $0 ? 1 : 0.5 } }
    }
    let continued = ContinuedKernels(
      given, by: WideBlock(hidden: [Hidden(.relu, weightVariance: 2, biasVariance: 0)], outputs: 1).program, on: engine)
    let first = try continued.block(.nngp, rows: 0..<2, columns: 0..<600)
    #expect(reads.withLock { $0 } == 602)
    let again = try continued.block(.nngp, rows: 0..<2, columns: 0..<600)
    #expect(reads.withLock { $0 } == 604)
    #expect(try engine.read(first) == engine.read(again))
  }
}
