import Figures
import Results
import Statistics
import StudyRecords

private typealias Fields = FiniteWidthFields

extension RunReport {
  /// Errors of finite networks against the limit, by network and width, from the records of the experiment `finite-width`.
  ///
  /// Its figures are `error` (against width, with the guide width^−1/2), `error-steps` (of F at every reading, a curve for each width),
  /// `movement` (of the bottlenecks), `kernel` (its error and its change during training) and `sensitivity` (error against the
  /// amplification of a perturbation); a panel for each network. Sensitive draws are in the last one alone.
  public static let finiteWidth = RunReport(
    "finite-width", rowKeys: ["bottlenecks", "width"], table: table, figures: FiniteWidthFigures.figures)

  /// Medians over the draws that count, and after the widths of a network its slopes ± standard errors.
  private static func table(_ runs: FiniteWidthRuns) -> ReportTable {
    var table = ReportTable(
      keys: 2,
      note: "Medians over draws of the largest distances |finite − limit| / |limit| over the steps compared; slope: their exponent of the "
        + "width ± its standard error.",
      columns: [
        .column("d", "width of the bottleneck, or of one after the other; ∞ is the network without", .left),
        .column("width", Fields.width), .column("train F", Fields.train), .column("test F", Fields.test),
        .column("bottlenecks", "distance of the positions in each bottleneck"),
        .column("kernel", "distance of the empirical tangent kernel from the limit's"),
        .column(
          "frozen", "distance on test points from the limit of a network whose tangent kernel stays as it began"),
        .column("moved", "how far each bottleneck moved since step 0, over its norm there, in the limit"),
        .column("kernel moved", "relative change of the limit's kernel since step 0"),
        .column("draws", "draws that count: neither sensitive nor diverged"),
        .column("sensitive", "draws in which a perturbation grew by more than \(Int(Sensitivity.threshold)) times"),
        .column("diverged", "draws whose outputs grew beyond every number"),
      ])
    func median(_ quartiles: Quartiles, _ digits: Int) -> String { cell(quartiles.median, "%.\(digits)f") }
    func list(_ parts: [String]) -> String { parts.isEmpty ? "–" : parts.joined(separator: " ") }
    let networks = runs.networks
    // Every row has columns for the longest chain.
    let most = networks.map(\.label.widths.count).max() ?? 0
    for (label, groups) in networks {
      func slope(_ value: (Record) -> Double?) -> WidthSlope? { WidthSlope(groups.map { ($0.width, $0.ends(value)) }) }
      let (train, test, kernel) = (slope { $0[Fields.train] }, slope { $0[Fields.test] }, slope { $0[Fields.kernel] })
      let positions = label.widths.indices.map { index in slope { $0.number(Fields.errors, at: index) } }
      for group in groups {
        let errors = group.quartiles(Fields.errors), moved = group.quartiles(Fields.movement)
        let (own, sensitive, diverged) = (
          group.calm.count, group.draws.count(where: \.isSensitive), group.draws.count(where: \.isDiverged)
        )
        table.add([
          label.name, "\(group.width)", median(group.quartiles(Fields.train), 4), median(group.quartiles(Fields.test), 4),
          list(errors.map { median($0, 4) }), median(group.quartiles(Fields.kernel), 4), median(group.quartiles(Fields.frozenTest), 2),
          list(moved.map { median($0, 2) }), median(group.quartiles(Fields.kernelChange), 2), "\(own)", "\(sensitive)", "\(diverged)",
        ])
        var numbers: TableNumbers = [
          "bottlenecks": label.text, "width": group.width, "draws": own, "sensitive": sensitive, "diverged": diverged,
        ]
        for field in [Fields.train, Fields.test, Fields.kernel, Fields.frozenTest, Fields.kernelChange] {
          numbers.add(field.name, group.quartiles(field))
        }
        for index in 0..<most {
          numbers.add("bottleneck\(index + 1)", index < errors.count ? errors[index] : nil)
          numbers.add("movement\(index + 1)", index < moved.count ? moved[index] : nil)
        }
        numbers.add(["train": train, "test": test, "kernel": kernel])
        for index in 0..<most { numbers.add("bottleneck\(index + 1)", index < positions.count ? positions[index] : nil) }
        table.add(numbers)
      }
      let slopes = [train, test].map { $0?.text ?? "–" } + [list(positions.map { $0?.text ?? "–" }), kernel?.text ?? "–"]
      table.add([label.name, "slope"] + slopes + [String](repeating: "", count: 6))
    }
    return table
  }
}

