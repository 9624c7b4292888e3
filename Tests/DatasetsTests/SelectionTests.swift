import Datasets
import Foundation
import Testing

@Suite struct SelectionTests {
  @Test func theGeneratorAndTheOrderAreThoseOfTheirSources() {
    // Reference values of splitmix64.c for seed 1234567; the order from an independent program for seed 1.
    var random = SplitMix64(seed: 1_234_567)
    let expected: [UInt64] = [
      6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423, 4_593_380_528_125_082_431,
      16_408_922_859_458_223_821,
    ]
    #expect((0..<5).map { _ in random.next() } == expected)
    var ordering = SplitMix64(seed: 1)
    #expect(ordering.permutation(10) == [5, 7, 9, 6, 3, 8, 2, 0, 1, 4])
    var none = SplitMix64(seed: 1)
    #expect(none.permutation(0).isEmpty)
    #expect(none.permutation(1) == [0])
  }

  @Test func everyOrderOfThreeIsEquallyLikely() {
    var random = SplitMix64(seed: 3)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<6000 { counts[random.permutation(3), default: 0] += 1 }
    // Chi squared with 5 degrees of freedom exceeds 20.5 with probability 0.001.
    let chiSquared = counts.values.reduce(0.0) { $0 + pow(Double($1) - 1000, 2) / 1000 }
    #expect(counts.count == 6 && chiSquared < 20.5, "seed 3: \(counts)")
  }

  @Test func aSplitIsDeterminedByItsSeedAndDisjoint() throws {
    let data = try LoadedData(train: countingSet(100))
    let split = try Split(train: 30, test: 50, seed: 9)
    let chosen = try split.select(from: data)
    #expect(try split.select(from: data).trainIndices == chosen.trainIndices)
    #expect(Set(chosen.trainIndices + chosen.testIndices).count == 80)
    #expect(chosen.train.values == chosen.trainIndices.map(Double.init))
    #expect(chosen.test.labels == chosen.testIndices.map { $0 % 3 })
    #expect(chosen.test.inputs[4] == Double(chosen.testIndices[1] + 1))
    #expect(try Split(train: 30, test: 50, seed: 10).select(from: data).trainIndices != chosen.trainIndices)
    #expect(Array(try Split(train: 40, test: 1, seed: 9).select(from: data).trainIndices[..<30]) == chosen.trainIndices)
    #expect(try JSONDecoder().decode(Split.self, from: JSONEncoder().encode(split)) == split)
  }

  @Test func theSourcesOwnTestSetIsUsed() throws {
    let data = try LoadedData(train: countingSet(20, name: "train"), test: countingSet(15, name: "test"))
    let chosen = try Split(train: 20, test: 15, seed: 4).select(from: data)
    #expect(chosen.isTestFromOwnSet)
    #expect(chosen.test.name == "test")
    #expect(chosen.testIndices.sorted() == Array(0..<15))
    // More training points leave the test points as they are.
    #expect(try Split(train: 5, test: 15, seed: 4).select(from: data).testIndices == chosen.testIndices)
  }

