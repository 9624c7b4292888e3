import Figures
import Foundation
import Results
import Statistics

/// The figures of the experiment `linear-acceleration`, made from the files of a run alone.
///
/// `speed-up` (against the norm of the target, a panel for each kind of inputs and start), `loss` (against time, a panel for each
/// norm), `late-rates` (where training ends), `regression`, `modes` and `width`.
public enum LinearAccelerationFigures: RunFigures {
  public static let experiment = "linear-acceleration"

  public static func describe(_ runDirectory: URL) throws(ResultsError) -> [Named] {
    figures(of: try LinearAccelerationRecords(reading: runDirectory))
  }

  static func figures(of records: LinearAccelerationRecords) -> [RunFigures.Named] {
    let table = LinearAccelerationTable(records)
    return [
      ("speed-up", speedUp(table)), ("loss", LinearAccelerationCurves.loss(records)), ("late-rates", lateRates(table)),
      ("regression", LinearAccelerationCurves.regression(records)), ("modes", LinearAccelerationCurves.modes(records)),
      ("width", width(table)),
    ].compactMap { name, figure in figure.map { (name: name, figure: $0) } }
  }

  private static func speedUp(_ table: LinearAccelerationTable) -> Figure? {
    let style = BottleneckStyle(Set(table.rows.map(\.bottlenecks)))
    let panels = groups(table).map { rows -> Panel in
      let ends = rows.map(\.norm).sorted()
      let even = Series(
        "no bottleneck", points: [Series.Point(ends[0], 1), Series.Point(ends[ends.count - 1], 1)], style: .dashedLine, color: .black)
      let curves = curves(rows, style) { row in
        guard let median = row.speedUp.median, let lower = row.speedUp.lower, let upper = row.speedUp.upper, lower > 0 else { return nil }
        return (median, Series.Interval(lower, upper))
      }
      let inputs = rows[0].decay == 0 ? "white inputs" : "covariance \(rows[0].inputs)"
      return Panel(
        title: "\(inputs), \(rows[0].start == "raw" ? "F" : "F − F₀") trained", xAxis: Axis("norm of the target (F₀: 1)", scale: .log),
        yAxis: Axis("speed-up over no bottleneck", scale: .log), series: [even] + curves, legend: .inside(.topLeft))
    }
    return panels.isEmpty ? nil : Figure(title: "Speed-up by a bottleneck: medians over draws, quartiles shaded", panels: panels)
  }

  /// Rows of equal inputs and start.
  private static func groups(_ table: LinearAccelerationTable) -> [[LinearAccelerationTable.Row]] {
    table.rows.reduce(into: []) { groups, row in
      if let last = groups.last?.first, (last.decay, last.start) == (row.decay, row.start) {
        groups[groups.count - 1].append(row)
      } else {
        groups.append([row])
      }
    }
  }

  private static func lateRates(_ table: LinearAccelerationTable) -> Figure? {
    let rows = table.rows.filter { $0.decay == table.rows.first?.decay && $0.start == table.rows.first?.start && $0.bottlenecks.count == 1 }
    let style = BottleneckStyle(Set(rows.map(\.bottlenecks)))
    let kinds: [(name: String, quantity: (LinearAccelerationTable.Row) -> Quartiles, share: Double)] = [
      ("along the target", \.rateAlong, 1), ("orthogonal to it, mean", \.rateAcross, 0.5),
    ]
    let panels = kinds.compactMap { kind -> Panel? in
      let measured = curves(rows, style) { row in kind.quantity(row).median.map { ($0, Series.Interval($0, $0)) } }
      guard !measured.isEmpty else { return nil }
      let estimates = Set(rows.map(\.bottlenecks)).sorted().map { label in
        let points = rows.filter { $0.bottlenecks == label }.compactMap { row in
          row.rateEstimate.median.map { Series.Point(row.norm, kind.share * $0) }
        }
        return Series("", points: points, style: .dashedLine, color: style[label].0)
      }
      return Panel(
        title: kind.name, xAxis: Axis("norm of the target", scale: .log), yAxis: Axis("rate / rate without bottleneck", scale: .log),
        series: measured + estimates, legend: .inside(.bottomRight))
    }
    return panels.isEmpty
      ? nil : Figure(title: "Rate of learning where training ends: medians; dashed: balanced factors", panels: panels)
  }

  /// A line with symbols for each d.
  private static func curves(
    _ rows: [LinearAccelerationTable.Row], _ style: BottleneckStyle,
    _ value: (LinearAccelerationTable.Row) -> (Double, Series.Interval)?
  ) -> [Series] {
    Set(rows.map(\.bottlenecks)).sorted().enumerated().flatMap { index, label -> [Series] in
      let values = rows.filter { $0.bottlenecks == label }.compactMap { row in value(row).map { (row.norm, $0.0, $0.1) } }
      guard !values.isEmpty else { return [] }
      let points = values.map { Series.Point($0.0, $0.1) }, (color, line) = style[label]
      let symbol = Series.Symbol.allCases[index % Series.Symbol.allCases.count]
      return [
        Series("", points: points, style: line, band: values.map(\.2), color: color),
        Series("d = \(label.name)", points: points, style: .points(symbol), color: color),
      ]
    }
  }

  private static func width(_ table: LinearAccelerationTable) -> Figure? {
    let kinds: [(String, (LinearAccelerationTable.Width) -> Quartiles)] = [("G", \.errorG), ("v", \.errorV), ("F", \.errorF)]
    var series = kinds.enumerated().flatMap { index, kind -> [Series] in
      let values = table.widths.compactMap { width -> (Series.Point, Series.Interval)? in
        let quartiles = kind.1(width)
        guard let median = quartiles.median, let lower = quartiles.lower, let upper = quartiles.upper, lower > 0 else { return nil }
        return (Series.Point(Double(width.width), median), Series.Interval(lower, upper))
      }
      guard !values.isEmpty else { return [] }
      let color = Color.palette[2 * index], law = table.exponent(kind.1)
      let name = kind.0 + (law.map { String(format: ": ∝ width^%.2f", $0) } ?? "")
      return [
        Series("", points: values.map(\.0), band: values.map(\.1), color: color),
        Series(name, points: values.map(\.0), style: .points(Series.Symbol.allCases[index]), color: color),
      ]
    }
    guard let first = series.first?.points.first, let last = series.first?.points.last else { return nil }
    series.append(
      Series(
        "slope −1/2", points: [first.x, last.x].map { Series.Point($0, 1.3 * first.y * (first.x / $0).squareRoot()) },
        style: .dashedLine, color: .black))
    return Figure(
      title: "Finite networks against their limit: medians, quartiles shaded", xAxis: Axis("width", scale: .log),
      yAxis: Axis("relative error", scale: .log), series: series, legend: .inside(.bottomLeft))
  }
}
