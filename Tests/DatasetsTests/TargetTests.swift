import Datasets
import Testing

@Suite struct TargetTests {
  private func selection(train: [Int]?, test: [Int]?, classes: Int = 3, values: Bool = false) throws -> SelectedData {
    func set(_ name: String, _ labels: [Int]?) throws -> Dataset {
      let count = labels?.count ?? 4
      return try Dataset(
        name: name, inputs: (0..<count).map(Double.init), features: 1, labels: labels,
        classNames: labels.map { _ in (0..<classes).map { "class \($0)" } },
        values: values ? (0..<2 * count).map { Double($0) / 2 } : nil, source: "test")
    }
    let (trainSet, testSet) = (try set("train", train), try set("test", test))
    return SelectedData(
      train: trainSet, test: testSet, trainIndices: Array(0..<trainSet.count), testIndices: Array(0..<testSet.count),
      isTestFromOwnSet: true)
  }

  @Test func parityIsPositiveForEvenClasses() throws {
    let targets = try TargetKind.parity.targets(for: selection(train: [0, 1, 2], test: [1, 2]), scale: 3)
    #expect(targets.train == [3, -3, 3])
    #expect(targets.test == [-3, 3])
    #expect(targets.outputs == 1)
    #expect(targets.trainClasses == [1, 0, 1])
    #expect(targets.classNames == ["odd", "even"])
    #expect(try targets.decision.errorRate(outputs: targets.test, classes: targets.testClasses) == 0)
    #expect(try targets.decision.errorRate(outputs: targets.test.map { -$0 }, classes: targets.testClasses) == 1)
  }

  @Test func oneHotIsCentredOnTheTrainingMean() throws {
    let targets = try TargetKind.onehot.targets(for: selection(train: [0, 0, 1, 0], test: [2]), scale: 2)
    #expect(targets.outputs == 3)
    #expect(targets.train == [0.5, -0.5, 0, 0.5, -0.5, 0, -1.5, 1.5, 0, 0.5, -0.5, 0])
    #expect(targets.test == [-1.5, -0.5, 2])
    #expect(targets.trainClasses == [0, 0, 1, 0])
    #expect(try targets.decision.errorRate(outputs: targets.train, classes: targets.trainClasses) == 0)
  }

  @Test func regressionScalesTheValues() throws {
    let targets = try TargetKind.regression.targets(for: selection(train: nil, test: nil, values: true), scale: 2)
    #expect(targets.outputs == 2)
    #expect(targets.train == (0..<8).map(Double.init))
    #expect(try targets.decision.errorRate(outputs: targets.train, classes: targets.trainClasses) == nil)
  }

  @Test func randomTargetsDependOnTheSeedOnly() throws {
    let long = try selection(train: [Int](repeating: 0, count: 3000), test: [Int](repeating: 0, count: 50))
    let short = try selection(train: [Int](repeating: 2, count: 10), test: [Int](repeating: 1, count: 50))
    for kind in [TargetKind.random, .randomClasses] {
      let targets = try kind.targets(for: long, scale: 0.5, seed: 8)
      #expect(try kind.targets(for: long, scale: 0.5, seed: 8).train == targets.train, "\(kind), seed 8")
      #expect(try kind.targets(for: long, scale: 0.5, seed: 9).train != targets.train, "\(kind), seeds 8 and 9")
      let fewer = try kind.targets(for: short, scale: 0.5, seed: 8)
      #expect(fewer.testClasses == targets.testClasses, "\(kind), seed 8")
      #expect(fewer.trainClasses == targets.trainClasses.map { Array($0[..<10]) }, "\(kind), seed 8")
      #expect(try targets.decision.errorRate(outputs: targets.train, classes: targets.trainClasses) == 0, "\(kind), seed 8")
      let classes = kind == .random ? 2 : 3
      #expect(targets.classCount == classes)
      let counts = (0..<classes).map { label in (targets.trainClasses ?? []).count { $0 == label } }
      // Binomial: five standard deviations, at most 27.4 each.
      #expect(counts.allSatisfy { abs($0 - 3000 / classes) < 137 }, "\(kind), seed 8: \(counts)")
    }
    let signs = try TargetKind.random.targets(for: long, scale: 0.5, seed: 8)
    #expect(Set(signs.train) == [0.5, -0.5])
  }

  @Test func whatTheDataLackIsReported() throws {
    let unlabelled = try selection(train: nil, test: nil)
    for kind in [TargetKind.parity, .onehot, .randomClasses] {
      #expect(throws: DatasetError.noLabels(name: "train", target: kind.rawValue, reason: nil)) { try kind.targets(for: unlabelled) }
    }
    #expect(throws: DatasetError.noValues(name: "train", target: "regression")) {
      try TargetKind.regression.targets(for: selection(train: [0], test: [0]))
    }
    for scale in [0, -1, Double.nan, .infinity] {
      #expect {
        _ = try TargetKind.random.targets(for: unlabelled, scale: scale)
      } throws: { error in
        if case .invalidParameter("target scale", "\(scale)", _) = error as? DatasetError { true } else { false }
      }
    }
  }

  @Test func tiesCountAsGuesses() throws {
    #expect(try Decision.sign.errorRate(outputs: [0, 0, 1, -1], classes: [0, 1, 1, 1]) == 0.5)
    #expect(try Decision.argmax.errorRate(outputs: [0, 0, 0, 0], classes: [2]) == 0.75)
    #expect(try Decision.argmax.errorRate(outputs: [1, 1, 0, 1, 0, 0], classes: [2, 0]) == 0.5)
    #expect(try Decision.none.errorRate(outputs: [1], classes: [0]) == nil)
    #expect(try Decision.sign.errorRate(outputs: [1], classes: nil) == nil)
  }

  @Test func errorRatesOfWrongOutputsAreRefused() {
    #expect(throws: DatasetError.countMismatch(first: "classes", firstCount: 2, second: "outputs", secondCount: 3)) {
      try Decision.argmax.errorRate(outputs: [1, 2, 3], classes: [0, 1])
    }
    #expect(throws: DatasetError.countMismatch(first: "classes", firstCount: 0, second: "outputs", secondCount: 0)) {
      try Decision.sign.errorRate(outputs: [], classes: [])
    }
    #expect(throws: DatasetError.notFinite(name: "outputs", row: 1, column: 0)) {
      try Decision.argmax.errorRate(outputs: [1, 2, .nan, 0], classes: [0, 1])
    }
    #expect(throws: DatasetError.labelOutOfRange(name: "classes", index: 0, label: 2, classCount: 2)) {
      try Decision.argmax.errorRate(outputs: [1, 2], classes: [2])
    }
  }
}
