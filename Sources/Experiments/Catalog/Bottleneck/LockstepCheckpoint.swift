import Learning
import Matrices
import Results

/// A saved wave of runs: where each stands, and what it began as.
package struct LockstepCheckpoint {
  /// Name of the file; waves of one set of runs are numbered.
  let name: String
  let index: Int
  /// Steps that the runs have made.
  package let step: Int
  /// Keys of the units.
  var units: Set<String> { Set(saved.units.map(\.key)) }
  private let saved: Saved
  private let content: Checkpoint

  private struct Saved: Codable {
    var step: Int
    var units: [Unit]
    var starts: [String: Start]
    /// Extents of each array.
    var shapes: [String: [Int]]

    struct Unit: Codable {
      var key: String
      var hasTwin: Bool
    }
    struct Start: Codable {
      var eigenvalue: Double?
    }
  }

  /// Waves of one set of runs at most.
  private static let mostWaves = 100

  /// The checkpoints of the waves called `name-0`, `name-1`, ….
  package static func all(of name: String, in store: any RunStore) throws -> [LockstepCheckpoint] {
    try (0..<mostWaves).compactMap { index in
      try store.readCheckpoint(waveName(name, index)).map { try LockstepCheckpoint(name, index, $0) }
    }
  }

  /// The first number after those of `checkpoints`.
  static func next(_ checkpoints: [LockstepCheckpoint]) -> Int { (checkpoints.map(\.index).max() ?? -1) + 1 }

  static func waveName(_ name: String, _ index: Int) -> String { "\(name)-\(index)" }

  private init(_ name: String, _ index: Int, _ content: Checkpoint) throws {
    self.name = Self.waveName(name, index)
    self.index = index
    self.content = content
    saved = try content.state()
    step = saved.step
  }

  func holdsTwin(of unit: BottleneckUnit) -> Bool { saved.units.contains { $0.key == unit.key && $0.hasTwin } }

  /// g_0 of the start `name`; nil where it was saved without what it is at these further points.
  func start(_ name: String, _ further: FurtherPoints?) throws -> FirstValues? {
    let place = further.map { Self.place(name, $0) }
    if let place, saved.shapes[place] == nil { return nil }
    return FirstValues(
      train: try matrix("start/\(name)/train"), test: try matrix("start/\(name)/test"),
      further: try place.map { try matrix($0) } ?? Matrix(zeros: 0, 0))
  }

  /// Largest eigenvalue of Θ_F / N of the start `name`.
  func eigenvalue(_ name: String) -> Double? { saved.starts[name]?.eigenvalue }

  private static func place(_ name: String, _ further: FurtherPoints) -> String { "start/\(name)/at-\(further.digest)" }

  /// The state of a lockstep of `units` with these twins.
  func state(for units: [BottleneckUnit], twins: [Int: Int]) throws -> Lockstep.State {
    var runs: [Int: [String: Matrix]] = [:]
    for (index, unit) in units.enumerated() {
      runs[index] = try matrices("unit/\(unit.key)/")
      if let twin = twins[index] { runs[twin] = try matrices("twin/\(unit.key)/") }
    }
    return Lockstep.State(step: saved.step, runs: runs)
  }

  static func write(
    _ name: String, _ lockstep: Lockstep, units: [(number: Int, unit: BottleneckUnit)], twins: [Int: Int],
    starts: [String: LockstepWave.Start], further: FurtherPoints?, in store: any RunStore
  ) throws {
    let state = try lockstep.state()
    var arrays: [String: CheckpointArray] = [:]
    func add(_ prefix: String, _ matrices: [String: Matrix]) {
      for (name, matrix) in matrices { arrays[prefix + name] = CheckpointArray(matrix) }
    }
    var savedStarts: [String: Saved.Start] = [:]
    for (number, unit) in units {
      add("unit/\(unit.key)/", state.runs[number] ?? [:])
      if let twin = twins[number] { add("twin/\(unit.key)/", state.runs[twin] ?? [:]) }
      guard savedStarts[unit.startName] == nil, let start = starts[unit.startName] else { continue }
      savedStarts[unit.startName] = Saved.Start(eigenvalue: start.eigenvalue)
      add("start/\(unit.startName)/", ["train": start.functions.train, "test": start.functions.test])
      if let further { add(place(unit.startName, further), ["": start.functions.further]) }
    }
    let saved = Saved(
      step: state.step, units: units.map { Saved.Unit(key: $0.unit.key, hasTwin: twins[$0.number] != nil) }, starts: savedStarts,
      shapes: arrays.mapValues(\.shape))
    try store.writeCheckpoint(name, Checkpoint(state: saved, arrays: arrays))
  }

  private func matrix(_ name: String) throws -> Matrix { try content.matrix(name, shape: saved.shapes[name] ?? [0, 0]) }

  private func matrices(_ prefix: String) throws -> [String: Matrix] {
    var matrices: [String: Matrix] = [:]
    for name in saved.shapes.keys where name.hasPrefix(prefix) { matrices[String(name.dropFirst(prefix.count))] = try matrix(name) }
    return matrices
  }
}
