import Foundation
import Results
import TestSupport
import Testing

/// Runs as a person names, chooses, orders and reads them.
@Suite struct RunChoiceTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (seed, width, list) in [(1, "8", "1,2,inf"), (2, "16", "2"), (10, "16", "1, inf")] {
      try add("demo", ["seed": .integer(Int128(seed)), "width": .string(width), "list": .string(list), "theta": .null])
    }
    try add("other", ["seed": 1, "rate": 0.5, "weight-variance": 2.25])
  }

  private func add(_ experiment: String, _ settings: JSONValue) throws {
    var description = try RunDescription(experiment: experiment, identity: settings, parameters: settings)
    description.device = "cpu: x"
    try ResultsStore.open(description, in: folder.url).finish()
  }

  private var runs: [RunSummary] { RunListing.runs(in: folder.url).sorted(by: "seed").sorted(by: "experiment") }

  @Test(arguments: [
    ("seed=1", [1, 1]), ("seed!=1", [2, 10]), ("seed>1", [2, 10]), ("seed>=2", [2, 10]), ("seed<2", [1, 1]), ("seed<=2", [1, 2, 1]),
    ("seed=1.0", [1, 1]), ("width>8", [2, 10]), ("width=16", [2, 10]), ("rate<1", [1]), ("rate=5e-1", [1]), ("list=2", [2]),
    ("list~2", [1, 2]), ("list~inf", [1, 10]), ("list~in", []), ("list>0", [2]), ("theta=null", [1, 2, 10]), ("experiment=other", [1]),
    ("state=finished", [1, 2, 10, 1]), ("state!=finished", []), ("started>=2000", [1, 2, 10, 1]), ("started<2000-01", []),
    ("records=0", [1, 2, 10, 1]), ("device=cpu: x", [1, 2, 10, 1]), ("rate!=0.4", [1]),
  ])
  func conditionsChoose(_ condition: String, _ seeds: [Int]) throws {
    let condition = try RunCondition(condition)
    #expect(runs.filter { condition.holds(for: $0) }.map { $0["seed"] } == seeds.map { .integer(Int128($0)) })
    try runs.check([condition.name])
  }

  @Test(arguments: ["", "seed", "=1", "seed=", "seed 1", "<3"]) func unclearConditionsAreRefused(_ text: String) throws {
    #expect(throws: ResultsError.unclearCondition(text)) { try RunCondition(text) }
  }

  @Test func anUnknownNameIsRefusedWithTheKnownOnes() {
    let error = #expect(throws: ResultsError.self) { try runs.check(["seed", "sede"]) }
    #expect("\(String(describing: error))".contains("'sede'") && "\(String(describing: error))".contains("weight-variance"))
    #expect(throws: Never.self) { try [RunSummary]().check(["sede"]) }
  }

  @Test func ordersPutNumbersByTheirSize() {
    let demo = RunListing.runs(in: folder.url, experiment: "demo")
    #expect(demo.sorted(by: "seed").map { $0["seed"] } == [1, 2, 10])
    #expect(demo.sorted(by: "width").map { $0["width"] } == ["8", "16", "16"])
    #expect(runs.sorted(by: "rate").first?.experiment == "other", "those without it come last")
  }

  @Test func aRunIsFoundByTheBeginningOfItsID() throws {
    let run = runs[0]
    func find(_ text: String) throws -> String { try RunListing.directory(of: text, in: folder.url).path }
    for text in [run.run, "demo/\(run.run)", String(run.run.prefix(11)), "demo/\(run.run.prefix(11))", run.directory.path] {
      #expect(try find(text) == run.directory.path, "\(text)")
    }
    #expect(throws: ResultsError.noSuchRun("xyz", results: folder.url.relativePath)) { try find("xyz") }
    #expect(throws: ResultsError.notARun(directory: folder.url.path)) { try find(folder.url.path) }
    let all = runs.filter { $0.experiment == "demo" }.map { "demo/\($0.run)" }
    let error = #expect(throws: ResultsError.self) { try find("demo/") }
    guard case .ambiguousRun("demo/", let meant) = error else {
      Issue.record("expected ambiguousRun, got \(String(describing: error))")
      return
    }
    #expect(Set(meant) == Set(all) && all.allSatisfy { "\(String(describing: error))".contains($0) })
    // One id in two experiments.
    let copy = folder.url.appending(path: "other/\(run.run)")
    try FileManager.default.copyItem(at: run.directory, to: copy)
    #expect(throws: ResultsError.ambiguousRun(run.run, runs: ["demo/\(run.run)", "other/\(run.run)"])) { try find(run.run) }
    #expect(try find("other/\(run.run)") == copy.path)
  }

  @Test func anOverviewShowsWhatDiffers() throws {
    let demo = RunListing.runs(in: folder.url, experiment: "demo").sorted(by: "seed")
    #expect(demo.differingSettings == ["list", "seed", "width"])
    let lines = RunOverview(demo).text(width: 100).split(separator: "\n").map(String.init)
    #expect(lines[0] == "all: experiment demo, device cpu: x")
    #expect(lines[1].split(separator: " ") == ["run", "state", "started", "list", "seed", "width"])
    #expect(lines[3].hasPrefix(demo[0].run) && lines[3].hasSuffix("1,2,inf     1  8"), "\(lines)")
    let mixed = RunOverview(runs).text(width: 100)
    #expect(mixed.contains("experiment") && mixed.contains("–") && !mixed.contains("rate"), "\(mixed)")
    #expect(RunOverview(runs, settings: ["rate"]).text(width: 100).contains("0.5"))
  }

  @Test(arguments: [60, 75, 100]) func anOverviewIsNoWiderThanAskedFor(_ width: Int) throws {
    for number in 0..<2 {
      let numbers = (0..<12).map { JSONValue.Member("long-setting-\($0)", .integer(Int128(number))) }
      try add("wide", .object(numbers + [.init("text", .string("\(number)\u{1B}[2J\n"))]))
    }
    let text = RunOverview(RunListing.runs(in: folder.url, experiment: "wide")).text(width: width)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= width }, "\(text)")
    #expect(text.contains("= long-setting-0") && !text.contains("\u{1B}"), "\(text)")
    for number in 0..<12 { #expect(text.contains("long-setting-\(number)"), "neither in the legend nor among what is left out:\n\(text)") }
  }
}
