import Figures
import Results
import Statistics
import StudyRecords

private typealias Fields = BottleneckFields

extension RunReport {
  /// Steps of chains of one, two, three … bottlenecks, each against the network without bottlenecks of its own blocks and against the
  /// chain of one bottleneck of its width. From the records of the experiment `bottleneck-depth`.
  ///
  /// Its figures are `steps` (to 10, 1 and 0.1 % of the initial loss against the number of bottlenecks, a row of panels for each
  /// comparison), `loss` (training loss against steps, a panel for each comparison and width) and `test-error`.
  public static let bottleneckDepth = RunReport(
    "bottleneck-depth", rowKeys: ["comparison", "bottlenecks"], furtherRowKeys: ["kappa"], table: table,
    figures: BottleneckDepthFigures.figures)

  /// Steps to each fraction of the initial loss, and the speed-up over d = ∞ and over one bottleneck.
  private static func table(_ runs: BottleneckRuns) -> ReportTable {
    let overWide = TextTable.Column.column("over ∞", BottleneckRow.speedUpHead.meaning, isBeside: true)
    let overOne = TextTable.Column.column(
      "over one", "steps of one bottleneck of this width at the same comparison over those of the chain", isBeside: true)
    var table = ReportTable(
      keys: BottleneckRow.heads.count, note: BottleneckRow.note,
      columns: BottleneckRow.heads + Fields.fractions.flatMap { [BottleneckRow.head($0), overWide, overOne] }
        + [runs.measure.head, BottleneckRow.sensitiveHead, BottleneckRow.divergedHead])
    let rows = runs.rows
    for row in rows {
      let overOne = speedUpsOverOne(row, among: rows)
      let steps = row.speedUps.indices.flatMap { index in
        [cell(row.entry.steps[index], "%.0f"), cell(row.speedUps[index], "×%.1f"), cell(overOne[index], "×%.1f")]
      }
      var numbers = row.numbers
      for (fraction, speedUp) in zip(Fields.fractions, overOne) { numbers.add("speedUpOverOne\(fraction.percent)", speedUp) }
      let last = [row.measure.text(row.finalTest), row.sensitive.map(String.init) ?? "–", "\(row.diverged)"]
      table.add(row.head + steps + last, numbers)
    }
    return table
  }

  /// Median steps of one bottleneck of the same width over those of the chain; nil where either is not reached, the widths of the chain
  /// differ, or it has one bottleneck or none.
  private static func speedUpsOverOne(_ row: BottleneckRow, among rows: [BottleneckRow]) -> [Double?] {
    let one = rows.first { other in
      // `own` has one rate for each network.
      other.comparison == row.comparison && (row.comparison == .own || other.entry.rate == row.entry.rate)
        && other.entry.label.widths.count == 1 && Set(row.entry.label.widths) == Set(other.entry.label.widths)
    }
    return BottleneckGroup.speedUps(of: row.entry, over: row.entry.label.count > 1 ? one?.entry : nil)
  }
}

/// The figures of the experiment `bottleneck-depth`.
private enum BottleneckDepthFigures {
  static func figures(_ runs: BottleneckRuns) -> KeyValuePairs<String, Figure?> {
    let groups = runs.groups
    return ["steps": steps(groups), "loss": loss(groups), runs.measure.figureName: BottleneckFigures.test(groups, runs.measure)]
  }

  /// Fractions of the initial loss that are drawn.
  private static let drawnFractions = [1, 2, 3]

  private static func steps(_ groups: [BottleneckGroup]) -> Figure? {
    let panels = groups.flatMap { group in drawnFractions.map { stepsPanel(group, fraction: $0) } }
    return Figure(
      "Steps to a fraction of the initial loss", note: .medians, panels, columns: drawnFractions.count)
  }

  /// Steps against the number of bottlenecks, a line for each width; d = ∞ is the network without bottlenecks of the same blocks.
  private static func stepsPanel(_ group: BottleneckGroup, fraction: Int) -> Panel? {
    let most = group.entries.map(\.label.count).max() ?? 1
    let rows: [(name: FigureText, entries: [BottleneckGroup.Entry])] =
      widths(of: group).map { width in ("d = \(width)", group.entries.filter { Set($0.label.widths) == [width] }) }
      + [("d = ∞", group.entries.filter(\.label.isInfinite))]
    let series = rows.map { name, entries -> Series? in
      guard let first = entries.first else { return nil }
      let points = entries.sorted { $0.label < $1.label }.map { entry in
        CurvePoint(Double(entry.label.count - 1), of: entry.draws.map { $0.steps(fraction) })
      }
      return Series(name, points, CurveLook.network(first.label).solid)
    }
    return Panel(
      "\(Fields.fractions[fraction].name). \(group.title)", x: Axis("bottlenecks", categories: (1...most).map(String.init)),
      y: .log("steps"), series)
  }

  private static func loss(_ groups: [BottleneckGroup]) -> Figure? {
    Figure(
      "Training loss", note: "\(FigureText.medians) Dashes tell the number of bottlenecks; black: the networks without.",
      groups.flatMap { group in widths(of: group).map { lossPanel(group, width: $0) } },
      columns: groups.first.map { max(1, widths(of: $0).count) })
  }

  private static func lossPanel(_ group: BottleneckGroup, width: Int) -> Panel? {
    let own = group.entries.filter { Set($0.label.widths) == [width] || $0.label.isInfinite }
    return Panel(
      "d = \(width). \(group.title)", x: .log("steps"), y: .log("training loss / initial loss"),
      own.map { entry in
        Series("d = \(entry.label.name)", entry.draws.map { $0.relativeLoss.filter { $0.step >= 1 } }, .network(entry.label))
      })
  }

  /// Widths of the chains whose bottlenecks are all alike.
  private static func widths(of group: BottleneckGroup) -> [Int] {
    Set(group.entries.filter { Set($0.label.widths).count == 1 }.compactMap(\.label.widths.first)).sorted()
  }
}
