import Foundation
import Results
import Statistics

/// Test error, fluctuations, times and changes for every width and √h·α of the experiment `lazy-feature`.
public struct LazyFeatureTable: RunTable {
  private let runs: LazyFeatureRuns

  public init(_ runs: LazyFeatureRuns) { self.runs = runs }

  /// One line per width and α; a dash where nothing is known.
  package struct Row {
    package let width, alpha: Double
    package let networks, converged: Int
    /// Mean over draws.
    package let testError: Double?
    package let ensembleError: Double?
    /// h · Var[α(f − f₀)].
    package let variance: Double?
    /// Median t½/h, in the units of the authors' code.
    package let halfTime: Double?
    let kernelChange: Double?
    /// √h |w − w₀|/|w₀|.
    let weightChange: Double?
    package let steps: Double?
  }

  package var rows: [Row] {
    runs.cells.map { cell in
      let errors = cell.ends("testError")
      func median(_ field: String, times factor: Double = 1) -> Double? {
        Quartiles(cell.ends(field)).median.map { $0 * factor }
      }
      return Row(
        width: cell.width, alpha: cell.alpha, networks: cell.networks.count,
        converged: cell.networks.count { $0.end?.string("status") == "converged" },
        testError: errors.isEmpty ? nil : errors.reduce(0, +) / Double(errors.count), ensembleError: cell.ensemble?.number("testError"),
        variance: cell.ensemble?.number("variance").map { $0 * cell.width }, halfTime: median("halfTime", times: 1 / cell.width),
        kernelChange: median("kernelChange"), weightChange: median("weightChange", times: cell.width.squareRoot()), steps: median("steps"))
    }
  }

  /// The table for a reader: medians over draws, errors in per cent.
  public var text: TextTable {
    var table = TextTable(columns: [
      .init("h"), .init("√h·α"), .init("networks"), .init("converged"), .init("error %"), .init("ensemble %"), .init("h·Var"),
      .init("t½/h"), .init("|ΔΘ|/|Θ₀|"), .init("√h|Δw|/|w₀|"), .init("steps"),
    ])
    func show(_ value: Double?, _ format: String, _ factor: Double = 1) -> String {
      value.map { String(format: format, factor * $0) } ?? "–"
    }
    for row in rows {
      table.append([
        show(row.width, "%.0f"), show(row.alpha, "%g"), "\(row.networks)", "\(row.converged)", show(row.testError, "%.2f", 100),
        show(row.ensembleError, "%.2f", 100), show(row.variance, "%.3g"), show(row.halfTime, "%.3g"), show(row.kernelChange, "%.3g"),
        show(row.weightChange, "%.3g"), show(row.steps, "%.0f"),
      ])
    }
    for (width, errors) in runs.initialKernelErrors.sorted(by: { $0.key < $1.key }) {
      table.append(
        [show(width, "%.0f"), "kernel", "\(errors.count)", "–", show(errors.reduce(0, +) / Double(errors.count), "%.2f", 100)]
          + [String](repeating: "–", count: 6))
    }
    return table
  }

  /// The table for programs: one number per column, errors as fractions.
  public var numbers: TextTable { TextTable(numbers: rows.map(Self.fields)) }
  /// The table as a JSON list of objects, one per row.
  public var json: JSONValue { .array(rows.map { .object(Self.fields($0)) }) }

  private static func fields(_ row: Row) -> [JSONValue.Member] {
    [
      .init("width", .number(row.width)), .init("alpha", .number(row.alpha)), .init("networks", .integer(Int128(row.networks))),
      .init("converged", .integer(Int128(row.converged))), .init("testError", .init(nullable: row.testError)),
      .init("ensembleTestError", .init(nullable: row.ensembleError)), .init("scaledVariance", .init(nullable: row.variance)),
      .init("scaledHalfTime", .init(nullable: row.halfTime)), .init("kernelChange", .init(nullable: row.kernelChange)),
      .init("scaledWeightChange", .init(nullable: row.weightChange)), .init("steps", .init(nullable: row.steps)),
    ]
  }
}
