import Figures
import Foundation
import Results
import Statistics

/// Exponents of the width, and limits, of what the experiment `multilinearity` measured.
public struct MultilinearityTable: RunTable, Equatable {
  /// One quantity of one network.
  public struct Row: Equatable, Sendable {
    /// Network as in the records: `2+2`.
    public let network: String
    /// Name of the quantity.
    public let quantity: String
    /// Exponent of the width in theory; nil where that gives a bound only.
    public let expectedSlope: Double?
    /// Least squares in the logarithms of widths and means; nil for one width, or where a mean is 0.
    public let slope: Double?
    /// The largest.
    public let width: Int
    /// Mean over members there.
    public let value: Double
    /// Standard error of the mean; nil for one member.
    public let error: Double?
    /// Value in the limit of infinite width, where theory gives it.
    public let limit: Double?
    /// Value at the largest width over the limit.
    public var ratio: Double? { limit.map { value / $0 } }
  }

  /// Rows by network, then quantity.
  public let rows: [Row]

  /// The table of a run's records.
  public static func make(from records: [Record]) throws(RecordFault) -> MultilinearityTable {
    MultilinearityTable(try MultilinearityMeasurements(records))
  }

  /// The table of measurements that were read.
  public init(_ measurements: MultilinearityMeasurements) {
    rows = measurements.kinds.flatMap { kind in
      measurements.quantities(kind).compactMap { quantity in
        let estimates = measurements.estimates(kind, quantity)
        guard let last = estimates.last else { return nil }
        let points = estimates.map { Series.Point(Double($0.width), $0.estimate.mean) }
        return Row(
          network: kind.text, quantity: quantity.name, expectedSlope: quantity.expectedSlope(degree: kind.degree),
          slope: points.allSatisfy { $0.y > 0 } ? PowerLaw(points)?.exponent : nil, width: last.width, value: last.estimate.mean,
          error: last.estimate.error, limit: measurements.limits[kind]?[quantity])
      }
    }
  }

  /// The table for a reader.
  public var text: TextTable {
    var table = TextTable(
      columns: [
        .init("network", .left), .init("quantity", .left), .init("slope expected"), .init("seen"), .init("width"), .init("value there"),
        .init("±"), .init("limit"), .init("ratio"),
      ])
    func text(_ value: Double?, _ format: String) -> String { value.map { String(format: format, $0) } ?? "–" }
    for row in rows {
      table.append([
        row.network, row.quantity, text(row.expectedSlope, "%.1f"), text(row.slope, "%.2f"), "\(row.width)", text(row.value, "%.4g"),
        text(row.error, "%.1g"), text(row.limit, "%.3f"), text(row.ratio, "%.3f"),
      ])
    }
    return table
  }

  /// The table for programs: one number per column, empty where there is none.
  public var numbers: TextTable { TextTable(numbers: rows.map(MultilinearityTable.fields)) }

  /// An array with one object per row; keys as the columns of `numbers`, null where there is no number.
  public var json: JSONValue { .array(rows.map { .object(MultilinearityTable.fields($0)) }) }

  private static func fields(_ row: Row) -> [JSONValue.Member] {
    [
      .init("network", .string(row.network)), .init("quantity", .string(row.quantity)),
      .init("expectedSlope", .init(nullable: row.expectedSlope)), .init("slope", .init(nullable: row.slope)),
      .init("width", .integer(Int128(row.width))), .init("value", .init(nullable: row.value)),
      .init("standardError", .init(nullable: row.error)),
      .init("limit", .init(nullable: row.limit)), .init("ratio", .init(nullable: row.ratio)),
    ]
  }
}
