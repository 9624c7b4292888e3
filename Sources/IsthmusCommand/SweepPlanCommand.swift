import ArgumentParser
import Foundation
import PrintableText
import Results
import Sweeps

/// `isthmus sweep plan`.
struct SweepPlanCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "plan",
      abstract: "List the runs of a sweep with what they cost and how far they are; start nothing.",
      discussion: """
        Every run is planned as `isthmus run --plan` plans it. Where any cannot be made all of those are told, and the exit code is 1.

        Examples:
          isthmus sweep plan sweep.yaml
          isthmus sweep plan sweep.yaml --device cpu --workers 2 --json
        """)
  }

  @OptionGroup var options: SweepOptions
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let planned = try PlannedSweep(options, isSilent: json), states = planned.sweep.runs.map(\.state)
    let totals = SweepTotals(planned, states, workers: options.workers)
    if json { return Terminal.write(lines: SweepText.json(planned.sweep, states, totals).prettyText.trimmingLineFeed) }
    Terminal.endWithReader()
    Terminal.write(lines: SweepText.table(planned.sweep, states))
    Terminal.write(lines: totals.text(planned))
  }
}

/// What a sweep costs as a whole.
struct SweepTotals {
  /// Seconds of the runs that are not finished, one after the other.
  let work: Double
  /// Seconds of those on all workers.
  let seconds: Double
  /// Most bytes of as many runs as there are workers on a device, and of the results of all runs.
  let memory, disk: Int
  /// Workers on all devices.
  let workers: Int
  /// Numbers of runs by state.
  let states: [Sweep.Run.State: Int]

  init(_ planned: PlannedSweep, _ states: [Sweep.Run.State], workers: Int) {
    let runs = planned.sweep.runs
    let left = zip(runs, states).filter { $0.1 != .finished }.map(\.0)
    self.workers = workers * planned.devices.count
    work = left.reduce(0) { $0 + $1.seconds }
    seconds = max(work / Double(self.workers), left.map(\.seconds).max() ?? 0)
    memory = min(runs.map(\.memory).sorted(by: >).prefix(workers).reduce(0, +), planned.memory)
    disk = runs.reduce(0) { $0 + $1.disk }
    self.states = Dictionary(states.map { ($0, 1) }, uniquingKeysWith: +)
  }

  /// Lines for a person.
  func text(_ planned: PlannedSweep) -> String {
    let counts = Sweep.Run.State.allCases.compactMap { state in states[state].map { "\($0) \(state.rawValue)" } }.joined(separator: ", ")
    let of = planned.sweep.runs.count < planned.sweep.count ? " of \(planned.sweep.count)" : ""
    let places = planned.devices.map(\.identifier).joined(separator: ", ")
    let threads = planned.threads.map { " of \($0) thread\($0 == 1 ? "" : "s")" } ?? ""
    return """
      \(planned.sweep.runs.count)\(of) runs: \(counts)
      left: about \(Terminal.text(seconds: seconds)) on \(workers) worker\(workers == 1 ? "" : "s")\(threads) (\(places)), \
      \(Terminal.text(seconds: work)) of work
      at most about \(memory.byteText) of \(planned.memory.byteText) of memory; \(disk.byteText) of disk in \(planned.sweep.file.results)
      """
  }
}

/// How the runs of a sweep are listed.
enum SweepText {
  /// A row for each run, in as many columns as listings have.
  static func table(_ sweep: Sweep, _ states: [Sweep.Run.State]) -> String {
    let names = sweep.runs.first?.point.map(\.name) ?? []
    func table(_ shown: [String]) -> String {
      var table = TextTable(
        columns: [.init("run"), .init("id", .left)] + shown.map { .init($0) } + [.init("time"), .init("memory"), .init("state", .left)])
      for (run, state) in zip(sweep.runs, states) {
        let values = zip(names, run.point).filter { shown.contains($0.0) }.map { short($0.1.value) }
        let start = ["\(run.place)", run.id] + values
        table.append(start + [Terminal.text(seconds: run.seconds), run.memory.byteText, state.rawValue])
      }
      return table.text
    }
    var shown = names
    while !shown.isEmpty, table(shown).split(separator: "\n").contains(where: { $0.count > RunListingText.width }) { shown.removeLast() }
    let left = names.filter { !shown.contains($0) }
    return table(shown).trimmingLineFeed
      + (left.isEmpty ? "" : "\nnot shown for want of room: \(left.joined(separator: ", ")); --json has all")
  }

  private static func short(_ value: String) -> String { value.count > 30 ? value.prefix(29) + "…" : value }

  static func json(_ sweep: Sweep, _ states: [Sweep.Run.State], _ totals: SweepTotals) -> JSONValue {
    [
      "experiment": .string(sweep.file.experiment), "count": .integer(Int128(sweep.count)), "workers": .integer(Int128(totals.workers)),
      "work": .number(totals.work), "estimatedSeconds": .number(totals.seconds), "memory": .integer(Int128(totals.memory)),
      "disk": .integer(Int128(totals.disk)),
      "runs": .array(
        zip(sweep.runs, states).map { run, state in
          [
            "place": .integer(Int128(run.place)), "run": .string(run.id), "directory": .string(run.directory.path),
            "settings": .object(run.point.map { .init($0.name, .string($0.value)) }), "estimatedSeconds": .number(run.seconds),
            "memory": .integer(Int128(run.memory)), "disk": .integer(Int128(run.disk)), "state": .string(state.rawValue),
          ]
        }),
    ]
  }
}
