import ArgumentParser
import DurableFiles
import Foundation
import Results

/// `isthmus results table`.
struct ResultsTableCommand: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "table",
      abstract: "Make one flat table of the records of runs, for pandas, polars, DuckDB, R and others.",
      discussion: """
        A row for each record; columns experiment, run, every key of the records, and the settings as setting_NAME. A column has \
        values of one kind, nulls are empty cells or null. Documentation/results-format.md has the command of each reader.

        With --json: the table as JSON Lines, or with --output an object: file, format, rows and columns.

        Examples:
          isthmus results table 3f2a --output records.csv
          isthmus results table --where seed=1 --settings seed --output records.jsonl
        """)
  }

  @OptionGroup var selection: RunSelection
  @Option(help: "csv or jsonl; by default as the file's name says, else csv.") var format: RecordTable.Format?
  @Option(help: "File to write, replaced as a whole; standard output by default.", completion: .file()) var output: String?
  @Option(help: "Settings to give columns: all, none, or names separated by commas.") var settings = "all"
  @Option(help: "Arrays of numbers: whole (one column; a JSON text in CSV), or columns (NAME_1, NAME_2 …).")
  var arrays = RecordTable.Arrays.whole
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if json, output == nil, format == .csv { throw ValidationError("Choose either --json or --format csv.") }
  }

  func run() throws {
    let directories = try selection.directories()
    let names: [String]? = settings == "all" ? nil : settings == "none" ? [] : settings.split(separator: ",").map(String.init)
    let table = try RecordTable(directories, settings: names, arrays: arrays)
    for caveat in directories.compactMap({ RunRecords.caveat(in: $0) }) { Terminal.writeError("note: \(caveat)") }
    guard let output else {
      Terminal.endWithReader()
      return try table.write(json ? .jsonl : format ?? .csv) { Terminal.writeVerbatim($0.linesForTerminal) }
    }
    let format = format ?? (output.hasSuffix(".jsonl") || output.hasSuffix(".ndjson") ? .jsonl : .csv)
    let file = try ReplacementFile(of: URL(fileURLWithPath: output))
    try table.write(format) { piece in
      try Array(piece.utf8).withUnsafeBytes { bytes in Result { () throws(FileError) in try file.append(bytes) } }.get()
    }
    try file.commit()
    guard json else { return Terminal.write("\(table.count) rows, \(table.columns.count) columns: \(output)") }
    let value: JSONValue = [
      "file": .string(URL(fileURLWithPath: output).path), "format": .string(format.rawValue), "rows": .integer(Int128(table.count)),
      "columns": .array(table.columns.map { .string($0) }),
    ]
    Terminal.write(lines: value.prettyText.trimmingLineFeed)
  }
}

extension RecordTable.Format: ExpressibleByArgument {}
extension RecordTable.Arrays: ExpressibleByArgument {}

extension String {
  /// The lines as a terminal takes them: line feeds between them and no carriage returns, which stand at the ends of lines alone.
  fileprivate var linesForTerminal: String {
    var scalars = unicodeScalars.filter { $0 != "\r" }
    if scalars.last == "\n" { scalars.removeLast() }
    return String(String.UnicodeScalarView(scalars))
  }
}
