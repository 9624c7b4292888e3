import Compute
import ReferenceBackend
import Testing

@Suite struct RowTests {
  private func numbers(_ engine: Engine, batch: Int = 2, rows: Int = 4, columns: Int = 3) throws -> Tensor {
    try engine.tensor((0..<batch * rows * columns).map { 0.1 * Double($0 + 1) }, batch: batch, rows: rows, columns: columns)
  }

  @Test func gatherAndScatterOfAnOrderUndoEachOther() throws {
    let engine = try Engine(ReferenceBackend())
    let x = try numbers(engine)
    let values = try engine.read(x)
    let gathered = try engine.gather(x, rows: [3, 0, 3, 1])
    #expect(gathered.shapeText == "[2, 4, 3]")
    let order = [3, 0, 3, 1, 7, 4, 7, 5]
    #expect(try engine.read(gathered) == order.flatMap { values[3 * $0..<3 * $0 + 3] })

    let target = try engine.tensor([Double](repeating: -1, count: 2 * 5 * 3), batch: 2, rows: 5, columns: 3)
    try engine.scatter(x, into: target, rows: [4, 2, 0, 1])
    #expect(try engine.read(engine.gather(target, rows: [4, 2, 0, 1])) == values)
    #expect(try engine.read(target.rows(3..<4)) == [-1, -1, -1, -1, -1, -1])
  }

  @Test(arguments: Precision.allCases)
  func copiesTakeTensorsOfEitherPrecision(precision: Precision) throws {
    let engine = try Engine(ReferenceBackend(), precision: precision)
    let (double, single) = (try engine.with(precision: .float64), try engine.with(precision: .float32))
    let x = try numbers(double)
    let rounded = try double.read(x).map { Double(Float($0)) }
    let y = try single.zeros(batch: 2, rows: 4, columns: 3)
    try engine.copy(x, into: y)
    #expect(try engine.read(y) == rounded)
    #expect(try engine.gather(x, rows: [1]).precision == .float64)
    #expect(try engine.gather(y, rows: [1]).precision == .float32)
    try engine.scatter(y, into: x, rows: [0, 1, 2, 3])
    #expect(try engine.read(x) == rounded)
    #expect(try engine.read(engine.converted(x)) == rounded)
    #expect(try engine.converted(y).precision == precision)
  }

  @Test func rowsThatDoNotExistAreRefused() throws {
    let recorder = RecordingBackend()
    let engine = try Engine(recorder)
    let x = try numbers(engine)
    #expect(throws: ComputeError.indexOutOfRange(operation: "gather", index: 4, count: 4)) { try engine.gather(x, rows: [0, 4]) }
    #expect(throws: ComputeError.indexOutOfRange(operation: "gather", index: -1, count: 4)) { try engine.gather(x, rows: [-1]) }
    #expect(throws: ComputeError.indexOutOfRange(operation: "scatter", index: 4, count: 4)) {
      try engine.scatter(x, into: x, rows: [0, 1, 2, 4])
    }
    #expect(throws: ComputeError.repeatedIndex(operation: "scatter", index: 2)) { try engine.scatter(x, into: x, rows: [2, 1, 0, 2]) }
    #expect(throws: ComputeError.self) { try engine.scatter(x, into: x, rows: [0, 1]) }
    #expect(throws: ComputeError.self) { try engine.scatter(x.columns(0..<2), into: x, rows: [0, 1, 2, 3]) }
    #expect(throws: ComputeError.self) { try engine.scatter(x.item(0), into: x, rows: [0, 1, 2, 3]) }
    #expect(throws: ComputeError.shapeMismatch(operation: "copy", expected: "[2, 4, 3]", got: "[2, 3, 3]")) {
      try engine.copy(x.rows(0..<3), into: x)
    }
    #expect(recorder.operations.isEmpty)
    #expect(try engine.gather(x, rows: []).shapeText == "[2, 0, 3]")
    #expect(recorder.operations.isEmpty, "no rows, no work")
  }

  @Test func aDeviceOfOnePrecisionNeverSeesTheOther() throws {
    let engine = try Engine(RecordingBackend(precisions: [.float32]), precision: .float32)
    let x = try numbers(engine)
    #expect(try engine.read(engine.converted(x)) == engine.read(x))
    #expect(try engine.gather(x, rows: [2]).precision == .float32)
  }

  /// Sizes around the block of zeros that is uploaded.
  @Test(arguments: [(1, 1 << 16), (1, (1 << 16) + 1), (3, (1 << 16) - 1), (2, 1 << 16), (1000, 331)])
  func zerosAreZerosWhateverTheMemoryHeld(_ rows: Int, _ columns: Int) throws {
    let recorder = RecordingBackend()
    let engine = try Engine(recorder)
    let x = try engine.zeros(rows: rows, columns: columns)
    let isZero = try engine.read(x) == [Double](repeating: 0, count: rows * columns)
    #expect(isZero)
    #expect(recorder.operations.isEmpty == (rows * columns <= 1 << 16))
  }
}
