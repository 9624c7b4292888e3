import Compute
import Matrices
import Results
import StudyRecords

/// F of runs at chosen steps, as arrays of the run: `outputs-<run>-step<t>-train`, `-test`, and `-at-<digest>` at further points, each
/// `[points, outputs]` with the points in the order in which the data gave them.
struct SavedOutputs {
  /// F of one run at one step.
  struct Values {
    var train, test: Matrix
    /// F at the further points; nil for none.
    var further: Matrix?
  }

  private let steps: Set<Int>
  private let data: ChainData

  /// - Returns: nil where the settings ask for none.
  init?(_ settings: BottleneckSettings, _ data: ChainData) {
    guard settings.saveOutputs else { return nil }
    (steps, self.data) = (Set(settings.outputSteps.values), data)
  }

  /// Saves what the rows of the arrays are.
  func describe(in store: any RunStore) throws {
    let known = store.arrayNames
    for (name, matrix) in described where !known.contains("outputs-\(name)") {
      try store.writeArray("outputs-\(name)", matrix)
    }
  }

  /// Positions in the data, counted from 0, and targets; the further points as they were given.
  private var described: [(name: String, matrix: Matrix)] {
    func column(_ positions: [Int]) -> Matrix { Matrix(rows: positions.count, columns: 1, values: positions.map(Double.init)) }
    var described = [
      ("rows-train", column(data.positions.train)), ("rows-test", column(data.positions.test)), ("targets-train", data.trainTargets),
      ("targets-test", data.testTargets),
    ]
    if let further = data.further {
      let points = further.points
      described.append((furtherName(further, "points-"), Matrix(rows: points.count, columns: points.features, values: points.inputs)))
    }
    return described
  }

  private func furtherName(_ further: FurtherPoints, _ prefix: String = "") -> String { "\(prefix)at-\(further.digest)" }

  /// Whether F is to be saved at a step, if no run ends there.
  func isDue(_ step: Int) -> Bool { steps.contains(step) }

  /// Saves F of a run; nothing where it is infinite.
  func save(_ values: Values, of unit: BottleneckUnit, step: Int, in store: any RunStore) throws {
    guard values.train.isFinite, values.test.isFinite, values.further?.isFinite ?? true else { return }
    for (name, matrix) in zip(names(unit, step), [values.train, values.test, values.further].compactMap(\.self)) {
      try store.writeArray(name, matrix)
    }
  }

  /// Whether `arrays` have F at every step that is due up to `step`.
  func areKnown(_ unit: BottleneckUnit, to step: Int, among arrays: Set<String>) -> Bool {
    areKnown(unit, at: steps.filter { $0 <= step }, arrays)
  }

  /// Whether `arrays` have all of a run that ended.
  func areKnown(_ unit: BottleneckUnit, _ end: Record, among arrays: Set<String>) -> Bool {
    let last = end[BottleneckFields.steps] ?? 0
    guard [.finished, .converged].contains(end[BottleneckFields.status]) else {
      // Of a run that diverged in closed form nobody knows how far its numbers are finite.
      return areKnown(unit, at: steps.filter { $0 < (unit.chain.isInfinite ? 1 : last) }, arrays)
    }
    return areKnown(unit, at: steps.filter { $0 < last }.union([last]), arrays)
  }

  private func areKnown(_ unit: BottleneckUnit, at steps: Set<Int>, _ arrays: Set<String>) -> Bool {
    steps.allSatisfy { names(unit, $0).allSatisfy(arrays.contains) }
  }

  private func names(_ unit: BottleneckUnit, _ step: Int) -> [String] {
    let chain = unit.chain.text.replacing("/", with: "_")
    let rate = unit.rate.absolute.map { "rate\($0.fileText)" } ?? "kappa\(unit.rate.number.fileText)"
    return (["train", "test"] + [data.further.map { furtherName($0) }].compactMap(\.self)).map {
      "outputs-\(unit.comparison.rawValue)-\(chain)-\(rate)-draw\(unit.draw)-step\(step)-\($0)"
    }
  }
}
