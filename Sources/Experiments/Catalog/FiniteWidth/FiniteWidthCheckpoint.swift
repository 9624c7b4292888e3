import FiniteNetworks
import Learning
import LimitComparisons
import Matrices
import Results

/// Where the draws of a wave were left, in a checkpoint of the run.
struct FiniteWidthCheckpoint {
  private let wave: [FiniteWidthUnit]
  private let store: any RunStore

  /// - Parameter wave: draws of one network at one width.
  init(_ wave: [FiniteWidthUnit], _ store: any RunStore) { (self.wave, self.store) = (wave, store) }

  private struct Saved: Codable {
    /// Numbers of the draws that advanced together.
    var numbers: [Int]
    var draws: [LimitComparison.Draw]
    var step: Int
    /// Extents of the matrices of the lockstep, by run and name.
    var shapes: [Int: [String: [Int]]]
  }

  private var name: String { "draws-\(wave[0].chain)-\(wave[0].width)" }

  /// The saved state; nil where there is none, or one of other draws.
  func read() throws -> LimitComparison.State? {
    guard let checkpoint = try store.readCheckpoint(name) else { return nil }
    let saved: Saved = try checkpoint.state()
    guard saved.numbers == wave.map(\.draw) else { return nil }
    func values(_ name: String) -> [Double] { checkpoint.arrays[name]?.values ?? [] }
    var runs: [Int: [String: Matrix]] = [:]
    for (run, shapes) in saved.shapes {
      runs[run] = [:]
      for (name, shape) in shapes {
        runs[run]?[name] = try checkpoint.matrix("limit/\(run)/\(name)", shape: shape)
      }
    }
    return LimitComparison.State(
      draws: saved.draws, limits: Lockstep.State(step: saved.step, runs: runs), parameters: values("parameters"), frozen: values("frozen"))
  }

  func write(_ state: LimitComparison.State) throws {
    var arrays = [
      "parameters": CheckpointArray(shape: [state.parameters.count], state.parameters),
      "frozen": CheckpointArray(shape: [state.frozen.count], state.frozen),
    ]
    for (run, matrices) in state.limits.runs {
      for (name, matrix) in matrices { arrays["limit/\(run)/\(name)"] = CheckpointArray(matrix) }
    }
    let shapes = state.limits.runs.mapValues { $0.mapValues { [$0.rows, $0.columns] } }
    let saved = Saved(numbers: wave.map(\.draw), draws: state.draws, step: state.limits.step, shapes: shapes)
    try store.synchronise()
    try store.writeCheckpoint(name, Checkpoint(state: saved, arrays: arrays))
  }

  func remove() throws { try store.removeCheckpoint(name) }
}
