import Figures
import Foundation
import Results
import Statistics

/// The figures of the experiment `lazy-feature`, made from the files of a run alone.
///
/// `test-error` (against √h·α and against α = √h·α/√h, ensembles and initial kernels beside it, and its collapse), `width`
/// (test error and fluctuations against h), `kernel-change`, `half-time`, `weights`, `dynamics` (movement of the function in
/// units of the half time) and `loss`.
public enum LazyFeatureFigures: RunFigures {
  public static let experiment = "lazy-feature"

  public static func describe(_ runDirectory: URL) throws(ResultsError) -> [Named] {
    figures(of: try LazyFeatureRuns(reading: runDirectory))
  }

  package static func figures(of runs: LazyFeatureRuns) -> [RunFigures.Named] {
    let figures: [(name: String, figure: Figure?)] = [
      ("test-error", testError(runs)), ("width", againstWidth(runs)),
      ("kernel-change", scaled(runs, "Change of the tangent kernel", "|ΔΘ|/|Θ₀|") { $0.ends("kernelChange") }),
      (
        "half-time", scaled(runs, "Time to half of the initial loss", "t½/h") { cell in cell.ends("halfTime").map { $0 / cell.width } }
      ),
      (
        "weights",
        scaled(runs, "Change of the weights", "√h |Δw|/|w₀|") { cell in
          cell.ends("weightChange").map { $0 * cell.width.squareRoot() }
        }
      ),
      ("dynamics", dynamics(runs)), ("loss", loss(runs)),
    ]
    return figures.compactMap { name, figure in figure.map { (name: name, figure: $0) } }
  }

