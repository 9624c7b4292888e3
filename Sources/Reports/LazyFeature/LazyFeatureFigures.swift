import Figures
import Foundation
import Results
import Statistics
import StudyRecords

private typealias Fields = LazyFeatureFields

/// The figures of the experiment `lazy-feature`.
enum LazyFeatureFigures {
  static func figures(_ runs: LazyFeatureRuns) -> KeyValuePairs<String, Figure?> {
    [
      "test-error": testError(runs), "width": againstWidth(runs),
      "kernel-change": scaled(runs, "Change of the tangent kernel", "|ΔΘ| / |Θ\(lowered: "0")|") { $0.ends(Fields.kernelChange) },
      "half-time": scaled(runs, "Time to half of the initial loss", "t\(lowered: "½") / h") { cell in
        cell.done.map { $0[Fields.halfTime].map { $0 / cell.width } }
      },
      "weights": scaled(runs, "Change of the weights", "√h |Δw| / |w\(lowered: "0")|") { cell in
        cell.ends(Fields.weightChange).map { $0 * cell.width.squareRoot() }
      },
      "dynamics": dynamics(runs), "loss": loss(runs),
    ]
  }

  private static func mean(_ values: [Double]) -> Double? { MeanEstimate(values)?.mean }
  private static func name(_ width: Double) -> FigureText { "h = \(number: width)" }
  private static func name(alpha: Double) -> FigureText { "√h·α = \(number: alpha)" }

  // MARK: Test error

  private static func testError(_ runs: LazyFeatureRuns) -> Figure? {
    let scaled: (LazyFeatureRuns.Cell) -> Double = { $0.alpha },
      plain = { (cell: LazyFeatureRuns.Cell) in cell.alpha / cell.width.squareRoot() }
    return Figure(
      "Test error", note: "Means over draws; bands: least and largest. Dashed: ensembles; dotted: initial kernels.",
      [
        errorPanel(runs, "Collapse in √h·α", "√h·α", scaled), errorPanel(runs, "The same against α", "α", plain),
        collapsePanel(runs, "Relative to its range, against √h·α", "√h·α", scaled),
        collapsePanel(runs, "Relative to its range, against α", "α", plain),
      ])
  }

  private static func errorPanel(
    _ runs: LazyFeatureRuns, _ title: FigureText, _ axis: FigureText, _ x: (LazyFeatureRuns.Cell) -> Double
  ) -> Panel? {
    let series = runs.widths.flatMap { width -> [Series?] in
      let cells = runs.cells.filter { $0.width == width }, look = CurveLook.width(width)
      let ensembles = cells.map { cell in cell.ensemble?[Fields.testError].map { CurvePoint(x(cell), 100 * $0) } }
      let kernel = runs.initialKernelErrors[width].flatMap(mean).map { error in cells.map { CurvePoint(x($0), 100 * error) } }
      return [
        Series(name(width), cells.map { CurvePoint(x($0), meanOf: $0.ends(Fields.testError), times: 100) }, look),
        Series("\(name(width)), ensemble", ensembles, look.line(.dashedLine), isListed: false),
        Series("\(name(width)), initial kernel", kernel ?? [], look.line(.dottedLine), isListed: false),
      ]
    }
    return Panel(title, x: .log(axis), y: Axis("test error (%)"), series)
  }

  /// Mean errors from the least of a width to the largest.
  private static func collapsePanel(
    _ runs: LazyFeatureRuns, _ title: FigureText, _ axis: FigureText, _ x: (LazyFeatureRuns.Cell) -> Double
  ) -> Panel? {
    let series = runs.widths.map { width -> Series? in
      let errors = runs.cells.filter { $0.width == width }.compactMap { cell in mean(cell.ends(Fields.testError)).map { (x(cell), $0) } }
      guard let low = errors.map(\.1).min(), let high = errors.map(\.1).max(), high > low else { return nil }
      return Series(name(width), errors.map { CurvePoint($0, ($1 - low) / (high - low)) }, .width(width))
    }
    return Panel(title, x: .log(axis), y: Axis("(error − min) / (max − min)", range: -0.05...1.05), series)
  }

