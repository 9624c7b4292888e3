import Compute
import FiniteNetworks
import Results

/// One measurement of some members on its way: the records of its parts that are done, and where the part under way stands. From a
/// checkpoint of both it goes on with the same numbers.
final class Measurement {
  /// Where a part stands after a step, besides its vectors.
  struct UnderWay: Codable {
    var step = 0
    var records: [Record] = []
    var values: [Double] = []
    var residuals: [Double] = []
    var calm = 0
  }

  private struct Saved: Codable {
    var members: [Int]
    var done: [[Record]] = []
    var underWay: UnderWay?
    /// Extents of every array.
    var shapes: [String: [Int]] = [:]
  }

  private let study: StudyRun<MultilinearityStudy.Unit>
  private let name: String
  private let checkpoint: String
  private var saved: Saved
  /// Arrays of the checkpoint from which this goes on.
  private var begun: Checkpoint?
  /// Vectors of parts that are done, which later ones need.
  private var kept: [String: Tensor] = [:]
  private var part = 0
  private var context: RunContext { study.context }

  init(_ members: [Int], name: String, checkpoint: String, _ study: StudyRun<MultilinearityStudy.Unit>) throws {
    (self.study, self.name, self.checkpoint) = (study, name, checkpoint)
    saved = Saved(members: members)
    guard let begun = try study.context.store.readCheckpoint(checkpoint) else { return }
    let state: Saved = try begun.state()
    guard state.members == members else { return }
    (self.begun, saved) = (begun, state)
    for name in state.shapes.keys where name.hasPrefix("kept/") { kept[String(name.dropFirst(5))] = try vector(name) }
  }

  /// The records of the next part: as they were saved, or by `body`, which is given where the part stands (nil at its begin).
  func part(_ body: (UnderWay?) throws -> [Record]) throws -> [Record] {
    defer { part += 1 }
    if part < saved.done.count { return saved.done[part] }
    let records = try body(saved.underWay)
    saved.done.append(records)
    (saved.underWay, begun) = (nil, nil)
    return records
  }

  /// A vector of the part that goes on.
  func vector(_ name: String) throws -> Tensor? {
    guard let begun, let shape = saved.shapes[name] else { return nil }
    return try begun.tensor(name, shape: shape, on: context.engine)
  }

  /// Runs a loop of steps, each of which ends with `stepped`.
  func steps<Value>(_ body: () throws -> Value) throws -> Value { try study.steps(body) }

  /// Reports a step of the part under way, and saves where that is due or asked for.
  ///
  /// - Parameter share: of this measurement that is done, from 0 to 1.
  func stepped(_ activity: String, share: Double, unit: String, _ underWay: UnderWay, vectors: [String: Tensor]) throws {
    try study.stepped("\(name): \(activity)", share: share, unit: unit) { try save(underWay, vectors) }
  }

  /// Keeps a vector for later parts.
  func keep(_ name: String, _ vector: Tensor) { kept[name] = vector }

  func keptVector(_ name: String) -> Tensor? { kept[name] }

  /// Runs a power iteration as the part under way, or the rest of it.
  func iterate(
    _ iteration: PowerIteration, from start: Tensor, _ underWay: UnderWay?, signs: [Double]? = nil, _ activity: String,
    share: (Int) -> Double, contract: (Tensor) throws -> Tensor
  ) throws -> PowerIteration.Result {
    let vectors = try vector("vectors")
    let begun = vectors.flatMap { vectors in
      underWay.map {
        PowerIteration.Result(values: $0.values, residuals: $0.residuals, vectors: vectors, iterations: $0.step, calm: $0.calm)
      }
    }
    return try steps {
      try iteration.run(
        from: vectors ?? start, begun: begun, signs: signs, on: context.engine,
        report: { result in
          try stepped(
            activity, share: share(result.iterations), unit: "iterations",
            UnderWay(step: result.iterations, values: result.values, residuals: result.residuals, calm: result.calm),
            vectors: ["vectors": result.vectors])
        }, contract: contract)
    }
  }

  /// What was measured is recorded.
  func finish() throws {
    try context.store.removeCheckpoint(checkpoint)
    study.finish()
  }

  private func save(_ underWay: UnderWay, _ vectors: [String: Tensor]) throws {
    var state = saved
    state.underWay = underWay
    var arrays: [String: CheckpointArray] = [:]
    for (name, vector) in kept.map({ ("kept/" + $0.key, $0.value) }) + vectors.map({ ($0.key, $0.value) }) {
      arrays[name] = try CheckpointArray(vector, on: context.engine)
      state.shapes[name] = vector.extents
    }
    try context.store.writeCheckpoint(checkpoint, Checkpoint(state: state, arrays: arrays))
  }
}
