import Compute
import Foundation
import Synchronization

/// Tells on standard error that a device builds programs from source, which can take minutes in all: at the first one, and every ten
/// seconds from then on; on a terminal at each.
final class BuildNotice: Sendable {
  private struct State {
    var shown: ContinuousClock.Instant?
  }
  private let isLive = Terminal.hasLiveErrors
  private let state = Mutex(State())

  func tell(_ build: ProgramBuild) {
    if isLive {
      let text = build.isUnderWay ? "building the next" : "waiting for more"
      Terminal.show(
        passing: "OpenCL programs for \(build.device): \(build.built) built, \(Terminal.text(seconds: build.seconds)), \(text)")
      return
    }
    state.withLock { state in
      let now = ContinuousClock.now
      if let shown = state.shown {
        guard now - shown >= .seconds(10) else { return }
        Terminal.writeError("OpenCL programs for \(build.device): \(build.built) built in \(Terminal.text(seconds: build.seconds))")
      } else {
        Terminal.writeError("building OpenCL programs for \(build.device) (\(build.name)); they are kept for later commands")
      }
      state.shown = now
    }
  }
}
