import Synchronization

/// Adds up the operations of a `MeteredBackend` and the time of the parts of a computation.
public final class Meter: Sendable {
  private struct State {
    var profile = Profile()
    /// Paths of the part that is under way and of those around it.
    var paths: [Profile.Path] = [[]]
    /// The instant until which time has been given to a part.
    var mark = ContinuousClock.now

    /// Gives the time since the mark to the part that is under way.
    mutating func settle() {
      let now = ContinuousClock.now
      profile.parts[paths[paths.count - 1], default: (0, 0)].seconds += (now - mark) / .seconds(1)
      mark = now
    }
  }

  private let state = Mutex(State())

  /// What was added up since the start or the last `reset`.
  public var profile: Profile {
    state.withLock { state in
      state.settle()
      return state.profile
    }
  }

  /// Forgets everything; parts that are under way stay so.
  public func reset() {
    state.withLock { state in
      state.profile = Profile()
      state.mark = .now
    }
  }

  func begin(_ part: ProfilePart) {
    state.withLock { state in
      state.settle()
      let path = state.paths[state.paths.count - 1] + [part.name]
      state.paths.append(path)
      state.profile.parts[path, default: (0, 0)].calls += 1
    }
  }

  func end() {
    state.withLock { state in
      state.settle()
      state.paths.removeLast()
    }
  }

  func add(_ operation: String, _ precision: Precision?, seconds: Double, _ work: DeclaredWork) {
    state.withLock { state in
      let key = Profile.Operation(
        path: state.paths[state.paths.count - 1], name: operation, precision: precision, magnitude: work.magnitude)
      state.profile.operations[key, default: Profile.Total()].add(seconds: seconds, work)
    }
  }
}

extension Profile.Total {
  mutating func add(seconds: Double, _ work: DeclaredWork) {
    calls += 1
    self.seconds += seconds
    self.work += work
  }
}
