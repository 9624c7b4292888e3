import Datasets
import Results
import Sizes
import StudyRecords

/// The experiment `bottleneck` at each combination of training points and target scale, one after another.
struct BottleneckScalingStudy: Study {
  private let combinations: [BottleneckStudy]

  init(_ settings: BottleneckScalingSettings, on device: PlannedDevice) throws {
    try settings.checkAll()
    let loaded = try DataSource.parse(settings.bottleneck.data).load()
    combinations = try settings.combinations.map {
      try Bottleneck.checkedPlan($0, loaded: loaded, isTimed: true, on: device)
    }
  }

  var units: [BottleneckScalingUnit] { combinations.indices.flatMap { index in combinations[index].units.map { unit(index, $0) } } }

  /// One combination after another; the data of all are there from the start.
  var memory: Int {
    let data = combinations.map {
      MemoryNeed.data(0, points: $0.data.trainInputs.rows, features: $0.data.trainInputs.columns, outputs: $0.data.outputs)
    }
    return (Size(combinations.map(\.memory).max() ?? 0) + Size.sum(data)).value
  }
  var disk: Int { Size.sum(combinations.map { Size($0.disk) }).value }
  var dataChecksums: [String: String] { combinations.reduce(into: [:]) { $0.merge($1.dataChecksums) { own, _ in own } } }
  var dataNotes: [String] { combinations.first?.dataNotes ?? [] }
  var seeds: [String: UInt64] { combinations.first?.seeds ?? [:] }

  var summary: [String] {
    guard let first = combinations.first, let largest = combinations.max(by: { $0.settings.train < $1.settings.train }) else { return [] }
    let points = combinations.reduce(into: [Int]()) { if !$0.contains($1.settings.train) { $0.append($1.settings.train) } }
    let scales = combinations.filter { $0.settings.train == first.settings.train }.map { "\($0.settings.targetScale)" }
    let runs = combinations.reduce(0) { $0 + $1.units.count }
    return [
      "\(combinations.count) combinations of \(points.map(String.init).joined(separator: ", ")) training points "
        + "and target scales \(scales.joined(separator: ", ")), each chain in a lockstep of its own",
      "with most points: " + largest.summary[0],
    ] + largest.summary.dropFirst().dropLast()
      + ["\(runs) runs in all: about \(EstimatedTime.text(seconds: estimatedSeconds))"]
  }

  /// Waves of one combination after another.
  func waves(_ left: [BottleneckScalingUnit]) -> [[BottleneckScalingUnit]] {
    left.runs(of: \.combination).flatMap { combination, units in
      combinations[combination].waves(units.map(\.unit)).map { wave in wave.map { unit(combination, $0) } }
    }
  }

  func seconds(_ wave: [BottleneckScalingUnit]) -> Double { combinations[wave[0].combination].seconds(wave.map(\.unit)) }

  func isComplete(_ unit: BottleneckScalingUnit, _ end: Record, _ arrays: Set<String>) -> Bool {
    let prefix = unit.name + "-"
    let own = arrays.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    return combinations[unit.combination].isComplete(unit.unit, end, Set(own))
  }

  func run(_ wave: [BottleneckScalingUnit], _ run: StudyRun<BottleneckScalingUnit>) throws {
    let first = wave[0]
    defer { combinations[first.combination].diverged.tell(run.context.log) }
    let store = RunPart(
      of: run.context.store, name: first.name,
      fields: Record(BottleneckFields.points(first.points), BottleneckFields.scale(first.scale)))
    try combinations[first.combination].run(
      wave.map(\.unit), run.part(store, named: "\(first.points) points, scale \(first.scale)"))
  }

  private func unit(_ combination: Int, _ unit: BottleneckUnit) -> BottleneckScalingUnit {
    let settings = combinations[combination].settings
    return BottleneckScalingUnit(combination: combination, points: settings.train, scale: settings.targetScale, unit: unit)
  }
}

/// A run of `bottleneck` at one number of training points and one target scale.
struct BottleneckScalingUnit: StudyUnit {
  /// Place of the combination among those of the settings.
  let combination: Int
  let points: Int
  let scale: Double
  let unit: BottleneckUnit

  /// Beginning of the names of its arrays and checkpoints.
  var name: String { "points\(points)-scale\(scale.fileText)" }

  var key: String { "\(points) \(scale) \(unit.key)" }

  static func key(_ record: Record) -> String? {
    guard let points = record[BottleneckFields.points], let scale = record[BottleneckFields.scale] else { return nil }
    return BottleneckUnit.key(record).map { "\(points) \(scale) \($0)" }
  }
}
