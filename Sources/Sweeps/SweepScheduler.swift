import Foundation
import Subprocesses

/// Runs programs on workers, the longest first, as many at a time as workers and memory allow.
///
/// One that fails is tried again and stops no other. It has no thread of its own and knows nothing of experiments: what
/// a program is and how far its work is are asked for.
public struct SweepScheduler {
  /// A piece of work.
  public struct Job: Sendable {
    /// Name of the piece and of its log.
    public let id: String
    /// Description for people.
    public let text: String
    /// Estimated time.
    public let seconds: Double
    /// Bytes that it takes at most.
    public let memory: Int

    public init(id: String, text: String, seconds: Double, memory: Int) {
      (self.id, self.text, self.seconds, self.memory) = (id, text, seconds, memory)
    }
  }

  /// A place where one piece of work at a time is done.
  public struct Worker: Sendable {
    /// Device that computes.
    public let device: String
    /// Which of the memories that workers share is its.
    public let pool: String

    public init(device: String, pool: String) { (self.device, self.pool) = (device, pool) }
  }

  /// Where a piece of work stands, apart from this scheduler.
  public enum Standing: Sendable {
    /// Work to do, work that is done, and work that another process does now.
    case open, done, elsewhere
  }

  /// What happens, told in its order.
  public enum Event: Sendable {
    /// Work that begins on a worker, for which time.
    case started(Job, worker: Int, attempt: Int)
    /// Work that is done, with the seconds that it took.
    case finished(Job, worker: Int, seconds: Double)
    /// Work that failed: how it ended, whether it is tried again, and where its log is.
    case failed(Job, worker: Int, reason: String, isTriedAgain: Bool, log: URL)
    /// Work that another process does: waited for.
    case elsewhere(Job)
    /// A signal, passed on to so many programs.
    case stopping(Int32, running: Int)
  }

  /// End of a sweep: what became of its work.
  public struct Outcome: Equatable, Sendable {
    /// Pieces of work by what became of them; those left are neither done nor failed for good.
    public var done: [String] = [], failed: [String] = [], left: [String] = []
    /// The signal that ended it before its time.
    public var signal: Int32?

    /// Creates an end without a signal.
    package init(done: [String] = [], failed: [String] = [], left: [String] = []) {
      (self.done, self.failed, self.left) = (done, failed, left)
    }
  }

  /// Exit codes after which nothing is tried again: the command line was not understood.
  private static let hopeless: Set<Int32> = [64]

  private let workers: [Worker]
  private let memory: Int
  private let retries: Int
  private let logs: URL
  private let program: (Job, Worker) -> ChildProcess
  private let standing: (Job) -> Standing

  /// - Parameters:
  ///   - memory: bytes that the work of workers with one pool may take together.
  ///   - retries: how often work that failed is tried again.
  ///   - logs: folder for what programs write, a file for each piece of work; it is there.
  ///   - program: what does a piece of work on a worker.
  ///   - standing: asked before a piece of work begins, and after a program failed.
  public init(
    workers: [Worker], memory: Int, retries: Int, logs: URL, program: @escaping (Job, Worker) -> ChildProcess,
    standing: @escaping (Job) -> Standing
  ) {
    (self.workers, self.memory, self.retries, self.logs) = (workers, memory, retries, logs)
    (self.program, self.standing) = (program, standing)
  }

  private struct Running {
    let job: Job
    var process: StartedProcess
    let began: ContinuousClock.Instant
    /// Length of the log before.
    let logged: UInt64
  }

