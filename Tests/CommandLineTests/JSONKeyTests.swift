import Foundation
import Results
import TestSupport
import Testing

/// `--json` prints the keys that `Documentation/json.md` has, and no others.
@Suite struct JSONKeyTests {
  private static let page = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Documentation/json.md")
  private static let hasPage = FileManager.default.fileExists(atPath: page.path)

  /// Keys of a section of the page: those in backquotes in the first column.
  private func documented(_ section: String) throws -> Set<String> {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let parts = text.components(separatedBy: "\n## ")
    let part = try #require(parts.first { $0.hasPrefix(section + "\n") }, "no section \(section)")
    let rows = part.split(separator: "\n").filter { $0.hasPrefix("| `") }
    return Set(rows.flatMap { row in row.split(separator: "|")[0].matches(of: /`([^`]+)`/).map { String($0.1) } })
  }

  /// Every path to a value that is no object, `[]` for elements of arrays.
  private func paths(_ value: JSONValue, _ path: String = "") -> Set<String> {
    if let members = value.members {
      return Set(members.flatMap { paths($0.value, path.isEmpty ? $0.key : "\(path).\($0.key)") })
    }
    guard let array = value.array else { return [path] }
    return array.isEmpty ? [path + "[]"] : Set(array.flatMap { paths($0, path + "[]") })
  }

  private func covers(_ key: String, _ path: String) -> Bool {
    key == path || key.hasSuffix("*") && path.hasPrefix(key.dropLast()) || path.hasSuffix("[]") && key.hasPrefix(path)
  }

  /// - Parameter unseen: keys that this machine or these settings may not show.
  private func check(_ section: String, _ values: [JSONValue], unseen: Set<String> = []) throws {
    let keys = try documented(section), found = values.reduce(into: Set<String>()) { $0.formUnion(paths($1)) }
    let unknown = found.filter { path in !keys.contains { covers($0, path) } }
    #expect(unknown.isEmpty, "\(section): not on the page: \(unknown.sorted())")
    let missing = keys.subtracting(unseen).filter { key in !found.contains { covers(key, $0) } }
    #expect(missing.isEmpty, "\(section): on the page alone: \(missing.sorted())")
  }

  private func json(_ arguments: [String], in folder: URL) throws -> JSONValue {
    let invocation = try Invocation(arguments + ["--json"], in: folder)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    return try JSONValue(parsing: Array(invocation.output.utf8))
  }

  @Test(.enabled(if: hasPage, "the page is not beside the tests")) func keysAreThoseOfThePage() throws {
    let folder = try TemporaryFolder(), url = folder.url
    try check(
      "isthmus devices", [json(["devices"], in: url), json(["devices", "--verbose"], in: url)], unseen: ["[].reason"])
    let run = [
      "run", "bottleneck", "--device", "cpu", "--train", "20", "--test", "20", "--draws", "1", "--bottlenecks", "1,inf", "--steps", "3",
      "--feature-width", "64",
    ]
    try check("isthmus run --plan", [json(run + ["--plan"], in: url)])
    try check(
      "isthmus run", [json(run + ["--no-plots"], in: url), json(run + ["--no-plots", "--profile", "--steps", "4"], in: url)],
      unseen: ["figures[]"])
    let plot = try Invocation(["plot", "--json"], in: url)
    if plot.exitCode == 0 {
      try check("isthmus plot", [JSONValue(parsing: Array(plot.output.utf8))])
    } else {
      #expect(plot.errors.contains("gnuplot"), "\(plot.testDescription)")
    }
    try check("isthmus report", [json(["report"], in: url)])
    try check("isthmus list", [json(["list"], in: url)])
    let settings = "networks: 2+2, widths: 4, members: 1, steps: 2, points: 4"
    try folder.write("sweep.yaml", "experiment: multilinearity\nsettings: {\(settings)}\nseeds: 2\n")
    let sweep = ["sweep.yaml", "--device", "cpu"]
    try check("isthmus sweep", [json(["sweep", "plan"] + sweep, in: url), json(["sweep", "run"] + sweep, in: url)])
    try folder.write("net.yaml", "hidden: [relu]\noutputs: 1\n")
    let kernel = ["kernel", "--network", "net.yaml", "--data", "digits", "--train", "6", "--out", "kernels", "--device", "cpu"]
    try check("isthmus kernel", [json(kernel, in: url)])
    try check(
      "isthmus check", [json(["check", "--device", "reference", "--precision", "float64", "--filter", "reduceRows"], in: url)],
      unseen: ["[].device.tiles"])
  }

  /// All keys, but those of objects whose keys are names of something.
  private func keys(_ value: JSONValue, but named: Set<String>) -> Set<String> {
    if let members = value.members {
      return members.reduce(into: Set(members.map(\.key))) { if !named.contains($1.key) { $0.formUnion(keys($1.value, but: named)) } }
    }
    return (value.array ?? []).reduce(into: []) { $0.formUnion(keys($1, but: named)) }
  }

  /// What stands in backquotes on a page.
  private func words(_ page: String) throws -> Set<String> {
    let text = try String(contentsOf: Self.page.deletingLastPathComponent().appending(path: page), encoding: .utf8)
    let lines = text.replacing(/(?s)```.*?```/, with: "").split(separator: "\n")
    return Set(lines.flatMap { $0.matches(of: /`([^`]+)`/).map { String($0.1) } })
  }

