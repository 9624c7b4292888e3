import Datasets
import Testing

@Suite struct PreparationTests {
  private func selection(_ train: [Double], _ test: [Double], features: Int) throws -> SelectedData {
    let trainSet = try Dataset(name: "train", inputs: train, features: features, source: "test")
    let testSet = try Dataset(name: "test", inputs: test, features: features, source: "test")
    return SelectedData(
      train: trainSet, test: testSet, trainIndices: Array(0..<trainSet.count), testIndices: Array(0..<testSet.count),
      isTestFromOwnSet: true)
  }

  @Test func rawLeavesEveryNumber() throws {
    let prepared = try InputPreparation.raw.prepare(selection([0, 0, 1, 2], [5, 6], features: 2))
    #expect(prepared.train == [0, 0, 1, 2])
    #expect(prepared.test == [5, 6])
    #expect(prepared.mean == [0, 0])
  }

  @Test func normScalesToTheRootOfTheFeatures() throws {
    let prepared = try InputPreparation.norm.prepare(selection([3, 0, 0, 4], [0, -7], features: 2))
    let root = 2.0.squareRoot()
    #expect(prepared.train == [root, 0, 0, root])
    #expect(prepared.test == [0, -root])
  }

  @Test func stdCentresOnTheTrainingMeanThenScales() throws {
    // Mean (1, 2); centred (-1, -2), (1, 2), test (3, -4); each of norm sqrt(2) afterwards.
    let prepared = try InputPreparation.std.prepare(selection([0, 0, 2, 4], [4, -2], features: 2))
    #expect(prepared.mean == [1, 2])
    let (short, long) = ((2.0 / 5).squareRoot(), 2.0.squareRoot() / 5)
    let expected: [Double] = [-short, -2 * short, short, 2 * short, 3 * long, -4 * long]
    let errors = zip(prepared.train + prepared.test, expected).map { abs($0 - $1) }
    // Four operations with one rounding each on numbers below 2.
    #expect(prepared.train.count == 4 && prepared.test.count == 2 && errors.allSatisfy { $0 <= 8 * Double.ulpOfOne }, "off by \(errors)")
  }

  @Test(arguments: [InputPreparation.std, .norm]) func everyDigitHasNormEight(preparation: InputPreparation) throws {
    let chosen = try Split(train: 500, test: 1000, seed: 2).select(from: DataSource.digits.load())
    let prepared = try preparation.prepare(chosen)
    let inputs = prepared.train + prepared.test
    let worst = stride(from: 0, to: inputs.count, by: 64).map { start in
      abs(inputs[start..<start + 64].reduce(0) { $0 + $1 * $1 } - 64)
    }.max()
    // The sum of 64 squares is 64 with an error of at most about (64 + 4) roundings, Higham sec. 3.1.
    #expect(try #require(worst) <= 68 * 64 * Double.ulpOfOne)
    // Directions: the first point is a positive multiple of what went in, less the mean.
    let original = zip(chosen.train.inputs, prepared.mean).map { $0 - $1 }
    let cosine = zip(original, inputs[..<64]).reduce(0) { $0 + $1.0 * $1.1 } / (8 * original.reduce(0) { $0 + $1 * $1 }.squareRoot())
    #expect(abs(cosine - 1) < 1e-14)
    #expect((prepared.mean.max() ?? 0 > 1) == (preparation == .std))
  }

  @Test func theTestSetDoesNotMoveTheMean() throws {
    let first = try InputPreparation.std.prepare(selection([1, 5, 3, 1], [9, 9], features: 2))
    let second = try InputPreparation.std.prepare(selection([1, 5, 3, 1], [-4, 0, 2, 2], features: 2))
    #expect(first.train == second.train)
    #expect(first.mean == [2, 3])
  }

  @Test func anInputWithoutDirectionIsRefused() throws {
    #expect(throws: DatasetError.zeroInput(name: "train", index: 1, line: nil, preparation: "norm")) {
      try InputPreparation.norm.prepare(selection([1, 2, 0, 0], [1, 1], features: 2))
    }
    #expect(throws: DatasetError.zeroInput(name: "test", index: 0, line: nil, preparation: "std")) {
      try InputPreparation.std.prepare(selection([0, 0, 2, 2], [1, 1], features: 2))
    }
    // Equal inputs: their rounded mean differs from them by rounding only.
    let equal = [[Double]](repeating: [0.1, 0.7, 0.3], count: 7).flatMap { $0 }
    #expect(throws: DatasetError.zeroInput(name: "train", index: 0, line: nil, preparation: "std")) {
      try InputPreparation.std.prepare(selection(equal, [1, 1, 2], features: 3))
    }
    #expect(throws: DatasetError.notFinite(name: "train, centred", row: 0, column: 0)) {
      try InputPreparation.std.prepare(selection([1.7e308, 1.7e308], [1], features: 1))
    }
  }

  @Test func sizesAtTheEndsOfTheRangeAreScaled() throws {
    let prepared = try InputPreparation.norm.prepare(selection([3e-300, 4e-300], [-3e300, 4e300], features: 2))
    let expected = [0.6, 0.8, -0.6, 0.8].map { $0 * 2.0.squareRoot() }
    let errors = zip(prepared.train + prepared.test, expected).map { abs($0 - $1) }
    #expect(prepared.train.count == 2 && prepared.test.count == 2 && errors.allSatisfy { $0 <= 8 * Double.ulpOfOne }, "off by \(errors)")
  }
}
