import Figures
import Foundation
import Results
import Statistics

/// Speed-ups by bottlenecks in deep linear networks, and the summaries of the other parts, from the records of the experiment
/// `linear-acceleration`.
public struct LinearAccelerationTable: RunTable, Equatable {
  /// Runs of equal inputs, start and norm of the target.
  public struct Row: Equatable, Sendable {
    /// Decay a of the covariance's eigenvalues j^−a.
    public let decay: Double
    /// `raw` or `centred`.
    public let start: String
    /// Norm of the target.
    public let norm: Double
    /// Bottlenecks of the network.
    public let bottlenecks: BottleneckLabel
    /// Number of draws.
    public let draws: Int
    /// Draws that did not reach the fraction.
    public let notReached: Int
    /// Time without bottleneck over time with it; a draw that did not reach the fraction counts as 0.
    public let speedUp: Quartiles
    /// Rates at the end over that without bottleneck: along the target, and the mean of the directions orthogonal to it.
    public let rateAlong: Quartiles
    /// Rate at the end over that without bottleneck, mean of the directions orthogonal to the target.
    public let rateAcross: Quartiles
    /// What `rateAlong` would be, were the factors balanced on the target alone; that across half of it.
    public let rateEstimate: Quartiles
    /// Drift of the conserved matrix, the largest of all draws.
    public let drift: Double
  }

  /// Steps of regression at the best constant rate.
  public struct Regression: Equatable, Sendable {
    /// Name of the problem.
    public let problem: String
    /// p of the loss.
    public let power: Int
    /// Depth N of the end-to-end rule.
    public let depth: Int
    /// Steps at the best rate, over draws.
    public let steps: Quartiles
  }

  /// Finite networks of one width.
  public struct Width: Equatable, Sendable {
    /// Width of the hidden layers.
    public let width: Int
    /// Relative errors at the end, over draws.
    public let errorG: Quartiles
    /// Relative errors of v at the end, over draws.
    public let errorV: Quartiles
    /// Relative errors of F at the end, over draws.
    public let errorF: Quartiles
  }

  /// Sorted by decay, start (raw first), norm, bottlenecks.
  public let rows: [Row]
  /// Largest deviation of a balanced chain from the end-to-end rule, by depth.
  public let rules: [Int: Double]
  /// Largest deviation of a singular mode from its own equation, by depth.
  public let modes: [Int: Double]
  /// Steps of every problem and depth.
  public let regressions: [Regression]
  /// Errors of every width.
  public let widths: [Width]

  /// The table of a run's records.
  public static func make(from records: [Record]) throws(RecordFault) -> LinearAccelerationTable {
    var collector = LinearAccelerationRecords()
    for record in records { try collector.add(record) }
    return LinearAccelerationTable(collector)
  }

  /// - Throws: `ResultsError` where `records.jsonl` of the folder cannot be read.
  public init(reading directory: URL) throws(ResultsError) { self.init(try LinearAccelerationRecords(reading: directory)) }

  init(_ records: LinearAccelerationRecords) {
    rows = records.cases.sorted { $0.key < $1.key }.map { key, lines in
      func quartiles(_ name: String) -> Quartiles { Quartiles(lines.compactMap { $0.number(name) }) }
      return Row(
        decay: key.decay, start: key.isCentred ? "centred" : "raw", norm: key.norm, bottlenecks: key.bottlenecks, draws: lines.count,
        notReached: lines.count { $0.number("speedUp") == nil }, speedUp: Quartiles(lines.map { $0.number("speedUp") ?? 0 }),
        rateAlong: quartiles("rateAlong"), rateAcross: quartiles("rateAcross"),
        rateEstimate: quartiles("rateEstimate"), drift: lines.compactMap { $0.number("drift") }.max() ?? 0)
    }
    func largest(_ kind: String) -> [Int: Double] {
      records.others(kind).reduce(into: [:]) { largest, record in
        guard let depth = record.number("depth").flatMap({ Int(exactly: $0) }), let deviation = record.number("deviation") else { return }
        largest[depth] = max(largest[depth] ?? 0, deviation)
      }
    }
    (rules, modes) = (largest("rule"), largest("mode"))
    regressions = records.regressions.sorted { $0.key < $1.key }.map { key, lines in
      Regression(problem: key.problem, power: key.power, depth: key.depth, steps: Quartiles(lines.map { $0.number("steps") }))
    }
    widths = records.widths.sorted { $0.key < $1.key }.map { width, lines in
      func quartiles(_ name: String) -> Quartiles { Quartiles(lines.compactMap { $0.number(name) }) }
      return Width(width: width, errorG: quartiles("errorG"), errorV: quartiles("errorV"), errorF: quartiles("errorF"))
    }
  }

  /// Exponent of the width in the medians of an error; nil with fewer than two widths.
  package func exponent(_ error: (Width) -> Quartiles) -> Double? {
    PowerLaw(widths.compactMap { width in error(width).median.map { Series.Point(Double(width.width), $0) } })?.exponent
  }
}
