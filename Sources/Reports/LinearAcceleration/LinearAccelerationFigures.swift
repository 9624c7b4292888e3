import Figures
import Foundation
import Results
import Statistics
import StudyRecords

/// The figures of the experiment `linear-acceleration`.
enum LinearAccelerationFigures {
  private typealias Fields = LinearAccelerationFields
  private typealias Case = LinearAccelerationRecords.Group<LinearAccelerationRecords.Case>

  static func figures(_ records: LinearAccelerationRecords) -> KeyValuePairs<String, Figure?> {
    [
      "speed-up": speedUp(records.cases), "loss": loss(records.cases), "late-rates": lateRates(records.cases),
      "regression": regression(records), "modes": modes(records), "width": width(records),
    ]
  }

  /// Cases of equal inputs and start.
  private static func groups(_ cases: [Case]) -> [[Case]] { cases.runs { [$0.key.decay, $0.key.start == .raw ? 0 : 1] }.map(\.elements) }

  private static func inputs(_ own: Case) -> String {
    own.key.decay == 0 ? "white inputs" : "covariance 1/j^\(JSONValue.number(own.key.decay).text)"
  }

  private static func trained(_ own: Case) -> String { own.key.start == .raw ? "F" : "F − F₀" }

  private static func speedUp(_ cases: [Case]) -> Figure? {
    let style = BottleneckStyle(cases.map(\.key.bottlenecks))
    let panels = groups(cases).map { group in
      let ends = group.map(\.key.norm).sorted()
      let even = Series(
        "no bottleneck", points: [Series.Point(ends[0], 1), Series.Point(ends[ends.count - 1], 1)], style: .dashedLine, color: .black)
      let curves = curves(group, style) { own in
        let speedUp = own.speedUp
        guard let median = speedUp.median, let lower = speedUp.lower, let upper = speedUp.upper, lower > 0 else { return nil }
        return (median, Series.Interval(lower, upper))
      }
      return Panel(
        "\(inputs(group[0])), \(trained(group[0])) trained", x: .log("norm of the target (F₀: 1)"), y: .log("speed-up over no bottleneck"),
        [even] + curves, .inside(.topLeft))
    }
    return Figure("Speed-up by a bottleneck: medians over draws, quartiles shaded", panels)
  }

  /// Loss against time, a panel for each norm, of the first kind of inputs and start.
  private static func loss(_ cases: [Case]) -> Figure? {
    guard let own = groups(cases).first else { return nil }
    let style = BottleneckStyle(own.map(\.key.bottlenecks))
    let panels = own.runs { $0.key.norm }.map { norm, group in
      let without = curve(
        group[0].records, Fields.lossesWithout, over: Fields.readingsWithout, label: "no bottleneck", .dashedLine, .black)
      let with = group.map { own in
        let (color, line) = style[own.key.bottlenecks]
        return curve(own.records, Fields.losses, label: "d = \(own.key.bottlenecks.name)", line, color)
      }
      return Panel(
        title: "norm of the target \(JSONValue.number(norm).text)", xAxis: .log("time × rate without bottleneck"),
        yAxis: .log("loss / initial loss"), series: ([without] + with).compactMap { $0 }, legend: .inside(.bottomLeft))
    }
    return Figure("Loss, \(inputs(own[0])), \(trained(own[0])) trained: medians over draws, quartiles shaded", panels)
  }

  private static func lateRates(_ cases: [Case]) -> Figure? {
    let own = (groups(cases).first ?? []).filter { $0.key.bottlenecks.count == 1 }
    let style = BottleneckStyle(own.map(\.key.bottlenecks))
    let kinds: [(name: String, rate: (Case) -> Quartiles, share: Double)] = [
      ("along the target", { $0.quartiles(Fields.rateAlong) }, 1), ("orthogonal to it, mean", { $0.quartiles(Fields.rateAcross) }, 0.5),
    ]
    let panels = kinds.map { kind -> Panel? in
      let measured = curves(own, style) { kind.rate($0).median.map { ($0, Series.Interval($0, $0)) } }
      guard !measured.isEmpty else { return nil }
      let estimates = Set(own.map(\.key.bottlenecks)).sorted().map { label in
        let points = own.filter { $0.key.bottlenecks == label }.compactMap { own in
          own.quartiles(Fields.rateEstimate).median.map { Series.Point(own.key.norm, kind.share * $0) }
        }
        return Series("", points: points, style: .dashedLine, color: style[label].0)
      }
      return Panel(
        kind.name, x: .log("norm of the target"), y: .log("rate / rate without bottleneck"), measured + estimates, .inside(.bottomRight))
    }
    return Figure("Rate of learning where training ends: medians; dashed: balanced factors", panels)
  }

