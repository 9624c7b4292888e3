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
    func figure(_ title: FigureText, further note: FigureText = "", _ panel: (BottleneckLabel, Groups) -> Panel?) -> Figure? {
      Figure(title, note: "Medians over draws; bands: quartiles\(note).", runs.networks.map(panel))
    }
    return [
      "error": figure("Finite networks against the limit", further: "; numbers: exponents of the width ± standard errors", errorPanel),
      "error-steps": figure("Error of F on test points during training", stepsPanel),
      "movement": figure("Movement of the bottlenecks in the limit", movementPanel),
      "kernel": figure("Tangent kernel during training", kernelPanel),
      "sensitivity": Figure(
        "Sensitivity to a perturbation of the start",
        note: "A symbol for each draw; diamonds: sensitive ones, which other figures leave out.",
        runs.networks.map(sensitivityPanel)),
    ]
  }

  private static func name(_ label: BottleneckLabel, _ index: Int) -> FigureText {
    label.widths.count == 1 ? "bottleneck" : "bottleneck \(index + 1)"
  }

  /// The quantities that are drawn against the width.
  private static func quantities(_ label: BottleneckLabel) -> [(name: FigureText, isFitted: Bool, value: (Record) -> Double?)] {
    [("train F", true, { $0[Fields.train] }), ("test F", true, { $0[Fields.test] })]
      + label.widths.indices.map { index in (name(label, index), true, { $0.number(Fields.errors, at: index) }) }
      + [("kernel", true, { $0[Fields.kernel] }), ("frozen kernel: test F", false, { $0[Fields.frozenTest] })]
  }

  private static func errorPanel(_ label: BottleneckLabel, _ groups: Groups) -> Panel? {
    let series = quantities(label).enumerated().compactMap { index, quantity -> Series? in
      let slope = quantity.isFitted ? WidthSlope(groups.map { ($0.width, $0.ends(quantity.value)) }) : nil
      return Series(
        quantity.name + (slope.map { ": \($0.text)" } ?? ""),
        groups.map { CurvePoint(Double($0.width), of: $0.ends(quantity.value)) },
        quantity.isFitted ? .number(index) : CurveLook.reference.line(.dashedLine))
    }
    return panel(label, .log("width", at: groups.map { Double($0.width) }), .log("relative error"), series + Series.guide(under: series))
  }

  private static func stepsPanel(_ label: BottleneckLabel, _ groups: Groups) -> Panel? {
    panel(
      label, .log("steps"), .log("relative error of F"),
      groups.map { curve("width \($0.width)", $0.calm, .width(Double($0.width))) { $0[Fields.test] } }
        + [curve("frozen kernel", largest(groups), CurveLook.reference.line(.dashedLine)) { $0[Fields.frozenTest] }])
  }

  private static func movementPanel(_ label: BottleneckLabel, _ groups: Groups) -> Panel? {
    panel(
      label, .log("steps"), Axis("|z − z\(lowered: "0")| / |z\(lowered: "0")|"),
      label.widths.indices.map { index in
        Series(
          name(label, index), curves(largest(groups)) { $0.number(Fields.movement, at: index) }, isLog: false, .number(2 * index))
      })
  }

  private static func kernelPanel(_ label: BottleneckLabel, _ groups: Groups) -> Panel? {
    // Step 0 has a place on the logarithmic axis of steps + 1.
    func curve(
      _ name: FigureText, _ draws: [FiniteWidthRuns.Draw], from first: Double, _ look: CurveLook, _ value: (Record) -> Double?
    ) -> Series? {
      Series(name, curves(draws, from: first, value).map { $0.map { ($0.step + 1, $0.value) } }, look)
    }
    let errors = groups.map { curve("width \($0.width)", $0.calm, from: 0, .width(Double($0.width))) { $0[Fields.kernel] } }
    guard errors.contains(where: { $0 != nil }) else { return nil }
    let change = curve("change since step 0", largest(groups), from: 1, CurveLook.reference.line(.dashedLine)) { $0[Fields.kernelChange] }
    return panel(label, .log("steps + 1"), .log("relative distance of Θ"), errors + [change])
  }

  private static func sensitivityPanel(_ label: BottleneckLabel, _ groups: Groups) -> Panel? {
    let series = groups.flatMap { group -> [Series] in
      func points(_ draws: [FiniteWidthRuns.Draw]) -> [CurvePoint] {
        draws.compactMap { draw in
          guard draw.amplification > 0, draw.amplification.isFinite else { return nil }
          return draw.end?[Fields.test].map { CurvePoint(draw.amplification, $0 * Double(group.width).squareRoot()) }
        }
      }
      let look = CurveLook.width(Double(group.width)), calm = points(group.calm), sensitive = points(group.draws.filter(\.isSensitive))
      return [
        Series("width \(group.width)", calm, look.points(.circle)),
        Series("width \(group.width)\(calm.isEmpty ? "" : ", sensitive")", sensitive, look.points(.diamond), isListed: calm.isEmpty),
      ].compactMap { $0 }
    }
    let heights = series.flatMap(\.points).map(\.y).filter { $0 > 0 }
    guard let low = heights.min(), let high = heights.max() else { return nil }
    let line = Series("sensitive beyond", [low, high].map { CurvePoint(Sensitivity.threshold, $0) }, .guide)
    return panel(label, .log("amplification of a perturbation"), .log("error of test F × √width"), series + [line])
  }

  private static func panel(_ label: BottleneckLabel, _ x: Axis, _ y: Axis, _ series: [Series?]) -> Panel? {
    Panel(label.isInfinite ? "No bottleneck" : "Bottlenecks \(label.name)", x: x, y: y, series)
  }

  /// Draws of the largest width that has draws that count.
  private static func largest(_ groups: Groups) -> [FiniteWidthRuns.Draw] { groups.last { !$0.calm.isEmpty }?.calm ?? [] }

  /// A quantity by step, of every draw.
  private static func curves(
    _ draws: [FiniteWidthRuns.Draw], from first: Double = 1, _ value: (Record) -> Double?
  ) -> [DrawSummary.Curve] {
    draws.map { $0.curve(value).filter { $0.step >= first } }
  }

  private static func curve(
    _ name: FigureText, _ draws: [FiniteWidthRuns.Draw], _ look: CurveLook, _ value: (Record) -> Double?
  ) -> Series? {
    Series(name, curves(draws, value), look)
  }
}
