import Foundation

/// The records of runs as one flat table, for programs that read CSV or JSON Lines.
///
/// Columns: `experiment`, `run` (with the experiment before the run-id, so that no reader takes it for a number), every key that occurs in
/// the records, and the settings of the runs as `setting_…` with underscores for hyphens. A column has one kind of values, in every row.
public struct RecordTable: Sendable {
  /// Form of the rows.
  public enum Format: String, CaseIterable, Sendable {
    /// A line of headings, then rows as RFC 4180 has them.
    case csv
    /// An object a line, with a member for every column.
    case jsonl
  }

  /// What becomes of arrays of numbers.
  public enum Arrays: String, CaseIterable, Sendable {
    /// One column with the array: a JSON text in CSV.
    case whole
    /// One column for each entry, with its number from 1 behind an underscore.
    case columns
  }

  private struct Run {
    let directory: URL
    let head: [JSONValue]
    let settings: [String: JSONValue]
    /// Lines that were there when the columns were found; more may come meanwhile.
    var count = 0
  }

  private struct Key: Sendable {
    let key: String
    var kind: RecordColumn.Kind
    /// Most entries of an array; nil for a column of its own.
    var entries: Int?
    var entryKind: RecordColumn.Kind = .nothing

    mutating func add(_ value: JSONValue) {
      kind = kind.joined(with: RecordColumn.Kind(value))
      guard let elements = value.array else { return }
      entries = max(entries ?? 0, elements.count)
      for element in elements { entryKind = entryKind.joined(with: RecordColumn.Kind(element)) }
    }
  }

  private var runs: [Run] = []
  private var keys: [Key] = []
  private var settingColumns: [RecordColumn] = []
  private let settingNames: [String]
  private let arrays: Arrays

  /// Rows of all runs.
  public var count: Int { runs.reduce(0) { $0 + $1.count } }

  /// Reads the records once, to find columns and their kinds.
  ///
  /// - Parameters:
  ///   - directories: folders of runs; their rows stand in this order.
  ///   - settings: names of the settings to give columns; nil for all.
  /// - Throws: as `Manifest.read` and `RunRecords.read`; `ResultsError.unknownSetting`.
  public init(_ directories: [URL], settings: [String]? = nil, arrays: Arrays = .whole) throws(ResultsError) {
    self.arrays = arrays
    var values: [String: [JSONValue]] = [:]
    for directory in directories {
      let manifest = try Manifest.read(directory), members = ManifestFacts(manifest).settings
      let own = Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
      for (name, value) in own { values[name, default: []].append(value) }
      let name = "\(manifest.experiment)/\(manifest.run)"
      runs.append(Run(directory: directory, head: [.string(manifest.experiment), .string(name)], settings: own))
    }
    settingNames = settings ?? values.keys.sorted()
    for name in settingNames {
      guard let values = values[name] else { throw .unknownSetting(name, known: values.keys.sorted()) }
      let kind = values.reduce(RecordColumn.Kind.nothing) { $0.joined(with: RecordColumn.Kind($1)) }
      settingColumns.append(RecordColumn(name: "setting_" + name.replacing("-", with: "_"), kind: kind))
    }
    var places: [String: Int] = [:]
    for index in runs.indices {
      var count = 0, keys = keys
      try RunRecords.forEach(runs[index].directory) { record in
        count += 1
        for field in record.fields {
          let place = places[field.key] ?? keys.count
          if place == keys.count {
            places[field.key] = place
            keys.append(Key(key: field.key, kind: .nothing))
          }
          keys[place].add(JSONValue(field.value))
        }
      }
      (self.keys, runs[index].count) = (keys, count)
    }
  }

  /// Names of the columns, each once.
  public var columns: [String] { allColumns.map(\.name) }

  private var allColumns: [RecordColumn] {
    let names = ["experiment", "run"].map { RecordColumn(name: $0, kind: .text) }
    let own = keys.flatMap { key in
      guard let entries = expanded(key) else { return [RecordColumn(name: key.key, kind: key.kind, entryKind: key.entryKind)] }
      return (0..<entries).map { RecordColumn(name: "\(key.key)_\($0 + 1)", kind: key.entryKind) }
    }
    var taken: Set<String> = []
    return (names + own + settingColumns).map { column in
      var column = column
      while !taken.insert(column.name).inserted { column.name += "_" }
      return column
    }
  }

  /// Columns of an array's entries; nil for one column.
  private func expanded(_ key: Key) -> Int? { arrays == .columns && key.kind == .array ? key.entries : nil }

  /// Writes the table in pieces of whole lines.
  ///
  /// - Throws: as `RunRecords.read`; what `sink` throws.
  public func write(_ format: Format, to sink: (String) throws -> Void) throws {
    let columns = allColumns, names = columns.map { JSONValue.string($0.name).text }
    var piece = format == .csv ? columns.map { JSONValue.quoted($0.name) }.joined(separator: ",") + "\r\n" : ""
    for run in runs {
      let settings = settingNames.map { run.settings[$0] ?? .null }
      var row = 0, failure: (any Error)?
      do throws(ResultsError) {
        try RunRecords.forEach(run.directory) { record throws(RecordFault) in
          row += 1
          guard row <= run.count else { return }
          let values = run.head + self.values(of: record) + settings
          switch format {
          case .csv: piece += zip(values, columns).map { $0.cell(in: $1) }.joined(separator: ",") + "\r\n"
          case .jsonl:
            let members = values.indices.map { "\(names[$0]):\(values[$0].text(in: columns[$0]))" }
            piece += "{\(members.joined(separator: ","))}\n"
          }
          guard piece.utf8.count >= RecordTable.pieceSize else { return }
          do { try sink(piece) } catch {
            failure = error
            throw RecordFault("the table cannot be written")
          }
          piece = ""
        }
      } catch {
        throw failure ?? error
      }
    }
    if !piece.isEmpty { try sink(piece) }
  }

  private static let pieceSize = 1 << 16

  /// The values of a record by the columns of all records.
  private func values(of record: Record) -> [JSONValue] {
    keys.flatMap { key -> [JSONValue] in
      let value = record[key.key].map { JSONValue($0) } ?? .null
      guard let entries = expanded(key) else { return [value] }
      let own = value.array ?? []
      return (0..<entries).map { $0 < own.count ? own[$0] : .null }
    }
  }
}