  /// A line with symbols for each d.
  private static func curves(_ cases: [Case], _ style: BottleneckStyle, _ value: (Case) -> (Double, Series.Interval)?) -> [Series] {
    Set(cases.map(\.key.bottlenecks)).sorted().enumerated().flatMap { index, label -> [Series] in
      let values = cases.filter { $0.key.bottlenecks == label }.compactMap { own in value(own).map { (own.key.norm, $0.0, $0.1) } }
      return Series.marked(
        "d = \(label.name)", values.map { Series.Point($0.0, $0.1) }, symbol: index, style[label].0, line: style[label].1,
        lineBand: values.map(\.2))
    }
  }

  /// Loss against steps of regression at each depth's best rate, a panel for each problem and power.
  private static func regression(_ records: LinearAccelerationRecords) -> Figure? {
    let panels = records.regressions.runs { [$0.key.problem == .identity ? 0 : 1, $0.key.power] }.map { _, group in
      let series = group.enumerated().compactMap { index, own in
        curve(own.records, Fields.losses, label: "N = \(own.key.depth)", .line, .number(index))
      }
      let (problem, power) = (group[0].key.problem, group[0].key.power)
      let name = problem == .identity ? "x = I₂, y = (10, 1)" : "Gaussian inputs"
      return Panel(
        "ℓ\(power == 2 ? "₂" : power == 4 ? "₄" : "\(power)") regression, \(name)", x: .log("step"), y: .log("loss / initial loss"), series,
        .inside(.bottomLeft))
    }
    return Figure("End-to-end rules of depth N, each at its best constant rate: medians, quartiles shaded", panels)
  }

  /// Integrated modes as symbols on the curves of their own equations, a panel for each depth.
  private static func modes(_ records: LinearAccelerationRecords) -> Figure? {
    let lines = records.records(.mode)
    let panels = Set(lines.compactMap { $0[Fields.depth] }).sorted().map { depth in
      let own = lines.filter { $0[Fields.depth] == depth }.sorted { $0.number(Fields.mode) ?? 0 < $1.number(Fields.mode) ?? 0 }
      let series = own.enumerated().flatMap { index, line -> [Series] in
        guard let times = line[Fields.times], let integrated = line[Fields.integrated], let expected = line[Fields.expected],
          let strength = line[Fields.strength]
        else { return [] }
        let points = zip(times, integrated).enumerated().filter { $0.offset % 4 == 0 }.map { Series.Point($0.element.0, $0.element.1) }
        return [
          Series("", points: zip(times, expected).map { Series.Point($0, $1) }, color: .number(2 * index)),
          Series("s = \(JSONValue.number(strength).text)", points: points, style: .symbol(index), color: .number(2 * index)),
        ]
      }
      return Panel("N = \(depth) matrices", x: Axis("time / τ"), y: Axis("singular mode"), series, .below)
    }
    return Figure("Singular modes: all matrices integrated (symbols), each mode's own equation (lines)", panels)
  }

  private static func width(_ records: LinearAccelerationRecords) -> Figure? {
    let kinds = [("G", Fields.errorG), ("v", Fields.errorV), ("F", Fields.errorF)]
    var series = kinds.enumerated().flatMap { index, kind -> [Series] in
      let values = records.widths.compactMap { group -> (Series.Point, Series.Interval)? in
        let quartiles = group.quartiles(kind.1)
        guard let median = quartiles.median, let lower = quartiles.lower, let upper = quartiles.upper, lower > 0 else { return nil }
        return (Series.Point(Double(group.key), median), Series.Interval(lower, upper))
      }
      let name = kind.0 + (records.exponent(kind.1).map { String(format: ": ∝ width^%.2f", $0) } ?? "")
      return Series.marked(name, values.map(\.0), symbol: index, .number(2 * index), lineBand: values.map(\.1))
    }
    guard let first = series.first?.points.first, let last = series.first?.points.last else { return nil }
    let guide = [first.x, last.x].map { Series.Point($0, 1.3 * first.y * (first.x / $0).squareRoot()) }
    series.append(Series("slope −1/2", points: guide, style: .dashedLine, color: .black))
    return Figure(
      title: "Finite networks against their limit: medians, quartiles shaded", xAxis: .log("width"), yAxis: .log("relative error"),
      series: series, legend: .inside(.bottomLeft))
  }

  /// Median and quartiles over runs of curves over the times or steps at which they were read.
  private static func curve(
    _ lines: [Record], _ values: Field<[Double]>, over readings: Field<[Double]> = Fields.readings, label: String, _ style: Series.Style,
    _ color: Color
  ) -> Series? {
    let curves = lines.compactMap { line -> DrawSummary.Curve? in
      guard let readings = line[readings], let values = line[values] else { return nil }
      return zip(readings, values).filter { $0.0 > 0 }.map { (step: $0, value: $1) }
    }
    return Series.median(label, curves, style, hasBand: true, color)
  }
}