  @Test func theFilesOrderTakesPointsFromTheFront() throws {
    let one = try LoadedData(train: countingSet(20))
    for seed in [0, 9] as [UInt64] {
      let chosen = try Split(train: 5, test: 7, seed: seed, order: .file).select(from: one)
      #expect(chosen.trainIndices == Array(0..<5))
      #expect(chosen.testIndices == Array(5..<12), "those after the training points")
      #expect(chosen.test.values == (5..<12).map(Double.init))
    }
    let two = try LoadedData(train: countingSet(20, name: "train"), test: countingSet(15, name: "test"))
    let chosen = try Split(train: 20, test: 7, seed: 9, order: .file).select(from: two)
    #expect(chosen.trainIndices == Array(0..<20))
    #expect(chosen.testIndices == Array(0..<7), "the first of their own set")
    #expect(chosen.test.name == "test")
    #expect(throws: DatasetError.tooManyPoints(name: "counting", requested: 4, available: 3, reason: " left beside 17 training points")) {
      try Split(train: 17, test: 4, seed: 0, order: .file).select(from: one)
    }
  }

  @Test func pointsAreShuffledUnlessAskedOtherwise() throws {
    // By an independent program of the shuffle: seed 9 for the training set, stream 1 of it for the test set.
    let data = try LoadedData(train: countingSet(10), test: countingSet(10))
    let chosen = try Split(train: 10, test: 10, seed: 9).select(from: data)
    #expect(chosen.trainIndices == [6, 7, 4, 8, 5, 2, 3, 9, 0, 1])
    #expect(chosen.testIndices == [4, 5, 0, 2, 7, 1, 6, 9, 3, 8])
    let decoded = try JSONDecoder().decode(Split.self, from: Data(#"{"train": 10, "test": 10, "seed": 9}"#.utf8))
    #expect(try decoded == Split(train: 10, test: 10, seed: 9, order: .shuffled))
    for order in PointOrder.allCases {
      let split = try Split(train: 1, test: 2, seed: 3, order: order)
      #expect(try JSONDecoder().decode(Split.self, from: JSONEncoder().encode(split)) == split)
    }
  }

  @Test func impossibleCountsAreRefused() throws {
    for (train, test, wrong) in [(0, 5, "training"), (-1, 5, "training"), (5, 0, "test"), (5, -3, "test")] {
      #expect(
        throws: DatasetError.invalidParameter(
          name: "number of \(wrong) points", value: "\(wrong == "test" ? test : train)", expected: "at least 1")
      ) { try Split(train: train, test: test, seed: 0) }
    }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Split.self, from: Data(#"{"train": 0, "test": 1, "seed": 0}"#.utf8))
    }
    let one = try LoadedData(train: countingSet(10))
    #expect(throws: DatasetError.tooManyPoints(name: "counting", requested: 11, available: 10, reason: "")) {
      try Split(train: 11, test: 1, seed: 0).select(from: one)
    }
    #expect(throws: DatasetError.tooManyPoints(name: "counting", requested: 4, available: 3, reason: " left beside 7 training points")) {
      try Split(train: 7, test: 4, seed: 0).select(from: one)
    }
    let two = try LoadedData(train: countingSet(10), test: countingSet(3, name: "own"))
    #expect(throws: DatasetError.tooManyPoints(name: "own", requested: 4, available: 3, reason: "")) {
      try Split(train: 7, test: 4, seed: 0).select(from: two)
    }
  }

  @Test func aDatasetIsAlwaysValid() throws {
    func set(
      _ inputs: [Double], features: Int = 2, shape: ImageShape? = nil, labels: [Int]? = nil, names: [String]? = nil, values: [Double]? = nil
    )
      throws(DatasetError) -> Dataset
    {
      try Dataset(
        name: "set", inputs: inputs, features: features, imageShape: shape, labels: labels, classNames: names, values: values,
        source: "test")
    }
    #expect(throws: DatasetError.noPoints(name: "set")) { try set([]) }
    #expect(throws: DatasetError.notFinite(name: "set", row: 1, column: 0)) { try set([1, 2, .nan, 4]) }
    #expect(throws: DatasetError.notFinite(name: "set: values", row: 0, column: 1)) { try set([1, 2], values: [1, .infinity]) }
    #expect(throws: DatasetError.countMismatch(first: "set: inputs", firstCount: 1, second: "labels", secondCount: 2)) {
      try set([1, 2], labels: [1, 2])
    }
    #expect(throws: DatasetError.countMismatch(first: "set: inputs", firstCount: 2, second: "values", secondCount: 3)) {
      try set([1, 2, 3, 4], values: [1, 2, 3])
    }
    #expect(throws: DatasetError.labelOutOfRange(name: "set", index: 0, label: 2, classCount: 2)) {
      try set([1, 2], labels: [2], names: ["a", "b"])
    }
    #expect(throws: DatasetError.labelOutOfRange(name: "set", index: 0, label: -1, classCount: 65536)) { try set([1, 2], labels: [-1]) }
    #expect(throws: DatasetError.shapeMismatch(first: "set: image", firstShape: [1, 1, 3], second: "inputs", secondShape: [2])) {
      try set([1, 2], shape: ImageShape(channels: 1, height: 1, width: 3))
    }
    #expect(throws: DatasetError.invalidParameter(name: "set: features", value: "0", expected: "at least 1")) { try set([1], features: 0) }
    #expect(throws: DatasetError.invalidParameter(name: "set: inputs", value: "3 numbers", expected: "a multiple of 2 features")) {
      try set([1, 2, 3])
    }
    #expect(throws: DatasetError.invalidParameter(name: "index of a point of set", value: "1", expected: "0...0")) {
      try set([1, 2]).subset([1])
    }
  }
}
