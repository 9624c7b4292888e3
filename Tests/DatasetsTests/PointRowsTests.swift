import Datasets
import Testing

/// Points as their file has them, and those of a training set alone.
@Suite struct PointRowsTests {
  @Test(arguments: NumPyArray.Precision.allCases) func rowsOfAFileAreItsNumbers(_ precision: NumPyArray.Precision) throws {
    let directory = try TemporaryDirectory()
    let numbers = (0..<24).map { Double(Float(0.3 * Double($0))) }
    let array = try NumPyArray(shape: [4, 2, 3], elements: numbers)
    let rows = try PointRows(contentsOf: directory.write("x.npy", array.encoded(as: precision)))
    #expect(rows.shape == [4, 2, 3] && rows.count == 4 && rows.width == 6)
    #expect(rows[0..<4] == numbers)
    #expect(rows[1..<3] == Array(numbers[6..<18]))
    #expect(rows[2..<2] == [])
    #expect(rows.firstNotFinite == nil)
  }

  /// At the ends of the blocks that are looked at at a time, too.
  @Test(arguments: [0, 3, 1020, 1023, 1024, 2499], [Double.nan, .infinity, -.infinity])
  func theFirstNumberThatIsNoneIsFound(_ position: Int, _ number: Double) throws {
    var numbers = (0..<2500).map { Double($0) * 1e300 }
    for place in [position, 2499] { numbers[place] = number }
    let found = try #require(PointRows(numbers, width: 10).firstNotFinite)
    #expect(found.row == position / 10 && found.column == position % 10 && !found.number.isFinite)
    let floats = numbers.map { $0.isFinite ? Float(1) : Float($0) }
    #expect(PointStorage.floats(floats).firstNotFinite == position)
  }

  @Test(arguments: PointOrder.allCases) func trainingPointsAloneAreThoseOfASplit(_ order: PointOrder) throws {
    let data = try DataSource.digits.load()
    let selected = try Split(train: 30, test: 7, seed: 5, order: order).select(from: data)
    let (points, positions) = try data.trainingPoints(30, seed: 5, order: order)
    #expect(positions == selected.trainIndices && points.inputs == selected.train.inputs && points.labels == selected.train.labels)
    #expect(try data.trainingPoints(seed: 5, order: order).positions.sorted() == Array(0..<data.train.count))
    let prepared = try InputPreparation.std.prepare(points, indices: positions)
    #expect(try prepared == InputPreparation.std.prepare(selected).train)
    #expect(throws: DatasetError.self) { try data.trainingPoints(0, seed: 5, order: order) }
    #expect(throws: DatasetError.self) { try data.trainingPoints(data.train.count + 1, seed: 5, order: order) }
  }
}