  private static func againstWidth(_ runs: LazyFeatureRuns) -> Figure? {
    func panel(_ title: FigureText, _ axis: Axis, isFitted: Bool, _ point: (LazyFeatureRuns.Cell) -> CurvePoint?) -> Panel? {
      let series = runs.alphas.enumerated().map { index, alpha -> Series? in
        let points = runs.cells.filter { $0.alpha == alpha }.compactMap(point)
        guard points.count > 1 else { return nil }
        let series = Series(name(alpha: alpha), points, .number(index))
        return isFitted ? series?.fitted("h") : series
      }
      return Panel(title, x: .log("width h", at: runs.widths), y: axis, series)
    }
    return Figure(
      "Against width", note: "Means over draws; bands: least and largest. Exponents: of h.",
      [
        panel("Test error", Axis("test error (%)"), isFitted: false) {
          CurvePoint($0.width, meanOf: $0.ends(Fields.testError), times: 100)
        },
        panel("Fluctuations over draws", .log("Var[α(f − f\(lowered: "0"))]"), isFitted: true) { cell in
          cell.ensemble?[Fields.variance].map { CurvePoint(cell.width, $0) }
        },
      ], columns: 1)
  }

  // MARK: Scaling in √h·α

  /// A quantity against √h·α for every width, with the slopes of its ends.
  private static func scaled(
    _ runs: LazyFeatureRuns, _ title: FigureText, _ axis: FigureText, _ values: (LazyFeatureRuns.Cell) -> [Double?]
  ) -> Figure? {
    let series = runs.widths.compactMap { width -> Series? in
      let cells = runs.cells.filter { $0.width == width }
      guard var series = Series(name(width), cells.map { CurvePoint($0.alpha, of: values($0)) }, .width(width)) else { return nil }
      let slopes = [PowerLaw(series.points.filter { $0.x <= 0.1 }), PowerLaw(series.points.filter { $0.x >= 100 })].map {
        $0?.exponent.decimals ?? "–"
      }
      series.label = "\(name(width)): slopes \(slopes[0]) (√h·α ≤ 0.1), \(slopes[1]) (≥ 100)"
      return series
    }
    return Figure(
      title, note: .medians, [Panel("", x: .log("√h·α"), y: .log(axis), series, legend: .below)])
  }

  // MARK: Curves in time

  /// Movement of the function against time over the half time, a panel per width.
  private static func dynamics(_ runs: LazyFeatureRuns) -> Figure? {
    curves(
      runs, "Movement of the function at test points", "t / t\(lowered: "½")", "rms |f − f\(lowered: "0")| / rms |f\(lowered: "0")|"
    ) { network in
      guard let half = network.end?[Fields.halfTime], let size = network.steps.first?[Fields.size], size > 0 else { return [] }
      return network.steps.compactMap { step in
        guard let time = step[Fields.time], let movement = step[Fields.movement], time > 0, movement > 0 else { return nil }
        return (step: time / half, value: movement / size)
      }
    }
  }

  private static func loss(_ runs: LazyFeatureRuns) -> Figure? {
    curves(runs, "Training loss", "t", "mean loss") { network in
      network.steps.compactMap { step in
        guard let time = step[Fields.time], let loss = step[Fields.trainLoss], time > 0 else { return nil }
        return (step: time, value: loss)
      }
    }
  }

  private static func curves(
    _ runs: LazyFeatureRuns, _ title: FigureText, _ x: FigureText, _ y: FigureText, _ curve: (LazyFeatureRuns.Network) -> DrawSummary.Curve
  ) -> Figure? {
    Figure(
      title, note: .medians,
      runs.widths.map { width in
        let series = runs.alphas.enumerated().map { index, alpha in
          let cell = runs.cells.first { $0.width == width && $0.alpha == alpha }
          return Series(name(alpha: alpha), (cell?.networks ?? []).map(curve), .number(index))
        }
        return Panel(name(width), x: .log(x), y: .log(y), series)
      })
  }
}
