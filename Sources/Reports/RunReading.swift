import Foundation
import Results

/// What the records of a run say, as a report needs it.
package protocol RunReading: Sendable {
  /// Begins without any record.
  init()
  /// Takes in one record; passes over what it does not need.
  ///
  /// - Throws: `RecordFault` where what tells records apart is not what it should be.
  mutating func add(_ record: Record) throws(RecordFault)
}

extension RunReading {
  /// Takes in all records.
  package init(_ records: [Record]) throws(RecordFault) {
    self.init()
    for record in records { try add(record) }
  }

  /// - Throws: `ResultsError` where `records.jsonl` of the folder cannot be read.
  package init(reading directory: URL) throws(ResultsError) {
    self.init()
    try RunRecords.forEach(directory) { (record) throws(RecordFault) in try add(record) }
  }
}

/// How many networks, widths or quantities a report compares: more are no run of this program's, and comparing them would not end.
func checkCombinations(_ count: Int, most: Int = 4096, of what: String) throws(RecordFault) {
  guard count <= most else { throw RecordFault("more than \(most) \(what)") }
}
