import Results
import StudyRecords

/// What earlier starts of a run have recorded, by unit.
package struct RecordedUnits<Unit: StudyUnit> {
  private var ends: [String: Record] = [:]
  private var lines: [String: [Record]] = [:]

  init(_ records: [Record]) {
    for record in records {
      guard let key = Unit.key(record) else { continue }
      if Unit.isEnd(record) { ends[key] = record } else { lines[key, default: []].append(record) }
    }
  }

  /// The last line of a unit; nil while it is not recorded to its end.
  package func end(of unit: Unit) -> Record? { ends[unit.key] }
  /// The other lines of a unit.
  package func lines(of unit: Unit) -> [Record] { lines[unit.key] ?? [] }
  /// Values of a field in the lines of a unit.
  package func values(_ field: Field<Int>, of unit: Unit) -> Set<Int> { Set(lines(of: unit).compactMap { $0[field] }) }
}

extension Record {
  /// The values of `fields` as one text; nil where one is missing.
  package func key(_ fields: [any AnyField]) -> String? {
    let values = fields.compactMap { self[$0.name]?.text }
    return values.count == fields.count ? values.joined(separator: " ") : nil
  }
}
