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

  private static func inputs(_ own: Case) -> FigureText {
    own.key.decay == 0 ? "white inputs" : "covariance 1/j\(raised: JSONValue.number(own.key.decay).text)"
  }

  private static func trained(_ own: Case) -> FigureText { own.key.start == .raw ? "F" : "F − F\(lowered: "0")" }

  private static func speedUp(_ cases: [Case]) -> Figure? {
    let panels = groups(cases).map { group in
      let ends = group.map(\.key.norm).sorted()
      let even = Series(
        "no bottleneck", [CurvePoint(ends[0], 1), CurvePoint(ends[ends.count - 1], 1)], CurveLook.reference.line(.dashedLine))
      return Panel(
        "\(inputs(group[0])), \(trained(group[0])) trained", x: .log("norm of the target (F\(lowered: "0"): 1)", at: ends),
        y: .log("speed-up over no bottleneck"), [even] + curves(group) { $0.speedUpPoint })
    }
    return Figure("Speed-up by a bottleneck", note: .medians, panels)
  }

  /// Loss against time, a panel for each norm, of the first kind of inputs and start.
  private static func loss(_ cases: [Case]) -> Figure? {
    guard let own = groups(cases).first else { return nil }
    let panels = own.runs { $0.key.norm }.map { norm, group in
      let without = curve(
        "no bottleneck", group[0].records, Fields.lossesWithout, over: Fields.readingsWithout, CurveLook.reference.line(.dashedLine))
      return Panel(
        "norm of the target \(number: norm)", x: .log("time × rate without bottleneck"), y: .log("loss / initial loss"),
        [without]
          + group.map { curve("d = \($0.key.bottlenecks.name)", $0.records, Fields.losses, .network($0.key.bottlenecks)) })
    }
    return Figure("Loss, \(inputs(own[0])), \(trained(own[0])) trained", note: .medians, panels)
  }

  private static func lateRates(_ cases: [Case]) -> Figure? {
    let own = (groups(cases).first ?? []).filter { $0.key.bottlenecks.count == 1 }
    let kinds: [(name: FigureText, rate: (Case) -> Quartiles, share: Double)] = [
      ("along the target", { $0.quartiles(Fields.rateAlong) }, 1), ("orthogonal to it, mean", { $0.quartiles(Fields.rateAcross) }, 0.5),
    ]
    let panels = kinds.map { kind -> Panel? in
      let measured = curves(own) { own in kind.rate(own).median.map { _ in CurvePoint(own.key.norm, kind.rate(own)) } }
      guard !measured.isEmpty else { return nil }
      let estimates = curves(own, "balanced factors, ", .dashedLine) { own in
        own.quartiles(Fields.rateEstimate).median.map { CurvePoint(own.key.norm, kind.share * $0) }
      }
      return Panel(
        kind.name, x: .log("norm of the target", at: own.map(\.key.norm)), y: .log("rate / rate without bottleneck"), measured + estimates)
    }
    return Figure("Rate of learning where training ends", note: "\(FigureText.medians) Dashed: balanced factors.", panels)
  }

  /// A curve against the norm for each d, or with other dashes one that the legend does not name.
  private static func curves(
    _ cases: [Case], _ prefix: String = "", _ style: Series.Style? = nil, _ point: (Case) -> CurvePoint?
  ) -> [Series] {
    Set(cases.map(\.key.bottlenecks)).sorted().compactMap { label in
      let look = CurveLook.network(label)
      return Series(
        "\(prefix)d = \(label.name)", cases.filter { $0.key.bottlenecks == label }.map(point), style.map(look.line) ?? look,
        isListed: style == nil)
    }
  }

  /// Loss against steps of regression at each depth's best rate, a panel for each problem and power.
  private static func regression(_ records: LinearAccelerationRecords) -> Figure? {
    let panels = records.regressions.runs { [$0.key.problem == .identity ? 0 : 1, $0.key.power] }.map { _, group in
      let (problem, power) = (group[0].key.problem, group[0].key.power)
      let name: FigureText = problem == .identity ? "x = I\(lowered: "2"), y = (10, 1)" : "Gaussian inputs"
      return Panel(
        "ℓ\(lowered: "\(power)") regression, \(name)", x: .log("step"), y: .log("loss / initial loss"),
        group.enumerated().map { curve("N = \($0.element.key.depth)", $0.element.records, Fields.losses, .number($0.offset)) })
    }
    return Figure("End-to-end rules of depth N, each at its best constant rate", note: .medians, panels)
  }

  /// Integrated modes as symbols on the curves of their own equations, a panel for each depth.
  private static func modes(_ records: LinearAccelerationRecords) -> Figure? {
    let lines = records.records(.mode)
    let panels = Set(lines.compactMap { $0[Fields.depth] }).sorted().map { depth in
      let own = lines.filter { $0[Fields.depth] == depth }.sorted { $0.number(Fields.mode) ?? 0 < $1.number(Fields.mode) ?? 0 }
      let series = own.enumerated().flatMap { index, line -> [Series?] in
        guard let times = line[Fields.times], let integrated = line[Fields.integrated], let expected = line[Fields.expected],
          let strength = line[Fields.strength]
        else { return [] }
        let name: FigureText = "s = \(number: strength)", look = CurveLook.number(2 * index)
        let points = zip(times, integrated).enumerated().filter { $0.offset % 4 == 0 }.map { CurvePoint($0.element.0, $0.element.1) }
        return [
          Series("\(name), own equation", zip(times, expected).map { CurvePoint($0, $1) }, look.line(.line), isListed: false),
          Series(name, points, look.points(look.symbol ?? .disc)),
        ]
      }
      return Panel("N = \(depth) \(depth == 1 ? "matrix" : "matrices")", x: Axis("time / τ"), y: Axis("singular mode"), series)
    }
    return Figure("Singular modes", note: "Symbols: all matrices integrated; lines: each mode's own equation.", panels)
  }

  private static func width(_ records: LinearAccelerationRecords) -> Figure? {
    let kinds = [("G", Fields.errorG), ("v", Fields.errorV), ("F", Fields.errorF)]
    var series = kinds.enumerated().compactMap { index, kind -> Series? in
      let points = records.widths.map { group in
        group.quartiles(kind.1).median.map { _ in CurvePoint(Double(group.key), group.quartiles(kind.1)) }
      }
      return Series("\(kind.0)", points, .number(2 * index))?.fitted("width")
    }
    series += Series.guide(under: series)
    return Figure(
      "Finite networks against their limit", note: .medians,
      [Panel("", x: .log("width", at: records.widths.map { Double($0.key) }), y: .log("relative error"), series)])
  }

  /// Median and quartiles over runs of curves over the times or steps at which they were read.
  private static func curve(
    _ name: FigureText, _ lines: [Record], _ values: Field<[Double]>, over readings: Field<[Double]> = Fields.readings, _ look: CurveLook
  ) -> Series? {
    let curves = lines.compactMap { line -> DrawSummary.Curve? in
      guard let readings = line[readings], let values = line[values] else { return nil }
      return zip(readings, values).filter { $0.0 > 0 }.map { (step: $0, value: $1) }
    }
    return Series(name, curves, look)
  }
}

extension LinearAccelerationRecords.Group<LinearAccelerationRecords.Case> {
  /// The speed-up against the norm; one that most draws did not reach lies below the axis.
  fileprivate var speedUpPoint: CurvePoint? {
    guard let median = speedUp.median else { return nil }
    if median > 0 { return CurvePoint(key.norm, speedUp) }
    var point = CurvePoint(key.norm, nil)
    point.unreached = .bottom
    return point
  }
}
