import Datasets
import Testing

@Suite struct InterleavedClassesTests {
  /// Three classes of 3, 2 and 4 points, two of them in a test set of its own.
  private func data() throws -> LoadedData {
    let train = try Dataset(
      name: "train", inputs: (0..<14).map { Double($0 * $0 % 11) }, features: 2, labels: [0, 1, 2, 2, 0, 2, 1], source: "test")
    let test = try Dataset(name: "test", inputs: [5, 7, -3, 2], features: 2, labels: [2, 0], source: "test")
    return try LoadedData(train: train, test: test)
  }

  @Test func classesComeInTurnUntilTheSmallestEnds() throws {
    let all = try InterleavedClasses(data(), seed: 1)
    #expect(all.count == 6)
    #expect(all.signs == [-1, 1, -1, -1, 1, -1])
    #expect(try all.inputs(0..<6) == InterleavedClasses(data(), seed: 1).inputs(0..<6))
    #expect(try (2..<9).contains { try all.inputs(0..<6) != InterleavedClasses(data(), seed: $0).inputs(0..<6) })
  }

  @Test func pointsAreCentredByTheWholeSetAndScaled() throws {
    let data = try data()
    let all = try InterleavedClasses(data, seed: 1)
    let raw = data.train.inputs + (data.test?.inputs ?? [])
    let mean = (0..<2).map { feature in (0..<9).reduce(0) { $0 + raw[2 * $1 + feature] } / 9 }
    let inputs = try all.inputs(0..<6)
    for position in 0..<6 {
      let (x, y) = (inputs[2 * position], inputs[2 * position + 1])
      #expect(abs((x * x + y * y) - 2) < 1e-14)
      // The direction is that of one of the points of its class.
      let label = position % 3
      let labels = (data.train.labels ?? []) + (data.test?.labels ?? [])
      let matches = labels.indices.filter { index in
        let (u, v) = (raw[2 * index] - mean[0], raw[2 * index + 1] - mean[1])
        return labels[index] == label && abs(x * v - y * u) < 1e-12 && x * u + y * v > 0
      }
      #expect(!matches.isEmpty, "position \(position)")
      let own = try all.inputs(position..<position + 1, isPrepared: false)
      #expect(matches.contains { raw[2 * $0] == own[0] && raw[2 * $0 + 1] == own[1] })
    }
  }

  @Test func tooManyPointsAndMissingLabelsAreRefused() throws {
    let all = try InterleavedClasses(data(), seed: 1)
    #expect(throws: DatasetError.self) { try all.inputs(0..<7) }
    let unlabelled = try Dataset(name: "values", inputs: [1, 2], features: 1, values: [1, 2], source: "test")
    #expect(throws: DatasetError.self) { try InterleavedClasses(LoadedData(train: unlabelled), seed: 1) }
  }
}
