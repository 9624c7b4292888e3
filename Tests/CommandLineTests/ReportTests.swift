import Foundation
import Results
import TestSupport
import Testing

/// `isthmus report`: one file of one run or of several, and no other file touched.
@Suite struct ReportTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Makes a run without computing anything, and returns its run-id.
  @discardableResult
  private func run(_ seed: Int, failure: String? = nil) throws -> String {
    let settings: JSONValue = ["members": 2, "seed": .integer(Int128(seed)), "widths": "8,16"]
    let description = try RunDescription(experiment: "multilinearity", identity: settings, parameters: settings)
    let store = try ResultsStore.open(description, in: folder.url.appending(path: "results"))
    for width in [8.0, 16] {
      try store.append([
        "kind": "block", "network": "2+2", "width": .number(width), "member": 0, "block": "across", "value": .number(width),
      ])
    }
    if let failure { try store.fail(failure) } else { try store.finish() }
    return store.manifest.run
  }

  private func report(_ arguments: String..., variables: [String: String] = [:]) throws -> Invocation {
    try Invocation(["report"] + arguments, in: folder.url, variables: variables)
  }

  private func text(_ path: String) throws -> String { try String(contentsOf: folder.url.appending(path: path), encoding: .utf8) }

  @Test func writesThePageOfARunBesideItsFiles() throws {
    let run = try run(1), before = folder.files, path = "results/multilinearity/\(run)/report.html"
    let made = try report()
    #expect(made.exitCode == 0 && made.output == "\(path)\n", "\(made.testDescription)")
    #expect(folder.files == (before + [path]).sorted())
    let page = try text(path)
    #expect(page.contains("<h1>multilinearity \(run)</h1>") && page.contains("by default") && page.contains(">members<"))
    #expect(try report(String(run.prefix(6))).exitCode == 0, "an older page is replaced")
    let shown = try report(run, "--json")
    let value = try JSONValue(parsing: Array(shown.output.utf8))
    #expect(value.members?.map(\.key) == ["file", "runs", "figures", "notes"] && value["runs"]?.array?.first?["run"] == .string(run))
    #expect(value["file"]?.string?.hasSuffix(path) == true && value["notes"] == [])
  }

  @Test func writesThePageOfSeveralRuns() throws {
    let runs = try [run(1), run(2), run(3, failure: "device <lost>")]
    let made = try report(runs[0], runs[1])
    #expect(made.exitCode == 0 && made.output == "report.html\n", "\(made.testDescription)")
    #expect(try text("report.html").contains("<h1>2 runs of multilinearity</h1>"))
    for choice in [["--where", "seed>1"], ["--experiment", "multilinearity", "--state", "failed"], ["--all"]] {
      let chosen = try Invocation(["report", "--output", "p.html"] + choice, in: folder.url)
      #expect(chosen.exitCode == 0 && chosen.output == "p.html\n", "\(chosen.testDescription)")
    }
    #expect(try text("p.html").contains("<h1>3 runs of multilinearity</h1>") && text("p.html").contains("(device &lt;lost&gt;)"))
  }

  @Test func withoutGnuplotThePageHasTheTables() throws {
    let run = try run(1), made = try report(variables: ["ISTHMUS_GNUPLOT": "/nowhere"])
    #expect(made.exitCode == 0 && made.errors.contains("no gnuplot in ISTHMUS_GNUPLOT=/nowhere"), "\(made.testDescription)")
    let page = try text("results/multilinearity/\(run)/report.html")
    #expect(page.contains("No figure is drawn") && !page.contains("<svg"))
    #expect(page.contains("<caption><span>Table of multilinearity</span></caption>"))
  }

  @Test func leavesOtherFilesAlone() throws {
    try run(1)
    try folder.write("mine.html", "<!DOCTYPE html>\n<p>mine</p>\n")
    let before = folder.files, refused = try report("--output", "mine.html")
    #expect(refused.exitCode == 1 && refused.errors.contains("mine.html is there and is no page"), "\(refused.testDescription)")
    #expect(try text("mine.html").contains("mine") && folder.files == before)
  }

  @Test(arguments: [
    ("xyz", 1, "no run in results has an id that begins with 'xyz'"), ("--where seed=7", 1, "no run in results is what --where"),
    ("--all --state finished", 64, "got more than one of these"), ("--output nowhere/p.html", 1, "the folder"),
    ("--results none", 1, "there is no folder none"),
  ])
  func mistakesAreExplained(_ arguments: String, _ code: Int32, _ message: String) throws {
    try run(1)
    let before = folder.files, made = try Invocation(["report"] + arguments.split(separator: " ").map(String.init), in: folder.url)
    #expect(made.exitCode == code && made.output.isEmpty && made.errors.contains(message), "\(made.testDescription)")
    #expect(folder.files == before)
  }
}
