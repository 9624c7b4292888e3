import Results

/// The table at the end of a run, for reading and for programs.
public protocol RunTable: Sendable {
  /// Lines above the table for a reader, each with its end; empty for none.
  var heading: String { get }
  /// The table for a reader.
  var text: TextTable { get }
  /// The table for programs: one number per column, empty where there is none.
  var numbers: TextTable { get }
  /// What `numbers` holds, as a value of JSON.
  var json: JSONValue { get }
}

extension RunTable {
  public var heading: String { "" }
}