/// The figures of the experiment `finite-width`.
private enum FiniteWidthFigures {
  typealias Groups = [FiniteWidthRuns.Group]

  static func figures(_ runs: FiniteWidthRuns) -> KeyValuePairs<String, Figure?> {
    func figure(_ title: String, _ panel: (BottleneckLabel, Groups) -> Panel?) -> Figure? {
      guard var figure = Figure(title, runs.networks.map(panel)) else { return nil }
      // Wide enough for a legend beside the axes.
      let rows = (figure.panels.count + figure.columns - 1) / figure.columns
      figure.size = .init(width: 860 * figure.columns, height: 480 * rows + 40)
      return figure
    }
    return [
      "error": figure("Finite networks against the limit: median and quartiles over draws", errorPanel),
      "error-steps": figure("Error of F on test points during training: median over draws", stepsPanel),
      "movement": figure("Movement of the bottlenecks in the limit: median and quartiles", movementPanel),
      "kernel": figure("Tangent kernel during training: median over draws", kernelPanel),
      "sensitivity": figure("Sensitivity to a perturbation of the start: diamonds are draws that are set apart", sensitivityPanel),
    ]
  }

  private static func name(_ label: BottleneckLabel, _ index: Int) -> String {
    label.widths.count == 1 ? "bottleneck" : "bottleneck \(index + 1)"
  }

  /// The quantities that are drawn against the width.
  private static func quantities(_ label: BottleneckLabel) -> [(name: String, isFitted: Bool, value: (Record) -> Double?)] {
    [("train F", true, { $0[Fields.train] }), ("test F", true, { $0[Fields.test] })]
      + label.widths.indices.map { index in (name(label, index), true, { $0.number(Fields.errors, at: index) }) }
      + [("kernel", true, { $0[Fields.kernel] }), ("frozen kernel: test F", false, { $0[Fields.frozenTest] })]
  }

  private static func errorPanel(_ label: BottleneckLabel, _ groups: Groups) -> Panel? {
    var series = quantities(label).enumerated().flatMap { index, quantity -> [Series] in
      let values = groups.compactMap { group -> (Series.Point, Series.Interval)? in
        let quartiles = Quartiles(group.ends(quantity.value))
        guard let median = quartiles.median else { return nil }
        return (.init(Double(group.width), median), .init(quartiles.lower ?? median, quartiles.upper ?? median))
      }
      let slope = quantity.isFitted ? WidthSlope(groups.map { ($0.width, $0.ends(quantity.value)) }) : nil
      return Series.marked(
        quantity.name + (slope.map { ": \($0.text)" } ?? ""), values.map(\.0), symbol: index,
        quantity.isFitted ? .number(index) : .black, line: quantity.isFitted ? .line : .dashedLine, band: values.map(\.1))
    }
    if let first = series.first?.points.first, let last = series.first?.points.last, last.x > first.x {
      // Below the curves, where it hides none.
      let lowest = series.flatMap(\.points).map { $0.y * ($0.x / first.x).squareRoot() }.min() ?? first.y
      let guide = [first.x, last.x].map { Series.Point($0, 0.6 * lowest * (first.x / $0).squareRoot()) }
      series.append(Series("∝ width^−1/2", points: guide, style: .dashedLine, color: .guide))
    }
    return panel(label, .log("width"), .log("relative error"), series, .right)
  }

