import ArgumentParser
import Foundation
import PrintableText
import Results
import Subprocesses
import Sweeps

/// `isthmus sweep run`.
struct SweepRunCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "run",
      abstract: "Make the runs of a sweep that are not finished, on all chosen devices.",
      discussion: """
        Each run is `isthmus run` in a process of its own, the longest first; no more at a time than workers and memory allow. What a \
        run writes is in RESULTS/.sweeps/logs/RUN-ID.log. One that fails or is killed is told and tried again, and stops no other. \
        Runs that another process makes are waited for. Given again, the command makes what is missing.

        SIGINT, SIGTERM and SIGHUP go to the runs, which save and end; then the sweep ends with exit code 75. A second signal ends the \
        sweep at once, and its runs when they have saved. Exit code 1: runs failed. With --json standard output is that of \
        `isthmus sweep plan`, after the end, with `failed`.

        Examples:
          isthmus sweep run sweep.yaml
          isthmus sweep run sweep.yaml --device cpu --workers 2 --retries 0
          isthmus sweep run sweep.yaml --device opencl:0 --device opencl:1
        """)
  }

  @OptionGroup var options: SweepOptions
  @Option(help: "How often a run that failed is tried again.") var retries = 1
  @Flag(help: "No progress, no events; what failed and the end.") var quiet = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard 0...1000 ~= retries else { throw ValidationError("--retries: expected 0 to 1000, got '\(retries)'.") }
  }

  func run() throws {
    let isSilent = quiet || json, planned = try PlannedSweep(options, isSilent: isSilent), sweep = planned.sweep
    let before = sweep.runs.map(\.state)
    if !isSilent { Terminal.write(lines: SweepTotals(planned, before, workers: options.workers).text(planned)) }
    let open = zip(sweep.runs, before).filter { $0.1 != .finished }.map(\.0)
    let logs = try SweepFolder(results: sweep.file.results).logs
    let runs = Dictionary(uniqueKeysWithValues: open.map { ($0.id, $0) })
    let jobs = open.map {
      SweepScheduler.Job(id: $0.id, text: "run \($0.place) (\(SweepFile.text($0.point)))", seconds: $0.seconds, memory: $0.memory)
    }
    let workers = (0..<options.workers).flatMap { _ in
      planned.devices.map { SweepScheduler.Worker(device: $0.identifier, pool: $0.isGPU ? $0.identifier : "host") }
    }
    let scheduler = SweepScheduler(
      workers: workers, memory: planned.memory, retries: retries, logs: logs,
      program: { job, worker in program(job, worker, runs, planned) },
      standing: { job in
        switch runs[job.id]?.state {
        case .finished: .done
        case .running: .elsewhere
        default: .open
        }
      })
    let interruption = SweepInterruption()
    interruption.begin()
    let view = SweepView(jobs: jobs, done: sweep.runs.count - open.count, workers: workers, isSilent: isSilent)
    let outcome = scheduler.run(jobs, stop: { interruption.signal }, tell: { view.tell($0) }, tick: { view.show($0) })
    view.end()
    try conclude(planned, outcome)
  }

  /// `isthmus run` of one run, by this program itself.
  private func program(
    _ job: SweepScheduler.Job, _ worker: SweepScheduler.Worker, _ runs: [String: Sweep.Run], _ planned: PlannedSweep
  ) -> ChildProcess {
    let threads = planned.threads.map { ["--threads=\($0)"] } ?? []
    let place = ["--device=\(worker.device)", "--results=\(planned.sweep.file.results)", "--quiet", "--no-plots"]
    return ChildProcess(DriverProbe.executable, (runs[job.id]?.arguments ?? []) + place + threads)
  }

  private func conclude(_ planned: PlannedSweep, _ outcome: SweepScheduler.Outcome) throws {
    let sweep = planned.sweep, states = sweep.runs.map(\.state)
    let totals = SweepTotals(planned, states, workers: options.workers)
    if json {
      let members = SweepText.json(sweep, states, totals).members ?? []
      let failed = JSONValue.Member("failed", .array(outcome.failed.map { .string($0) }))
      Terminal.write(lines: JSONValue.object(members + [failed]).prettyText.trimmingLineFeed)
    } else {
      let finished = states.count { $0 == .finished }
      Terminal.write(
        "\(finished) of \(sweep.runs.count) runs are finished, \(outcome.failed.count) failed, \(outcome.left.count) left; "
          + "results: \(sweep.file.results)")
    }
    if outcome.signal != nil { throw ExitCode(EX_TEMPFAIL) }
    if !outcome.failed.isEmpty { throw ExitCode.failure }
  }
}
