import Compute
import Matrices

extension Lockstep {
  /// Where a lockstep stands: enough to go on with the same numbers.
  public struct State: Sendable {
    /// Steps made so far.
    public var step: Int
    /// Matrices of every active run, by name.
    public var runs: [Int: [String: Matrix]]

    public init(step: Int, runs: [Int: [String: Matrix]]) {
      self.step = step
      self.runs = runs
    }
  }

  /// The present state of the runs `wanted` (nil: all that are active).
  public func state(of wanted: Set<Int>? = nil) throws -> State {
    var states: [Int: [String: Matrix]] = [:]
    for run in active where wanted?.contains(run) ?? true {
      let (group, position) = place(of: run)
      var state = ["coefficients": try engine.matrix(engine.copied(columns(of: run, in: coefficients)))]
      if let velocities { state["velocities"] = try engine.matrix(engine.copied(columns(of: run, in: velocities))) }
      for (index, function) in groups[group].functions.enumerated() {
        for (name, matrix) in try function.state(of: position) { state["block/\(index + 1)/\(name)"] = matrix }
      }
      states[run] = state
    }
    return State(step: step, runs: states)
  }

  /// Goes on from `state`, which an equal lockstep gave; runs that it does not hold have ended.
  public func restore(_ state: State) throws {
    try remove(Set(active).subtracting(state.runs.keys))
    for run in active {
      let saved = state.runs[run] ?? [:]
      try restore(saved["coefficients"], "coefficients", into: columns(of: run, in: coefficients))
      if let velocities { try restore(saved["velocities"], "velocities", into: columns(of: run, in: velocities)) }
      let (group, position) = place(of: run)
      for index in groups[group].functions.indices {
        let prefix = "block/\(index + 1)/"
        let own = saved.filter { $0.key.hasPrefix(prefix) }.map { (String($0.key.dropFirst(prefix.count)), $0.value) }
        try groups[group].functions[index].restore(Dictionary(uniqueKeysWithValues: own), run: position)
      }
    }
    step = state.step
    try engine.part(.start) { try forward() }
  }

  private func restore(_ matrix: Matrix?, _ name: String, into target: Tensor) throws {
    guard let matrix, matrix.rows == target.rows, matrix.columns == target.columns else {
      throw LearningError.incompleteState(missing: name)
    }
    try engine.copy(engine.tensor(matrix), into: target)
  }

  private func columns(of run: Int, in matrix: Tensor) -> Tensor {
    var column = 0
    for group in groups {
      if let position = group.members.firstIndex(of: run) {
        let first = column + position * group.width
        return matrix.columns(first..<first + group.width)
      }
      column += group.columns
    }
    preconditionFailure("run \(run) has ended; active are \(active)")
  }
}