  private static func stepsPanel(_ label: BottleneckLabel, _ groups: Groups) -> Panel? {
    var series = groups.enumerated().compactMap { index, group in
      median("\(group.width)", group.calm, .number(index)) { $0[Fields.test] }
    }
    if let largest = groups.last(where: { !$0.calm.isEmpty }) {
      series += [median("frozen kernel", largest.calm, .black, .dashedLine) { $0[Fields.frozenTest] }].compactMap { $0 }
    }
    return panel(label, .log("steps"), .log("relative error of F"), series, .right)
  }

  private static func movementPanel(_ label: BottleneckLabel, _ groups: Groups) -> Panel? {
    guard let largest = groups.last(where: { !$0.calm.isEmpty }) else { return nil }
    let series = label.widths.indices.compactMap { index in
      Series.median(
        name(label, index), curves(largest.calm) { $0.number(Fields.movement, at: index) }, isLog: false, hasBand: true, .number(2 * index))
    }
    return panel(label, .log("steps"), Axis("|z − z_0| / |z_0|"), series, .inside(.topLeft))
  }

  private static func kernelPanel(_ label: BottleneckLabel, _ groups: Groups) -> Panel? {
    func points(_ draws: [FiniteWidthRuns.Draw], from first: Double, _ value: (Record) -> Double?) -> [Series.Point] {
      DrawSummary(curves(draws, from: first, value), isLog: true).medians.map { Series.Point($0.step + 1, $0.value) }
    }
    var series = groups.enumerated().flatMap { index, group in
      Series.marked("\(group.width)", points(group.calm, from: 0) { $0[Fields.kernel] }, symbol: index, .number(index))
    }
    if let largest = groups.last(where: { !$0.calm.isEmpty }), !series.isEmpty {
      let change = points(largest.calm, from: 1) { $0[Fields.kernelChange] }
      if !change.isEmpty { series.append(Series("change since step 0", points: change, style: .dashedLine, color: .black)) }
    }
    return panel(label, .log("steps + 1"), .log("relative distance of Θ"), series, .right)
  }

  private static func sensitivityPanel(_ label: BottleneckLabel, _ groups: Groups) -> Panel? {
    var series = groups.enumerated().flatMap { index, group -> [Series] in
      func points(_ draws: [FiniteWidthRuns.Draw]) -> [Series.Point] {
        draws.compactMap { draw in
          guard draw.amplification > 0, draw.amplification.isFinite else { return nil }
          return draw.end?[Fields.test].map { Series.Point(draw.amplification, $0 * Double(group.width).squareRoot()) }
        }
      }
      return [
        Series("\(group.width)", points: points(group.calm), style: .points(.circle), color: .number(index)),
        Series("", points: points(group.draws.filter(\.isSensitive)), style: .points(.diamond), color: .number(index)),
      ].filter { !$0.points.isEmpty }
    }
    let heights = series.flatMap(\.points).map(\.y).filter { $0 > 0 }
    guard let low = heights.min(), let high = heights.max() else { return nil }
    let line = [low, high].map { Series.Point(Sensitivity.threshold, $0) }
    series.append(Series("sensitive beyond", points: line, style: .dashedLine, color: .guide))
    return panel(label, .log("amplification of a perturbation"), .log("error of test F × √width"), series, .right)
  }

  private static func panel(_ label: BottleneckLabel, _ x: Axis, _ y: Axis, _ series: [Series], _ legend: Legend) -> Panel? {
    Panel(label.isInfinite ? "No bottleneck" : "Bottlenecks \(label.name)", x: x, y: y, series, legend)
  }

  /// A quantity by step, of every draw.
  private static func curves(
    _ draws: [FiniteWidthRuns.Draw], from first: Double = 1, _ value: (Record) -> Double?
  ) -> [DrawSummary.Curve] {
    draws.map { $0.curve(value).filter { $0.step >= first } }.filter { !$0.isEmpty }
  }

  private static func median(
    _ name: String, _ draws: [FiniteWidthRuns.Draw], _ color: Color, _ style: Series.Style = .line, _ value: (Record) -> Double?
  ) -> Series? {
    Series.median(name, curves(draws, value), style, color)
  }
}
