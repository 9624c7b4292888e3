import Foundation
import Sweeps

/// Shows a sweep under way on standard error: a line for each worker and one for the whole on a terminal, a line for every event elsewhere.
final class SweepView {
  private let isSilent: Bool
  private let workers: [SweepScheduler.Worker]
  private let count: Int
  private var done: Int
  private var failed = 0
  private var estimate: SweepTimeLeft
  private var lastShown: ContinuousClock.Instant?

  /// - Parameter done: runs that were finished before.
  init(jobs: [SweepScheduler.Job], done: Int, workers: [SweepScheduler.Worker], isSilent: Bool) {
    (self.done, self.workers, self.isSilent, count) = (done, workers, isSilent, done + jobs.count)
    estimate = SweepTimeLeft(jobs.map { ($0.id, $0.seconds) }, workers: workers.count)
  }

  func tell(_ event: SweepScheduler.Event) {
    switch event {
    case .started(let job, let worker, let attempt):
      let again = attempt > 1 ? ", attempt \(attempt)" : ""
      say("\(job.text): begins on \(workers[worker].device)\(again), about \(Terminal.text(seconds: job.seconds))")
    case .finished(let job, _, let seconds):
      done += 1
      estimate.finish(job.id, seconds: seconds)
      say("\(job.text): finished in \(Terminal.text(seconds: seconds)); \(whole)")
    case .failed(let job, _, let reason, let isTriedAgain, let log):
      if !isTriedAgain {
        failed += 1
        estimate.drop(job.id)
      }
      Terminal.writeError(
        "\(job.text): FAILED, \(reason); \(isTriedAgain ? "it is tried again" : "it is given up"); see \(log.relativePath)")
    case .elsewhere(let job): say("\(job.text): another process makes it; the sweep waits")
    case .stopping(let signal, let running):
      Terminal.writeError(
        "signal \(signal): \(running) \(running == 1 ? "run ends" : "runs end") after the step under way, when saved; "
          + "a second signal ends the sweep at once")
    }
  }

  func show(_ work: [(job: SweepScheduler.Job, seconds: Double)?]) {
    guard !isSilent, Terminal.hasLiveErrors, lastShown.map({ .now - $0 > .milliseconds(500) }) ?? true else { return }
    lastShown = .now
    let lines = zip(workers.indices, work).map { place, work in
      let head = "\(place + 1) \(workers[place].device)  "
      guard let work else { return head + "waits" }
      return head
        + "\(work.job.text)  \(Terminal.text(seconds: work.seconds)) of about \(Terminal.text(seconds: work.job.seconds * estimate.factor))"
    }
    Terminal.show(passing: lines + [whole])
  }

  func end() { Terminal.clearPassingLine() }

  private var whole: String {
    "\(done) of \(count) done" + (failed > 0 ? ", \(failed) failed" : "") + ", about \(Terminal.text(seconds: estimate.seconds)) left"
  }

  private func say(_ text: String) { if !isSilent { Terminal.writeError(text) } }
}
