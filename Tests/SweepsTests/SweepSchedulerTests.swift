import Foundation
import Subprocesses
import Sweeps
import Synchronization
import TestSupport
import Testing

/// Small programs of a shell in place of runs.
@Suite struct SweepSchedulerTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var path: String { folder.url.path }

  private func job(_ id: String, seconds: Double = 1, memory: Int = 1) -> SweepScheduler.Job {
    SweepScheduler.Job(id: id, text: id, seconds: seconds, memory: memory)
  }

  /// - Parameter script: of a piece of work, of which `$1` is the name.
  private func scheduler(
    _ script: String, workers: Int = 2, memory: Int = 100, retries: Int = 1,
    standing: @escaping (SweepScheduler.Job) -> SweepScheduler.Standing = { _ in .open }
  ) -> SweepScheduler {
    SweepScheduler(
      workers: (0..<workers).map { _ in .init(device: "cpu", pool: "host") }, memory: memory, retries: retries, logs: folder.url,
      program: { job, _ in
        var child = ChildProcess("sh", ["-c", script, "sh", job.id])
        child.folder = path
        return child
      }, standing: standing)
  }

  private func events(_ scheduler: SweepScheduler, _ jobs: [SweepScheduler.Job]) -> (SweepScheduler.Outcome, [String]) {
    var lines: [String] = []
    let outcome = scheduler.run(jobs, stop: { nil }) { event in
      switch event {
      case .started(let job, _, let attempt): lines.append("start \(job.id) \(attempt)")
      case .finished(let job, _, _): lines.append("end \(job.id)")
      case .failed(let job, _, let reason, let again, _): lines.append("fail \(job.id) \(again) \(reason)")
      case .elsewhere(let job): lines.append("elsewhere \(job.id)")
      case .stopping(let signal, let running): lines.append("stop \(signal) \(running)")
      }
    }
    return (outcome, lines)
  }

  @Test func theLongestBeginsFirstAndEveryOneIsDoneOnce() {
    let (outcome, lines) = events(
      scheduler("echo $1 >> done", workers: 1), [job("a", seconds: 1), job("b", seconds: 3), job("c", seconds: 2), job("d", seconds: 3)])
    #expect(lines.filter { $0.hasPrefix("start") } == ["start b 1", "start d 1", "start c 1", "start a 1"])
    #expect(
      outcome == .init(done: ["b", "d", "c", "a"]) && (try? String(contentsOfFile: "\(path)/done", encoding: .utf8)) == "b\nd\nc\na\n")
  }

  @Test func whatFailsIsTriedAgainAndStopsNoOther() {
    let (outcome, lines) = events(
      scheduler(
        "case $1 in once) mkdir tried 2>&1 && { echo first; exit 3; };; never) kill -KILL $$;; wrong) exit 64;; esac; exit 0", workers: 1),
      ["once", "never", "wrong", "good"].map { job($0) })
    #expect(Set(outcome.done) == ["once", "good"] && Set(outcome.failed) == ["never", "wrong"] && outcome.left.isEmpty)
    #expect(
      lines.contains("fail once true ended with exit code 3: first") && lines.contains("fail wrong false ended with exit code 64"),
      "\(lines)")
    #expect(lines.count { $0.hasPrefix("start never") } == 2 && lines.count { $0.hasPrefix("start wrong") } == 1, "\(lines)")
    #expect(lines.contains { $0.hasPrefix("fail never false was killed (signal 9)") }, "\(lines)")
  }

  /// Each notes who runs beside it.
  @Test func memoryBoundsWhatRunsAtATime() throws {
    let script = "touch run.$1; sleep 0.2; ls run.* | wc -l >> seen; rm run.$1"
    let (outcome, _) = events(scheduler(script, workers: 4, memory: 10), (0..<6).map { job("\($0)", memory: 5) } + [job("big", memory: 11)])
    #expect(outcome.done.count == 6 && outcome.failed == ["big"])
    let seen = try String(contentsOfFile: "\(path)/seen", encoding: .utf8).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
    #expect(seen.count == 6 && seen.max() == 2, "\(seen)")
  }

  @Test func aSignalIsPassedOnAndWhatIsLeftIsTold() {
    var polls = 0
    let stopped = scheduler("trap 'echo saved >> saved; exit 143' TERM; echo ready >> ready; while :; do sleep 0.05; done", workers: 2).run(
      ["a", "b", "c"].map { job($0) },
      stop: {
        polls += 1
        let ready = (try? String(contentsOfFile: "\(path)/ready", encoding: .utf8)) ?? ""
        return ready.split(separator: "\n").count == 2 ? SIGTERM : nil
      }, tell: { _ in })
    #expect(stopped.signal == SIGTERM && Set(stopped.left) == ["a", "b", "c"] && stopped.failed.isEmpty && polls > 1)
    #expect((try? String(contentsOfFile: "\(path)/saved", encoding: .utf8)) == "saved\nsaved\n")
  }

  @Test func whatOthersDoIsWaitedForAndWhatIsDoneIsNotBegun() {
    var looks = 0
    let (outcome, lines) = events(
      scheduler("echo $1 >> begun") { job in
        guard job.id == "other" else { return job.id == "ready" ? .done : .open }
        looks += 1
        return looks > 2 ? .done : .elsewhere
      }, ["other", "ready", "mine"].map { job($0) })
    #expect(Set(outcome.done) == ["other", "ready", "mine"] && lines.count { $0 == "elsewhere other" } == 1, "\(lines)")
    #expect((try? String(contentsOfFile: "\(path)/begun", encoding: .utf8)) == "mine\n")
  }

  @Test func aProgramThatIsNotThereFails() {
    let scheduler = SweepScheduler(
      workers: [.init(device: "cpu", pool: "host")], memory: 1, retries: 0, logs: folder.url,
      program: { _, _ in ChildProcess("/nowhere/at-all") },
      standing: { _ in .open })
    #expect(events(scheduler, [job("a")]).0 == .init(failed: ["a"]))
  }
}
