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
      "kernel-change": scaled(runs, "Change of the tangent kernel", "|ΔΘ|/|Θ₀|") { $0.ends(Fields.kernelChange) },
      "half-time": scaled(runs, "Time to half of the initial loss", "t½/h") { cell in cell.ends(Fields.halfTime).map { $0 / cell.width } },
      "weights": scaled(runs, "Change of the weights", "√h |Δw|/|w₀|") { cell in
        cell.ends(Fields.weightChange).map { $0 * cell.width.squareRoot() }
      },
      "dynamics": dynamics(runs), "loss": loss(runs),
    ]
  }

  private static func mean(_ values: [Double]) -> Double? { MeanEstimate(values)?.mean }
  private static func name(_ width: Double) -> String { "h = \(JSONValue.number(width).text)" }

  // MARK: Test error

  private static func testError(_ runs: LazyFeatureRuns) -> Figure? {
    Figure(
      "Test error: means over draws. Dashed: ensembles; circles: initial kernels",
      [
        errorPanel(runs, "Collapse in √h·α", "√h·α", isRelative: false) { $0.alpha },
        errorPanel(runs, "The same against α", "α", isRelative: false) { $0.alpha / $0.width.squareRoot() },
        errorPanel(runs, "Relative to its range, against √h·α", "√h·α", isRelative: true) { $0.alpha },
        errorPanel(runs, "Relative to its range, against α", "α", isRelative: true) { $0.alpha / $0.width.squareRoot() },
      ])
  }

  private static func errorPanel(
    _ runs: LazyFeatureRuns, _ title: String, _ axis: String, isRelative: Bool, _ x: (LazyFeatureRuns.Cell) -> Double
  ) -> Panel? {
    var series: [Series] = []
    for (index, width) in runs.widths.enumerated() {
      let cells = runs.cells.filter { $0.width == width }
      var points = cells.compactMap { cell in mean(cell.ends(Fields.testError)).map { Series.Point(x(cell), 100 * $0) } }
      if isRelative {
        guard let low = points.map(\.y).min(), let high = points.map(\.y).max(), high > low else { continue }
        points = points.map { Series.Point($0.x, ($0.y - low) / (high - low)) }
      }
      guard let first = points.first, let last = points.last else { continue }
      series += Series.marked(name(width), points, symbol: index, .number(index), namesLine: true)
      guard !isRelative else { continue }
      let ensembles = cells.compactMap { cell in cell.ensemble?[Fields.testError].map { Series.Point(x(cell), 100 * $0) } }
      if !ensembles.isEmpty { series.append(Series("", points: ensembles, style: .dashedLine, color: .number(index))) }
      if let kernel = runs.initialKernelErrors[width].flatMap(mean) {
        let line = (0...20).map { step in Series.Point(first.x * pow(last.x / first.x, Double(step) / 20), 100 * kernel) }
        series.append(Series("", points: line, style: .points(.circle), color: .number(index)))
      }
    }
    let yAxis = isRelative ? Axis("(error - min)/(max - min)", range: -0.05...1.05) : Axis("test error (%)")
    return Panel(title, x: .log(axis), y: yAxis, series, .below)
  }

  private static func againstWidth(_ runs: LazyFeatureRuns) -> Figure? {
    func panel(_ title: String, _ axis: Axis, isFitted: Bool, _ value: (LazyFeatureRuns.Cell) -> Double?) -> Panel? {
      let series = runs.alphas.enumerated().flatMap { index, alpha -> [Series] in
        let points = runs.cells.filter { $0.alpha == alpha }.compactMap { cell in value(cell).map { Series.Point(cell.width, $0) } }
        guard points.count > 1 else { return [] }
        let slope = isFitted ? PowerLaw(points).map { String(format: ": ∝ h^%.2f", $0.exponent) } ?? "" : ""
        return Series.marked(String(format: "√h·α = %g", alpha) + slope, points, symbol: index, .number(index), namesLine: true)
      }
      return Panel(title, x: .log("width h"), y: axis, series, .inside(.topRight))
    }
    return Figure(
      "Against width",
      [
        panel("Test error", Axis("test error (%)"), isFitted: false) { mean($0.ends(Fields.testError)).map { 100 * $0 } },
        panel("Fluctuations over draws", .log("Var[α(f − f₀)]"), isFitted: true) { $0.ensemble?[Fields.variance] },
      ], columns: 1)
  }

  // MARK: Scaling in √h·α

  /// A quantity against √h·α for every width, with the slopes of its ends.
  private static func scaled(
    _ runs: LazyFeatureRuns, _ title: String, _ axis: String, _ values: (LazyFeatureRuns.Cell) -> [Double]
  ) -> Figure? {
    let series = runs.widths.enumerated().flatMap { index, width -> [Series] in
      let points = runs.cells.filter { $0.width == width }.compactMap { cell in
        Quartiles(values(cell)).median.map { Series.Point(cell.alpha, $0) }
      }
      let slopes = [PowerLaw(points.filter { $0.x <= 0.1 }), PowerLaw(points.filter { $0.x >= 100 })].map { cell($0?.exponent, "%.2f") }
      let label = "\(name(width)): slopes \(slopes[0]) (√h·α ≤ 0.1), \(slopes[1]) (≥ 100)"
      return Series.marked(label, points, symbol: index, .number(index), namesLine: true)
    }
    return Figure("\(title): medians over draws", [Panel("", x: .log("√h·α"), y: .log(axis), series, .inside(.bottomLeft))])
  }

  // MARK: Curves in time

  /// Movement of the function against time over the half time, first draw, a panel per width.
  private static func dynamics(_ runs: LazyFeatureRuns) -> Figure? {
    curves(runs, "Movement of the function at test points (first draw)", "t/t½", "rms |f − f₀| / rms |f₀|") { network in
      guard let half = network.end?[Fields.halfTime], let size = network.steps.first?[Fields.size], size > 0 else { return [] }
      return network.steps.compactMap { step in
        guard let time = step[Fields.time], let movement = step[Fields.movement], time > 0, movement > 0 else { return nil }
        return Series.Point(time / half, movement / size)
      }
    }
  }

  private static func loss(_ runs: LazyFeatureRuns) -> Figure? {
    curves(runs, "Training loss (first draw)", "t", "mean loss") { network in
      network.steps.compactMap { step in
        guard let time = step[Fields.time], let loss = step[Fields.trainLoss], time > 0 else { return nil }
        return Series.Point(time, loss)
      }
    }
  }

  private static func curves(
    _ runs: LazyFeatureRuns, _ title: String, _ x: String, _ y: String, _ points: (LazyFeatureRuns.Network) -> [Series.Point]
  ) -> Figure? {
    Figure(
      title,
      runs.widths.map { width in
        let series = runs.alphas.enumerated().compactMap { index, alpha -> Series? in
          guard let network = runs.cells.first(where: { $0.width == width && $0.alpha == alpha })?.networks.first else { return nil }
          let curve = points(network)
          return curve.isEmpty ? nil : Series(String(format: "√h·α = %g", alpha), points: curve, style: .line, color: .number(index))
        }
        return Panel(name(width), x: .log(x), y: .log(y), series, .right)
      })
  }
}
