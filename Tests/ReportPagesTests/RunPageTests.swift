import Figures
import Foundation
import ReportPages
import Reports
import Results
import TestSupport
import Testing

/// Pages of runs say what the runs are, with gnuplot and without.
@Suite struct RunPageTests {
  private let results: InventedResults

  init() throws { results = try InventedResults() }

  private static let withoutGnuplot = FigureDrawing(environment: ["PATH": ""])
  private static let hasGnuplot = (try? Gnuplot()) != nil

  /// The page of a run, which is sound.
  private func read(_ run: RunAccount, _ what: String, drawing: FigureDrawing = Self.withoutGnuplot) throws -> ReadPage {
    try expectSound(HTMLPage(of: run, drawing: drawing).html, what)
  }

  @Test(arguments: ReportCatalog.all.map(\.experiment)) func everyExperimentHasAPage(_ experiment: String) throws {
    let records = try #require(InventedRecords.all.first { $0.experiment == experiment }, "no records of \(experiment)").records
    let directory = try results.run(of: experiment, records), before = results.folder.paths
    let run = try RunAccount(directory), report = try #require(ReportCatalog.report(experiment))
    let plain = try read(run, experiment)
    #expect(plain.texts("h1") == ["\(experiment) \(directory.lastPathComponent)"])
    #expect(plain.texts("h2") == ["Settings", "Result", "Figures", "Provenance"], "\(plain.texts("h2"))")
    #expect(plain.texts("p").contains { $0.contains("No figure is drawn: plotting: no gnuplot in PATH") } && plain.all("svg").isEmpty)
    // Every cell of the experiment's own table, in its place.
    let table = try report.table(of: directory).text
    #expect(!table.rows.isEmpty)
    let rows = plain.all("tr").count - 1 - (plain.all("table").count - 1) * 4
    #expect(rows == table.rows.count, "\(rows) rows of \(table.rows.count)")
    for cell in table.rows.joined() { #expect((plain.texts("td") + plain.texts("th")).contains(cell), "\(experiment): '\(cell)'") }
    for column in table.columns { #expect(plain.texts("th").contains(column.title), "\(experiment): \(column.title)") }
    let meanings = plain.texts("dd")
    for column in table.columns where !column.meaning.isEmpty {
      #expect(meanings.contains(column.meaning), "\(experiment): \(column.title)")
    }

    if Self.hasGnuplot {
      let drawn = try read(run, experiment, drawing: FigureDrawing())
      #expect(try drawn.all("svg").count == report.figures(of: directory).count && !drawn.all("svg").isEmpty, "\(experiment)")
      #expect(!drawn.texts("p").contains { $0.contains("left out") }, "\(experiment): \(drawn.texts("p"))")
    }
    #expect(results.folder.paths == before, "the folder of the run is as it was")
  }

  @Test func settingsThatDifferComeFirst() throws {
    let settings: JSONValue = ["data": "csv:<b>&\"x\".csv", "draws": 4, "seed": 1, "rate": .null, "steps": 10]
    var run = try RunAccount(try results.run(of: "bottleneck", [], settings: settings))
    #expect(try read(run, "unknown").texts("p").contains { $0.contains("what the defaults are is not known") })
    run.defaults = [:]
    #expect(try read(run, "defaults").texts("p").contains("All as by default."))
    run.defaults = ["data": "digits", "draws": 8]
    let page = try read(run, "changed")
    #expect(page.texts("caption") == ["Settings that are not the default", "All settings"])
    #expect(page.all("th").filter { $0.path.contains("tbody") }.map(\.text) == ["data", "draws", "data", "draws", "rate", "seed", "steps"])
    #expect(page.texts("td").prefix(4) == ["csv:<b>&\"x\".csv", "digits", "4", "8"])
    #expect(page.texts("td").suffix(10) == ["csv:<b>&\"x\".csv", "digits", "4", "8", "none", "none", "1", "1", "10", "10"])
    #expect(page.all("table").map { $0.path.contains("details") } == [false, true], "all settings are in a fold")
  }

  @Test func provenanceIsWhole() throws {
    let directory = try results.run(
      of: "bottleneck", [], dataNotes: ["class <a> is output 0"], checksums: ["<i>.csv": "sha256 12ab"])
    var run = try RunAccount(directory)
    run.command = "isthmus run bottleneck '--data=csv:a & b'"
    let page = try read(run, "provenance"), facts = page.texts("dd")
    let expected = ["0123abc", "cpu: two cores", "isthmus 0.1.0", "<i>.csv sha256 12ab", "draws 7", "0 lines", "digits"]
    for text in expected + ["bottleneck/\(directory.lastPathComponent)"] { #expect(facts.contains(text), "\(text) is not in \(facts)") }
    #expect(page.texts("code") == ["isthmus run bottleneck '--data=csv:a & b'"])
    #expect(page.texts("p").contains("class <a> is output 0") && page.texts("h2").suffix(2) == ["Notes", "Provenance"])
    #expect(facts.contains { $0.hasPrefix("from 20") } && page.texts("dt").last == "time")
    run.command = nil
    #expect(try read(run, "no command").texts("code").isEmpty)
  }

  /// What a reader should know first stands first.
  @Test func aRunThatIsNotFinishedSaysSoAtTheTop() throws {
    let records = InventedRecords.all[0].records
    func notices(_ settings: JSONValue, _ end: (ResultsStore) throws -> Void) throws -> [String] {
      let page = try read(RunAccount(results.run(of: "bottleneck", records, settings: settings, end: end)), "\(settings.text)")
      let first = page.all("p").first
      #expect(first?.attributes["class"] == "notice" && first?.path.contains("section") == false)
      return page.all("p").filter { !$0.path.contains("section") }.map(\.text)
    }
    #expect(
      try notices(["seed": 1]) { try $0.interrupt("<time> is over") }.first?.contains("ended before its time (<time> is over)") == true)
    #expect(try notices(["seed": 2]) { try $0.fail("disk full") }.first?.contains("an error ended it (disk full), with 12 lines") == true)
    var held: ResultsStore?
    #expect(try notices(["seed": 3]) { held = $0 }.first?.contains("it was under way") == true)
    try held?.finish()
  }

  @Test func divergedTrainingsAreCountedAtTheTop() throws {
    let diverged: Record = ["comparison": "same", "bottlenecks": "1", "baseline": "inf", "kappa": 0.9, "draw": 0, "kind": "end"]
    let records =
      InventedRecords.all[0].records + [
        diverged.adding(["status": "diverged", "steps": 3, "steps50": .null, "steps10": .null, "steps1": .null, "steps0.1": .null])
      ]
    let run = try RunAccount(results.run(of: "bottleneck", records))
    #expect(run.ends == 4 && run.diverged == 1)
    let page = try read(run, "diverged")
    #expect(page.texts("p").first?.hasPrefix("1 of 4 trainings diverged") == true, "\(page.texts("p"))")
    #expect(page.texts("td").contains("–"))
    if Self.hasGnuplot { _ = try read(run, "diverged", drawing: FigureDrawing()) }
  }

  @Test func severalRunsAreSideBySide() throws {
    let records = InventedRecords.all[0].records
    let runs = try [1, 2].map { seed in
      try RunAccount(
        results.run(of: "bottleneck", records, settings: ["draws": 1, "seed": .integer(Int128(seed))]) {
          if seed == 1 { try $0.finish() } else { try $0.interrupt("stop") }
        })
    }
    let page = try expectSound(HTMLPage(of: runs, drawing: Self.withoutGnuplot).html, "two runs")
    #expect(page.texts("h1") == ["2 runs of bottleneck"] && page.texts("p").first?.hasPrefix("1 of 2 runs are not finished") == true)
    #expect(page.texts("h2") == ["Runs", "Side by side"] + runs.map(\.name) && page.texts("h3").count == 8)
    #expect(page.texts("th").prefix(5) == ["run", "state", "started", "device", "seed"])
    let alone = try expectSound(HTMLPage(of: [runs[0]], drawing: Self.withoutGnuplot).html, "one run")
    #expect(alone.texts("h1") == [runs[0].name])
    let other = try RunAccount(results.run(of: "multilinearity", InventedRecords.all[5].records))
    let mixed = try expectSound(HTMLPage(of: [runs[0], other], drawing: Self.withoutGnuplot).html, "two experiments")
    #expect(mixed.texts("h1") == ["2 runs"] && !mixed.texts("h2").contains("Side by side"))
  }

  @Test func anUnknownExperimentAndAnEmptyRunHavePages() throws {
    let unknown = try read(RunAccount(results.run(of: "other", [["kind": "end", "x": 1]])), "unknown")
    #expect(unknown.texts("p").contains { $0.contains("has no table here") })
    let empty = try read(RunAccount(results.run(of: "bottleneck", [])), "empty")
    #expect(empty.texts("p").contains { $0.contains("nothing for a table yet") })
    #expect(throws: ResultsError.self) { try RunAccount(results.folder.url) }
  }
}

/// The file of a page takes the place of a page alone.
@Suite struct PageFileTests {
  private static let page = HTMLPage(title: "t", parts: [])

  @Test func replacesItsOwnPagesAlone() throws {
    let folder = try TemporaryFolder(), url = folder.url.appendingPathComponent("report.html")
    try PageFile(url).write(Self.page)
    try PageFile(url).write(HTMLPage(title: "again", parts: []))
    #expect(try String(contentsOf: url, encoding: .utf8).contains("<h1>again</h1>"))

    for other in ["", "notes", "<!DOCTYPE html>\n<title>Isthmus report</title>"] {
      try Data(other.utf8).write(to: url)
      #expect(throws: PageError.notOwn(path: url.relativePath)) { try PageFile(url) }
      #expect(try String(contentsOf: url, encoding: .utf8) == other)
    }
    try FileManager.default.removeItem(at: url)
    let target = folder.url.appendingPathComponent("target.html")
    try PageFile(target).write(Self.page)
    try FileManager.default.createSymbolicLink(at: url, withDestinationURL: target)
    #expect(throws: PageError.self, "a link may lead anywhere") { try PageFile(url) }
    #expect(throws: PageError.self, "a folder") { try PageFile(folder.url) }
    #expect(throws: PageError.self) { try PageFile(folder.url.appendingPathComponent("nowhere/report.html")).write(Self.page) }
  }
}

extension TemporaryFolder {
  /// Paths of all that lies in the folder.
  var paths: [String] { (FileManager.default.enumerator(atPath: url.path)?.compactMap { $0 as? String } ?? []).sorted() }
}