  @Test(.enabled(if: hasPage, "the page is not beside the tests")) func keysOfRunsAndBenchmarksAreOnTheirPages() throws {
    let folder = try TemporaryFolder(), url = folder.url
    for seed in ["1", "2"] {
      _ = try json(
        ["run", "multilinearity", "--networks", "2+2", "--widths", "4", "--members", "1", "--steps", "2", "--points", "4", "--no-plots"]
          + ["--device", "cpu", "--seed", seed], in: url)
    }
    let results = try words("results-format.md"), chosen = ["--experiment", "multilinearity"]
    let named: Set = ["settings", "seeds", "versions", "dataChecksums", "numerics", "changed", "figures", "keys"]
    for arguments in [
      ["list", "--limit", "1"], ["show"], ["compare"] + chosen, ["table", "--output", "t.csv"] + chosen, ["rm", "--yes"] + chosen,
    ] {
      let found = keys(try json(["results"] + arguments, in: url), but: named)
      #expect(found.count > 2 && found.subtracting(results).isEmpty, "results \(arguments): \(found.subtracting(results).sorted())")
    }
    let benchmarks = try words("benchmarks.md"), gemm = ["--filter", "gemm", "--json", "-"]
    for arguments in [["--list"] + gemm, ["--device", "cpu", "--smoke", "--precision", "float64"] + gemm] {
      let invocation = try Invocation(["bench"] + arguments, in: url)
      let found = keys(
        try JSONValue(parsing: Array(invocation.output.utf8)), but: ["description", "environment", "multiplyAddsPerSecond"])
      #expect(found.count > 5 && found.subtracting(benchmarks).isEmpty, "bench \(arguments): \(found.subtracting(benchmarks).sorted())")
    }
  }

  @Test(.enabled(if: hasPage, "the page is not beside the tests")) func everyCommandHasASectionOrALink() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let lines = try Invocation(["--help"]).output.components(separatedBy: "SUBCOMMANDS:\n")[1].split(separator: "\n")
    let commands = lines.filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") }.compactMap { line in
      line.split(separator: " ").first.map(String.init)
    }.filter { $0.first?.isLowercase == true }
    #expect(commands.count >= 9)
    for command in commands where command != "help" {
      #expect(text.contains("\n## isthmus \(command)\n") || text.contains("`isthmus \(command)`"), "\(command)")
      let help = try Invocation([command, "--help"]).output
      #expect(help.contains("--json") || command == "run", "\(command) has no --json")
    }
  }
}