  /// Does the work. Returns when all of it is done, failed for good, or `stop` asked for the end and the programs have ended.
  ///
  /// - Parameters:
  ///   - stop: a signal to pass on, after which nothing more is started.
  ///   - tick: called about twenty times a second with the seconds that each worker's work has taken; nil for one without work.
  public func run(
    _ jobs: [Job], stop: () -> Int32?, tell: (Event) -> Void, tick: ([(job: Job, seconds: Double)?]) -> Void = { _ in }
  ) -> Outcome {
    var state = State(
      waiting: jobs.enumerated().sorted { ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset) }.map(\.element))
    state.running = workers.map { _ in nil }
    for job in state.waiting where job.memory > memory {
      fail(job, 0, "needs \(job.memory) bytes of memory of \(memory)", canHelp: false, &state, tell)
    }
    state.waiting.removeAll { $0.memory > memory }
    while true {
      if state.outcome.signal == nil, let signal = stop() {
        state.outcome.signal = signal
        let running = state.running.compactMap(\.self)
        tell(.stopping(signal, running: running.count))
        running.forEach { $0.process.send(signal) }
      }
      for worker in workers.indices { collect(worker, &state, tell) }
      if state.outcome.signal == nil { start(&state, tell) }
      let isIdle = state.running.allSatisfy { $0 == nil }
      if isIdle, state.waiting.isEmpty || state.outcome.signal != nil { break }
      tick(state.running.map { running in running.map { ($0.job, (.now - $0.began) / .seconds(1)) } })
      usleep(50_000)
    }
    state.outcome.left = state.waiting.map(\.id)
    return state.outcome
  }

  private struct State {
    var waiting: [Job]
    var running: [Running?] = []
    var attempts: [String: Int] = [:]
    /// Times at which work of other processes is looked at again.
    var nextLook: [String: ContinuousClock.Instant] = [:]
    var outcome = Outcome()

    init(waiting: [Job]) { self.waiting = waiting }
  }

  /// Begins what workers and memory allow.
  private func start(_ state: inout State, _ tell: (Event) -> Void) {
    for worker in workers.indices where state.running[worker] == nil {
      let used = workers.indices.filter { workers[$0].pool == workers[worker].pool }.reduce(0) { $0 + (state.running[$1]?.job.memory ?? 0) }
      while let place = state.waiting.firstIndex(where: {
        used + $0.memory <= memory && (state.nextLook[$0.id].map { $0 <= .now } ?? true)
      }) {
        let job = state.waiting[place]
        switch standing(job) {
        case .done:
          state.waiting.remove(at: place)
          state.outcome.done.append(job.id)
          continue
        case .elsewhere:
          if state.nextLook[job.id] == nil { tell(.elsewhere(job)) }
          state.nextLook[job.id] = .now + .seconds(1)
          continue
        case .open: break
        }
        state.waiting.remove(at: place)
        state.attempts[job.id, default: 0] += 1
        let log = log(job)
        do {
          let logged = (try? FileManager.default.attributesOfItem(atPath: log.path)[.size] as? UInt64) ?? 0
          let process = try program(job, workers[worker]).start(log: log.path)
          state.running[worker] = Running(job: job, process: process, began: .now, logged: logged)
          tell(.started(job, worker: worker, attempt: state.attempts[job.id] ?? 1))
          break
        } catch {
          fail(job, worker, "\(error)", canHelp: true, &state, tell)
        }
      }
    }
  }

  /// Looks whether the program of a worker has ended.
  private func collect(_ worker: Int, _ state: inout State, _ tell: (Event) -> Void) {
    guard var running = state.running[worker] else { return }
    let end = running.process.poll()
    state.running[worker] = running
    guard let end else { return }
    state.running[worker] = nil
    let job = running.job
    switch (end, state.outcome.signal) {
    case (.exit(0), _):
      state.outcome.done.append(job.id)
      tell(.finished(job, worker: worker, seconds: (.now - running.began) / .seconds(1)))
    case (_, _?): state.waiting.append(job)
    case (_, nil):
      switch standing(job) {
      // Another process was quicker to take it.
      case .elsewhere: state.waiting.append(job)
      case .done, .open:
        let tail = tail(job, from: running.logged)
        let code = if case .exit(let code) = end { code } else { Int32(-1) }
        fail(job, worker, Self.text(end) + (tail.isEmpty ? "" : ": \(tail)"), canHelp: !Self.hopeless.contains(code), &state, tell)
      }
    }
  }

  private func fail(_ job: Job, _ worker: Int, _ reason: String, canHelp: Bool, _ state: inout State, _ tell: (Event) -> Void) {
    let isTriedAgain = canHelp && (state.attempts[job.id] ?? 1) <= retries
    // At the end: what fails is not to keep others waiting.
    if isTriedAgain { state.waiting.append(job) } else { state.outcome.failed.append(job.id) }
    tell(.failed(job, worker: worker, reason: reason, isTriedAgain: isTriedAgain, log: log(job)))
  }

  private func log(_ job: Job) -> URL { logs.appending(path: "\(job.id).log") }

  /// The last lines that a program wrote.
  private func tail(_ job: Job, from start: UInt64) -> String {
    guard let file = try? FileHandle(forReadingFrom: log(job)), let end = try? file.seekToEnd(), end > start else { return "" }
    let most: UInt64 = 2000
    guard (try? file.seek(toOffset: max(start, end > most ? end - most : 0))) != nil, let data = try? file.readToEnd() else { return "" }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").suffix(3).joined(separator: " | ")
  }

  private static func text(_ end: ChildProcess.End) -> String {
    switch end {
    case .exit(let code): "ended with exit code \(code)"
    case .signal(SIGKILL): "was killed (signal 9), as systems do for want of memory"
    case .signal(let number): "was ended by signal \(number)"
    case .timeout: "took too long"
    }
  }
}
