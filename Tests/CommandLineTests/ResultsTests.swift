import Foundation
import Results
import TestSupport
import Testing

/// `isthmus results`: runs listed, shown, compared, made a table of and removed.
@Suite struct ResultsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Makes a run of two networks without computing anything.
  @discardableResult
  private func run(_ seed: Int, value: Double = 1, failure: String? = nil) throws -> String {
    let settings: JSONValue = ["members": 2, "seed": .integer(Int128(seed)), "widths": "8,16"]
    var description = try RunDescription(experiment: "multilinearity", identity: settings, parameters: settings)
    (description.device, description.precision) = ("cpu: x", "float64")
    let store = try ResultsStore.open(description, in: folder.url.appending(path: "results"))
    for width in [8.0, 16] {
      for member in [0.0, 1] {
        try store.append([
          "kind": "block", "network": "2+2", "width": .number(width), "member": .number(member), "block": "across",
          "value": .number(value * width + member),
        ])
      }
    }
    if let failure { try store.fail(failure) } else { try store.finish() }
    return store.manifest.run
  }

  private func results(_ arguments: String...) throws -> Invocation { try Invocation(["results"] + arguments, in: folder.url) }

  private func json(_ arguments: String...) throws -> JSONValue {
    let invocation = try Invocation(["results"] + arguments + ["--json"], in: folder.url)
    #expect(invocation.exitCode == 0 && invocation.errors.isEmpty, "\(invocation.testDescription)")
    return try JSONValue(parsing: Array(invocation.output.utf8))
  }

  @Test func listsWhatDiffersAndWhatIsAskedFor() throws {
    #expect(try results().exitCode == 1, "there is no such folder")
    try FileManager.default.createDirectory(at: folder.url.appending(path: "results"), withIntermediateDirectories: false)
    let empty = try results()
    #expect(empty.exitCode == 0 && empty.output == "no runs in results\n", "\(empty.testDescription)")
    let runs = try [run(1), run(2), run(30, failure: "device lost")]
    let all = try results()
    #expect(all.exitCode == 0 && all.output.contains("all: experiment multilinearity, device cpu: x"), "\(all.testDescription)")
    #expect(all.output.contains("seed") && !all.output.contains("members") && all.output.contains("`isthmus results show RUN` says why"))
    #expect(all.output.split(separator: "\n").allSatisfy { $0.count <= 100 })

    func chosen(_ arguments: String...) throws -> [String] {
      let invocation = try Invocation(["results", "list", "--json"] + arguments, in: folder.url)
      #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
      return try invocation.output.split(separator: "\n").map { try JSONValue(parsing: Array($0.utf8))["run"]?.string ?? "" }
    }
    #expect(try chosen("--where", "seed>1", "--sort", "seed") == [runs[1], runs[2]])
    #expect(try chosen("--where", "seed>1", "--where", "state=finished") == [runs[1]] && chosen("--state", "failed") == [runs[2]])
    #expect(try chosen("--sort", "seed", "--reverse", "--limit", "2") == [runs[2], runs[1]])
    #expect(try chosen("--experiment", "bottleneck").isEmpty && chosen("--since", "2000", "--until", "2001-01").isEmpty)
    #expect(try results("--where", "seed=5").output == "none of 3 runs in results is meant\n")
    #expect(try results("--where", "seed=1").output.contains("1 of 3 runs"))
    #expect(try results("--columns", "members").output.contains("members") && !results("--columns", "members").output.contains("seed"))
    #expect(try results("--rebuild-index").exitCode == 0 && folder.files.contains("results/.run-index"))
    #expect(try chosen("--where", "seed=2") == [runs[1]])

    // The same runs by the other command.
    let listed = try Invocation(["list", "runs"], in: folder.url).output,
      values = try Invocation(["list", "runs", "--json"], in: folder.url)
    #expect(runs.allSatisfy { listed.contains($0) })
    let members = try JSONValue(parsing: Array(values.output.utf8))["runs"]?.array
    let first = try JSONValue(parsing: Array(results("--json").output.split(separator: "\n")[0].utf8))
    #expect(members?.count == 3 && members?.first == first)
  }

  @Test func jsonHasTheDocumentedKeys() throws {
    let run = try run(1)
    let listed = try JSONValue(parsing: Array(results("--json").output.utf8))
    let keys = [
      "experiment", "run", "state", "reason", "started", "ended", "device", "precision", "records", "directory", "settings",
    ]
    #expect(listed.members?.map(\.key) == keys && listed["settings"]?["seed"] == 1 && listed["records"] == 4)
    let shown = try json("show", String(run.prefix(6)))
    #expect(
      shown.members?.map(\.key) == keys + [
        "changed", "command", "seeds", "numerics", "versions", "sourceRevision", "dataChecksums", "dataNotes", "fallbacks", "starts",
        "files",
      ])
    #expect(shown["run"] == .string(run) && shown["records"] == 4)
    let page = try String(contentsOf: #require(Self.page), encoding: .utf8)
    for key in shown.members?.map(\.key) ?? [] { #expect(page.contains("`\(key)`"), "\(key) is not in results-format.md") }
  }

  private static var page: URL? {
    let root = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
    return root.appending(path: "Documentation/results-format.md")
  }

  /// The command that is shown asks for the very same run.
  @Test func showsACommandThatGoesOn() throws {
    let arguments = [
      "run", "bottleneck", "--device", "cpu", "--train", "20", "--test", "20", "--draws", "1", "--bottlenecks", "1,inf", "--feature-width",
      "64", "--steps", "3", "--no-plots", "--quiet", "--memory", "2GB", "--order", "file",
    ]
    let made = try Invocation(arguments, in: folder.url)
    #expect(made.exitCode == 0, "\(made.testDescription)")
    let shown = try json("show")
    let command = try #require(shown["command"]?.string), run = try #require(shown["run"]?.string)
    #expect(shown["changed"]?["train"]?["value"] == 20 && shown["changed"]?["seed"] == nil, "\(shown.text)")
    let words = command.split(separator: " ").dropFirst().map(String.init)
    let plan = try Invocation(words + ["--plan", "--json"], in: folder.url)
    #expect(try JSONValue(parsing: Array(plan.output.utf8))["run"] == .string(run), "\(command)\n\(plan.testDescription)")
    let again = try Invocation(words + ["--no-plots", "--quiet"], in: folder.url)
    #expect(again.exitCode == 0, "\(again.testDescription)")
    #expect(RunListing.runs(in: folder.url.appending(path: "results")).map(\.run) == [run])

    let text = try results("show", run).output
    for part in ["state     finished", "train 20, by default", "cpu: ", "isthmus run bottleneck ", "isthmus plot ", "records.jsonl"] {
      #expect(text.contains(part), "'\(part)' is missing in\n\(text)")
    }
  }

  @Test func comparesSettingsAndFigures() throws {
    let runs = try [run(1), run(2, value: 3)]
    let compared = try json("compare", runs[0], runs[1])
    #expect(compared["settings"] == ["seed": [1, 2]] || compared["settings"]?["seed"] == [1, 2])
    let row = try #require(compared["rows"]?.array?.first)
    #expect(row["keys"]?["network"] == "2+2" && row["keys"]?["quantity"] != nil)
    #expect(row["figures"]?["value"] == [16.5, 48.5], "\(row.text)")
    let text = try results("compare", runs[0], runs[1]).output
    #expect(text.contains("seed") && text.contains("16.5") && text.contains("48.5"), "\(text)")
    #expect(try results("compare", runs[0]).errors.contains("expected two or more to compare"))
  }

  @Test func makesATable() throws {
    let runs = try [run(1), run(2)]
    let table = try results("table", runs[0], runs[1], "--settings", "seed")
    let lines = table.output.components(separatedBy: "\n")
    #expect(lines[0] == "experiment,run,kind,network,width,member,block,value,setting_seed", "\(table.testDescription)")
    #expect(lines.count == 10 && lines[1] == "multilinearity,multilinearity/\(runs[0]),block,2+2,8,0,across,8,1" && lines[9].isEmpty)

    let written = try json("table", "--where", "seed=2", "--output", "t.jsonl")
    #expect(written["format"] == "jsonl" && written["rows"] == 4)
    #expect(try String(contentsOf: folder.url.appending(path: "t.jsonl"), encoding: .utf8).split(separator: "\n").count == 4)
    let before = folder.files
    let refused = try results("table", runs[0], "--output", "nowhere/t.csv")
    #expect(refused.exitCode == 1 && refused.errors.contains("nowhere/t.csv") && folder.files == before, "\(refused.testDescription)")
  }

  @Test func removesWhatIsConfirmedAndNotInProgress() throws {
    let runs = try [run(1), run(2), run(3)]
    let unconfirmed = try results("rm", runs[0])
    #expect(unconfirmed.exitCode == 1 && unconfirmed.errors.contains("needs --yes"), "\(unconfirmed.testDescription)")
    let description = try RunDescription(experiment: "multilinearity", identity: ["seed": 4], parameters: ["seed": 4])
    let store = try ResultsStore.open(description, in: folder.url.appending(path: "results"))
    let held = try results("rm", runs[0], store.manifest.run, "--yes")
    #expect(held.exitCode == 1 && held.errors.contains("is being written"), "\(held.testDescription)")
    #expect(RunListing.runs(in: folder.url.appending(path: "results")).count == 4)
    let removed = try json("rm", "--where", "seed<3", "--yes")
    #expect(removed["removed"]?.array?.compactMap { $0["run"]?.string }.sorted() == runs.prefix(2).sorted())
    #expect(
      try Set(FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/results/multilinearity")) == [
        runs[2], store.manifest.run,
      ])
    try store.finish()
  }

  @Test(arguments: [
    ("show xyz", 1, "no run in results has an id that begins with 'xyz'"), ("show results", 1, "results is not the folder of a run"),
    ("list --where sed=1", 1, "no run here has a setting 'sed'; choose from experiment"), ("list --where seed", 1, "expected NAME=VALUE"),
    ("list --sort sed", 1, "no run here has a setting 'sed'"), ("list --state done", 64, "expected running, interrupted"),
    ("list --since yesterday", 64, "expected a time such as 2026-11-30"), ("list --limit 0", 64, "expected a number from 1"),
    ("table", 64, "Expected runs, or a choice of them"), ("rm --yes", 64, "Expected runs, or a choice of them"),
    ("rm --where seed=7 --yes", 1, "no run in results is what --where"), ("table a --where seed=1", 64, "got both"),
    ("table --where seed=1 --json --format csv", 64, "Choose either --json or --format csv"),
    ("show --results none", 1, "there is no folder none"),
    ("table --where seed=1 --settings sed", 1, "no run here has a setting 'sed'; choose from members"),
  ])
  func mistakesAreExplained(_ arguments: String, _ code: Int32, _ message: String) throws {
    try run(1)
    let before = folder.files
    let invocation = try Invocation(["results"] + arguments.split(separator: " ").map(String.init), in: folder.url)
    #expect(invocation.exitCode == code && invocation.output.isEmpty, "\(invocation.testDescription)")
    #expect(invocation.errors.hasPrefix("error: ") && invocation.errors.contains(message), "\(invocation.testDescription)")
    #expect(folder.files == before)
  }

  @Test func anAmbiguousBeginningNamesTheRuns() throws {
    let runs = try (0..<17).map { try run($0) }
    // Of 17 ids two begin with the same of 16 digits.
    let digit = try #require(Dictionary(grouping: runs) { $0.first }.first { $0.value.count > 1 }?.key)
    let invocation = try results("show", String(digit))
    #expect(invocation.exitCode == 1, "\(invocation.testDescription)")
    for run in runs where run.first == digit { #expect(invocation.errors.contains("multilinearity/\(run)")) }
  }
}
