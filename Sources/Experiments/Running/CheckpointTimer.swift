/// Says when a long computation is to be saved again: every two minutes, and where saving is slow, so rarely that it takes a twentieth.
struct CheckpointTimer {
  private var last = ContinuousClock.now
  private var cost = Duration.zero

  private var isDue: Bool { ContinuousClock.now - last > max(Duration.seconds(120), cost * 20) }

  /// Saves where that is due or asked for.
  ///
  /// - Throws: `RunStopped` after saving where the run is to end.
  mutating func stepEnded(_ context: RunContext, save: () throws -> Void) throws {
    if isDue { try measure(save) }
    try context.stepEnded { try measure(save) }
  }

  private mutating func measure(_ save: () throws -> Void) rethrows {
    let start = ContinuousClock.now
    try save()
    last = .now
    cost = last - start
  }
}
