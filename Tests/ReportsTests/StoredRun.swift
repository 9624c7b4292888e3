import Figures
import Foundation
import Reports
import Results
import TestSupport
import Testing

/// A run with the given records, in a folder of its own that goes away with it; of the run without them nothing is drawn.
struct StoredRun {
  let directory: URL
  private let report: RunReport
  private let folder: TemporaryFolder

  init(of report: RunReport, _ records: [Record]) throws {
    folder = try TemporaryFolder()
    let description = try RunDescription(experiment: report.experiment, identity: [1], parameters: [1])
    let store = try ResultsStore.open(description, in: folder.url)
    #expect(try report.figures(of: store.directory).isEmpty)
    for record in records { try store.append(record) }
    (directory, self.report) = (store.directory, report)
  }

  /// The table; whatever is in it, it fits a terminal and says what its headings stand for.
  var table: ReportTable {
    get throws {
      let table = try report.table(of: directory), lines = table.page.split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= 100 }, "\(report.experiment)\n\(table.page)")
      let legend = table.text.legend(width: 100)
      #expect(table.page.hasSuffix(legend))
      for column in table.text.columns {
        #expect(!column.meaning.isEmpty && legend.contains(column.title), "\(report.experiment): \(column.title)")
      }
      return table
    }
  }
  var figures: [RunReport.NamedFigure] { get throws { try report.figures(of: directory) } }

  /// Draws all figures, which can be read.
  func expectReadableFigures(_ count: Int) throws {
    let drawn = try report.draw(directory, formats: [.svg], with: Gnuplot())
    #expect(drawn.count == count && drawn.allSatisfy { $0.files.count == 1 && $0.table != nil })
    try report.expectReadable(drawn)
  }
}

extension RunReport {
  /// No text of the figures is cut off or lies on another, and each says which run it is of.
  func expectReadable(_ drawn: [RenderedFigure]) throws {
    for figure in drawn {
      let file = try #require(figure.files.first { $0.pathExtension == "svg" })
      let texts = try #require(DrawnTexts(svg: try String(contentsOf: file, encoding: .utf8)))
      #expect(texts.faults.isEmpty, "\(figure.name): \(texts.faults)")
      #expect(texts.all.contains { $0.characters.contains("\(experiment) ") }, "\(figure.name) has no footer")
    }
  }
}

extension ReportTable {
  /// The values of one column for programs; null where there is none.
  func column(_ key: String) throws -> [JSONValue] {
    let rows = try JSONValue(parsing: json.prettyText.utf8)
    return try #require(rows.array ?? rows["speedUps"]?.array).map { try #require($0[key], "\(key)") }
  }

  func texts(_ key: String) throws -> [String] {
    try column(key).map { if case .string(let text) = $0 { text } else { $0.text } }
  }

  func numbers(_ key: String) throws -> [Double?] { try column(key).map(\.double) }
}
