import Figures
import Foundation
import Results
import Statistics

/// The figures of the experiment `multilinearity`, made from the files of a run alone.
///
/// Each has a panel for every network: `norms` of derivatives, `blocks` of the Hessian and `distance` to the multilinear model, all
/// against the width with the exponents that theory gives dashed, and `training` (losses against steps, with the product of factors
/// dashed; below it the largest distance between the two against the width).
public enum MultilinearityFigures: RunFigures {
  public static let experiment = "multilinearity"

  public static func describe(_ runDirectory: URL) throws(ResultsError) -> [Named] {
    figures(of: try MultilinearityMeasurements(reading: runDirectory))
  }

  static func figures(of measurements: MultilinearityMeasurements) -> [RunFigures.Named] {
    let axis = { (label: String) in Axis(label, scale: .log) }
    // What is dashed is theory: limits where they are known, else exponents.
    let note = "means and standard errors; dashed: theory"
    let norms = againstWidth(measurements, "Spectral norms of derivatives: \(note)", axis("|Dᵏf|")) { quantity in
      if case .derivative = quantity { true } else { false }
    }
    let blocks = againstWidth(measurements, "Blocks of the Hessian: \(note)", axis("spectral norm")) { quantity in
      if case .block = quantity { true } else { false }
    }
    let distances = againstWidth(measurements, "Distance to the multilinear model in a ball: \(note)", axis("|f − M|")) { quantity in
      if case .distance = quantity { true } else { false }
    }
    return [("norms", norms), ("blocks", blocks), ("distance", distances), ("training", trainingFigure(measurements))].compactMap {
      name, figure in figure.map { (name: name, figure: $0) }
    }
  }

  private static func againstWidth(
    _ measurements: MultilinearityMeasurements, _ title: String, _ axis: Axis,
    where isWanted: (MultilinearityMeasurements.Quantity) -> Bool
  ) -> Figure? {
    let panels = measurements.kinds.compactMap { kind in
      widthPanel(measurements, kind, measurements.quantities(kind).filter(isWanted), axis, title: heading(of: kind))
    }
    return panels.isEmpty ? nil : Figure(title: title, panels: panels)
  }

  private static func heading(of kind: MultilinearityMeasurements.Kind) -> String {
    "\(kind.name), \(kind.degree == 1 ? "no" : "\(kind.degree - 1)") bottleneck\(kind.degree == 2 ? "" : "s")"
  }

  private static func widthPanel(
    _ measurements: MultilinearityMeasurements, _ kind: MultilinearityMeasurements.Kind,
    _ quantities: [MultilinearityMeasurements.Quantity], _ axis: Axis, title: String
  ) -> Panel? {
    let series = quantities.enumerated().flatMap { index, quantity -> [Series] in
      let estimates = measurements.estimates(kind, quantity).filter { $0.estimate.mean > 0 }
      guard !estimates.isEmpty else { return [] }
      let color = Color.palette[index % Color.palette.count]
      let points = estimates.map { Series.Point(Double($0.width), $0.estimate.mean) }
      let band = estimates.map { width, estimate in
        Series.Interval(estimate.mean - (estimate.error ?? 0), estimate.mean + (estimate.error ?? 0))
      }
      let law = PowerLaw(points)
      let name = quantity.shortName + (law.map { String(format: ": %.2f", $0.exponent) } ?? "")
      let symbol = Series.Symbol.allCases[index % Series.Symbol.allCases.count]
      var all = [Series(name, points: points, style: .points(symbol), band: band, color: color)]
      // Through the limit where it is known, else through the middle of the points.
      if let slope = quantity.expectedSlope(degree: kind.degree), points.count > 1 {
        let middle = points.reduce(0) { $0 + log($1.y) - slope * log($1.x) } / Double(points.count)
        let limit = measurements.limits[kind]?[quantity]
        let guide = points.map { Series.Point($0.x, limit ?? exp(middle + slope * log($0.x))) }
        all.insert(Series("", points: guide, style: .dashedLine, color: color), at: 0)
      }
      return all
    }
    return series.isEmpty ? nil : Panel(title: title, xAxis: Axis("width", scale: .log), yAxis: axis, series: series, legend: .below)
  }

  private static func trainingFigure(_ measurements: MultilinearityMeasurements) -> Figure? {
    let kinds = measurements.kinds.filter { measurements.training[$0] != nil }
    let losses = kinds.compactMap { lossPanel(measurements, $0) }
    let distances = kinds.compactMap { kind in
      widthPanel(
        measurements, kind, [.training], Axis("largest distance / |targets|", scale: .log),
        title: "\(kind.name): network against product of factors")
    }
    guard !losses.isEmpty else { return nil }
    return Figure(
      title: "Gradient descent: networks (lines) and products of factors (dashed), means over networks", panels: losses + distances,
      columns: losses.count)
  }

  private static func lossPanel(_ measurements: MultilinearityMeasurements, _ kind: MultilinearityMeasurements.Kind) -> Panel? {
    let widths = (measurements.training[kind] ?? [:]).sorted { $0.key < $1.key }
    let series = widths.enumerated().flatMap { index, entry -> [Series] in
      func curve(_ value: (MultilinearityMeasurements.Moment) -> Double) -> [Series.Point] {
        let steps = Set(entry.value.values.flatMap(\.keys)).sorted()
        return steps.filter { $0 > 0 }.compactMap { step in
          let values = entry.value.sorted { $0.key < $1.key }.compactMap { $0.value[step].map(value) }
          return values.isEmpty ? nil : Series.Point(Double(step), values.reduce(0, +) / Double(values.count))
        }
      }
      let color = Color.palette[index % Color.palette.count]
      return [
        Series("", points: curve(\.limitLoss), style: .dashedLine, color: color),
        Series("width \(entry.key)", points: curve(\.loss), color: color),
      ].filter { !$0.points.isEmpty }
    }
    return series.isEmpty
      ? nil
      : Panel(
        title: heading(of: kind), xAxis: Axis("steps", scale: .log), yAxis: Axis("training loss", scale: .log), series: series,
        legend: .below)
  }
}
