import FiniteNetworks
import Results

/// Networks of one width on their way, in a checkpoint of the run.
struct LazyFeatureCheckpoint {
  /// The networks, in the order of their vectors.
  let networks: [LazyFeatureNetwork]
  let state: State
  /// The parameters and the vectors of the optimiser, by name.
  let content: Checkpoint

  /// Where the networks stand, beside their vectors.
  struct State: Codable {
    struct Member: Codable {
      var alpha: Double
      var draw: Int
    }
    var units: [Member]
    var clock: TrainingClock
    var trails: [LazyFeatureRecorder.Trail.Saved]
    var vectors: [String]
    /// Absent in checkpoints of an older version, which were written at a look.
    var untilLook: Int?
  }

  static func name(_ width: Int) -> String { "width-\(width)" }

  /// The one of a width; nil where there is none.
  static func read(_ width: Int, in store: any RunStore) throws -> LazyFeatureCheckpoint? {
    guard let content = try store.readCheckpoint(name(width)) else { return nil }
    let state: State = try content.state()
    let networks = state.units.map { LazyFeatureNetwork(width: width, alpha: $0.alpha, draw: $0.draw) }
    return LazyFeatureCheckpoint(networks: networks, state: state, content: content)
  }
}