  private static func mean(_ values: [Double]) -> Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }
  private static func color(_ index: Int) -> Color { Color.palette[index % Color.palette.count] }
  private static func symbol(_ index: Int) -> Series.Style { .points(Series.Symbol.allCases[index % Series.Symbol.allCases.count]) }

  // MARK: Test error

  private static func testError(_ runs: LazyFeatureRuns) -> Figure? {
    let panels = [
      errorPanel(runs, "Collapse in √h·α", "√h·α", isRelative: false) { $0.alpha },
      errorPanel(runs, "The same against α", "α", isRelative: false) { $0.alpha / $0.width.squareRoot() },
      errorPanel(runs, "Relative to its range, against √h·α", "√h·α", isRelative: true) { $0.alpha },
      errorPanel(runs, "Relative to its range, against α", "α", isRelative: true) { $0.alpha / $0.width.squareRoot() },
    ].compactMap { $0 }
    return panels.isEmpty
      ? nil : Figure(title: "Test error: means over draws. Dashed: ensembles; circles: initial kernels", panels: panels)
  }

  private static func errorPanel(
    _ runs: LazyFeatureRuns, _ title: String, _ axis: String, isRelative: Bool, _ x: (LazyFeatureRuns.Cell) -> Double
  ) -> Panel? {
    var series: [Series] = []
    for (index, width) in runs.widths.enumerated() {
      let cells = runs.cells.filter { $0.width == width }
      var points = cells.compactMap { cell in mean(cell.ends("testError")).map { Series.Point(x(cell), 100 * $0) } }
      if isRelative {
        guard let low = points.map(\.y).min(), let high = points.map(\.y).max(), high > low else { continue }
        points = points.map { Series.Point($0.x, ($0.y - low) / (high - low)) }
      }
      guard !points.isEmpty else { continue }
      series.append(Series("h = \(JSONValue.number(width).text)", points: points, style: .line, color: color(index)))
      series.append(Series("", points: points, style: symbol(index), color: color(index)))
      guard !isRelative else { continue }
      let ensembles = cells.compactMap { cell in
        cell.ensemble?.number("testError").map { Series.Point(x(cell), 100 * $0) }
      }
      if !ensembles.isEmpty { series.append(Series("", points: ensembles, style: .dashedLine, color: color(index))) }
      if let kernel = runs.initialKernelErrors[width].flatMap(mean), let last = points.last, let first = points.first {
        let line = (0...20).map { step in
          Series.Point(first.x * pow(last.x / first.x, Double(step) / 20), 100 * kernel)
        }
        series.append(Series("", points: line, style: .points(.circle), color: color(index)))
      }
    }
    return series.isEmpty
      ? nil
      : Panel(
        title: title, xAxis: Axis(axis, scale: .log),
        yAxis: isRelative ? Axis("(error - min)/(max - min)", range: -0.05...1.05) : Axis("test error (%)"), series: series, legend: .below)
  }

  private static func againstWidth(_ runs: LazyFeatureRuns) -> Figure? {
    func panel(_ title: String, _ axis: Axis, isFitted: Bool, _ value: (LazyFeatureRuns.Cell) -> Double?) -> Panel? {
      let series = runs.alphas.enumerated().flatMap { index, alpha -> [Series] in
        let points = runs.cells.filter { $0.alpha == alpha }.compactMap { cell in value(cell).map { Series.Point(cell.width, $0) } }
        guard points.count > 1 else { return [] }
        let slope = isFitted ? PowerLaw(points).map { String(format: ": ∝ h^%.2f", $0.exponent) } ?? "" : ""
        return [
          Series(String(format: "√h·α = %g", alpha) + slope, points: points, style: .line, color: color(index)),
          Series("", points: points, style: symbol(index), color: color(index)),
        ]
      }
      return series.isEmpty
        ? nil : Panel(title: title, xAxis: Axis("width h", scale: .log), yAxis: axis, series: series, legend: .inside(.topRight))
    }
    let panels = [
      panel("Test error", Axis("test error (%)"), isFitted: false) { mean($0.ends("testError")).map { 100 * $0 } },
      panel("Fluctuations over draws", Axis("Var[α(f − f₀)]", scale: .log), isFitted: true) { $0.ensemble?.number("variance") },
    ].compactMap { $0 }
    return panels.isEmpty ? nil : Figure(title: "Against width", panels: panels, columns: 1)
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
      guard !points.isEmpty else { return [] }
      let slopes = [PowerLaw(points.filter { $0.x <= 0.1 }), PowerLaw(points.filter { $0.x >= 100 })]
      let names = slopes.map { $0.map { String(format: "%.2f", $0.exponent) } ?? "–" }
      return [
        Series(
          "h = \(JSONValue.number(width).text): slopes \(names[0]) (√h·α ≤ 0.1), \(names[1]) (≥ 100)", points: points, style: .line,
          color: color(index)),
        Series("", points: points, style: symbol(index), color: color(index)),
      ]
    }
    return series.isEmpty
      ? nil
      : Figure(
        title: "\(title): medians over draws", xAxis: Axis("√h·α", scale: .log),
        yAxis: Axis(axis, scale: .log), series: series, legend: .inside(.bottomLeft))
  }

  // MARK: Curves in time

  /// Movement of the function against time over the half time, first draw, a panel per width.
  private static func dynamics(_ runs: LazyFeatureRuns) -> Figure? {
    curves(runs, "Movement of the function at test points (first draw)", "t/t½", "rms |f − f₀| / rms |f₀|") { network in
      guard let half = network.end?.number("halfTime"), let size = network.steps.first?.number("size"), size > 0 else { return [] }
      return network.steps.compactMap { step in
        guard let time = step.number("time"), let movement = step.number("movement"), time > 0, movement > 0 else { return nil }
        return Series.Point(time / half, movement / size)
      }
    }
  }

  private static func loss(_ runs: LazyFeatureRuns) -> Figure? {
    curves(runs, "Training loss (first draw)", "t", "mean loss") { network in
      network.steps.compactMap { step in
        guard let time = step.number("time"), let loss = step.number("trainLoss"), time > 0 else { return nil }
        return Series.Point(time, loss)
      }
    }
  }

  private static func curves(
    _ runs: LazyFeatureRuns, _ title: String, _ x: String, _ y: String, _ points: (LazyFeatureRuns.Network) -> [Series.Point]
  ) -> Figure? {
    let panels = runs.widths.compactMap { width -> Panel? in
      let series = runs.alphas.enumerated().compactMap { index, alpha -> Series? in
        guard let network = runs.cells.first(where: { $0.width == width && $0.alpha == alpha })?.networks.first else { return nil }
        let curve = points(network)
        return curve.isEmpty ? nil : Series(String(format: "√h·α = %g", alpha), points: curve, style: .line, color: color(index))
      }
      return series.isEmpty
        ? nil
        : Panel(
          title: "h = \(JSONValue.number(width).text)", xAxis: Axis(x, scale: .log), yAxis: Axis(y, scale: .log), series: series,
          legend: .right)
    }
    return panels.isEmpty ? nil : Figure(title: title, panels: panels)
  }
}
