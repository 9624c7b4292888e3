/// Why a record cannot be used; whoever reads the file adds its path and the line (`ResultsError.malformedRecord`).
public struct RecordFault: Error, Equatable, Sendable {
  /// Sentence that says what is wrong.
  public let reason: String

  public init(_ reason: String) { self.reason = reason }
}

/// Values by which records are told apart: unlike `number` and `string`, these do not pass over what cannot be meant.
extension Record {
  /// The number under `key`; nil where absent or null.
  ///
  /// - Throws: `RecordFault` where it is of another kind.
  public func checkedNumber(_ key: String) throws(RecordFault) -> Double? {
    switch self[key] {
    case nil, .null: nil
    case .number(let value): value
    default: throw RecordFault("'\(key)' is no number")
    }
  }

  /// The whole number under `key`; nil where absent or null.
  ///
  /// - Parameter range: within ±2^53, where every whole number is a `Double`.
  /// - Throws: `RecordFault` where it is of another kind, has a fraction or lies outside `range`.
  public func checkedWhole(_ key: String, in range: ClosedRange<Int> = 0...(1 << 53)) throws(RecordFault) -> Int? {
    guard let number = try checkedNumber(key) else { return nil }
    guard let whole = Int(exactly: number), range.contains(whole) else {
      throw RecordFault("'\(key)' is \(number); expected a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return whole
  }

  /// The text under `key`; nil where absent or null.
  ///
  /// - Throws: `RecordFault` where it is of another kind.
  public func checkedString(_ key: String) throws(RecordFault) -> String? {
    switch self[key] {
    case nil, .null: nil
    case .string(let text): text
    default: throw RecordFault("'\(key)' is no text")
    }
  }

  /// Entry `index` of the numbers under `key`; nil where there is none.
  public func number(_ key: String, at index: Int) -> Double? {
    numbers(key).flatMap { $0.indices.contains(index) ? $0[index] : nil }
  }
}
