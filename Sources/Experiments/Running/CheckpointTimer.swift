/// Says when a long computation is to be saved again: every two minutes, and where saving is slow, so rarely that it takes a twentieth.
struct CheckpointTimer {
  private var last = ContinuousClock.now
  private var cost = Duration.zero

  var isDue: Bool { ContinuousClock.now - last > max(Duration.seconds(120), cost * 20) }

  /// Saves by `body`.
  mutating func measure(_ body: () throws -> Void) rethrows {
    let start = ContinuousClock.now
    try body()
    last = .now
    cost = last - start
  }
}
