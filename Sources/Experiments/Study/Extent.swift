import Results
import StudyRecords

/// What a setting that extends a run asks for, held against the records of it.
struct Extent {
  /// What a recorded line holds beyond it; nil where nothing.
  let excess: (Record) -> Excess?

  /// Lines whose `field` is one of `values`.
  static func members<Value: RecordedValue & Hashable>(_ setting: String, _ field: Field<Value>, _ values: [Value]) -> Extent
  where Value.Present == Value {
    let known = Set(values)
    return Extent { record in record[field].flatMap { known.contains($0) ? nil : .member(setting, $0.recordValue.text) } }
  }

  /// Lines whose `field` counts from 0 to below `count`.
  static func indices(_ setting: String, _ field: Field<Int>, below count: Int) -> Extent {
    Extent { record in record[field].flatMap { $0 < count ? nil : .amount(setting, Double($0 + 1)) } }
  }

  /// Lines whose `field` is at most `most`.
  static func amount(_ setting: String, _ field: Field<Int>, to most: Int) -> Extent {
    Extent { record in record[field].flatMap { $0 <= most ? nil : .amount(setting, Double($0)) } }
  }
}

extension Experiment {
  /// The first excess over any of `extents`.
  static func excess(over extents: [Extent]) -> (Record) -> Excess? {
    { record in extents.lazy.compactMap { $0.excess(record) }.first }
  }
}
