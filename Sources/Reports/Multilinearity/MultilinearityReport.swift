import Figures
import Foundation
import Results
import Statistics
import StudyRecords

extension RunReport {
  /// Exponents of the width, and limits, of what the experiment `multilinearity` measured.
  ///
  /// Its figures have a panel for every network: `norms` of derivatives, `blocks` of the Hessian and `distance` to the multilinear
  /// model, all against the width with the exponents that theory gives dashed, and `training` (losses against steps, with the product
  /// of factors dashed; below it the largest distance between the two against the width).
  public static let multilinearity = RunReport("multilinearity", rowKeys: ["network", "quantity"], table: table, figures: figures)

  /// A row for every quantity of every network.
  private static func table(_ measurements: MultilinearityMeasurements) -> ReportTable {
    var table = ReportTable(
      keys: 2,
      columns: [
        .column("network", "weight matrices between bottlenecks", .left),
        .column(
          "quantity",
          "|Dᵏ|: spectral norm of the k-th derivative; Hessian: that of its blocks; distance: from the multilinear model",
          .left),
        .column("slope", "exponent of the width that theory gives"), .column("seen", "exponent that fits the means over networks"),
        .column("width", "the largest width measured"), .column("value", "mean over networks at that width"),
        .column("±", "its standard error", isBeside: true), .column("limit", "value at infinite width, where it is known"),
        .column("ratio", "value over limit", isBeside: true),
      ])
    for kind in measurements.kinds {
      for quantity in measurements.quantities(kind) {
        let estimates = measurements.estimates(kind, quantity), limit = measurements.limits[kind]?[quantity]
        guard let last = estimates.last else { continue }
        let expected = quantity.expectedSlope(degree: kind.degree), value = last.estimate.mean, error = last.estimate.error
        let law = PowerLaw(estimates.map { (Double($0.width), $0.estimate.mean) })
        let slope = estimates.allSatisfy { $0.estimate.mean > 0 } ? law?.exponent : nil, ratio = limit.map { value / $0 }
        table.add(
          [
            kind.text, quantity.name, cell(expected, "%.1f"), cell(slope, "%.2f"), "\(last.width)", cell(value, "%.4g"),
            cell(error, "%.1g"), cell(limit, "%.3f"), cell(ratio, "%.3f"),
          ],
          [
            "network": kind.text, "quantity": quantity.name, "expectedSlope": expected, "slope": slope, "width": last.width,
            "value": value, "standardError": error, "limit": limit, "ratio": ratio,
          ])
      }
    }
    return table
  }

  private static func figures(_ measurements: MultilinearityMeasurements) -> KeyValuePairs<String, Figure?> {
    func figure(_ title: FigureText, _ axis: FigureText, where isWanted: (MultilinearityMeasurements.Quantity) -> Bool) -> Figure? {
      Figure(
        title, note: estimates,
        measurements.kinds.map { kind in
          widthPanel(measurements, kind, measurements.quantities(kind).filter(isWanted), axis, title: heading(of: kind))
        })
    }
    return [
      "norms": figure("Spectral norms of derivatives", "|D\(raised: "k")f|") { if case .derivative = $0 { true } else { false } },
      "blocks": figure("Blocks of the Hessian", "spectral norm") { if case .block = $0 { true } else { false } },
      "distance": figure("Distance to the multilinear model in a ball", "|f − M|") { if case .distance = $0 { true } else { false } },
      "training": trainingFigure(measurements),
    ]
  }

  /// What is dashed is theory: limits where they are known, else exponents.
  private static let estimates: FigureText =
    "Means over networks; bars: standard errors; numbers: fitted exponents of the width. Dashed: theory."

  private static func heading(of kind: LinearKind) -> FigureText {
    "\(kind.name), \(kind.degree == 1 ? "no" : "\(kind.degree - 1)") bottleneck\(kind.degree == 2 ? "" : "s")"
  }

  private static func widthPanel(
    _ measurements: MultilinearityMeasurements, _ kind: LinearKind, _ quantities: [MultilinearityMeasurements.Quantity],
    _ axis: FigureText, title: FigureText, legend: Legend = .right
  ) -> Panel? {
    let series = quantities.enumerated().flatMap { index, quantity -> [Series?] in
      let points = measurements.estimates(kind, quantity).filter { $0.estimate.mean > 0 }.map { width, estimate in
        let error = estimate.error ?? 0
        return CurvePoint(Double(width), estimate.mean, band: Series.Interval(estimate.mean - error, estimate.mean + error))
      }
      let look = CurveLook.number(index), name: FigureText = "\(quantity.shortName)"
      guard var measured = Series(name, points, look.points(look.symbol ?? .disc)) else { return [] }
      if let law = PowerLaw(measured.points) { measured.label = "\(name): \(law.exponent.decimals)" }
      guard let slope = quantity.expectedSlope(degree: kind.degree), points.count > 1 else { return [measured] }
      // Through the limit where it is known, else through the middle of the points.
      let middle = measured.points.reduce(0) { $0 + log($1.y) - slope * log($1.x) } / Double(points.count)
      let limit = measurements.limits[kind]?[quantity]
      let theory = points.map { CurvePoint($0.x, limit ?? exp(middle + slope * log($0.x))) }
      return [Series("\(name), theory", theory, look.line(.dashedLine), isListed: false), measured]
    }
    return Panel(title, x: .log("width", at: series.compactMap { $0 }.flatMap(\.points).map(\.x)), y: .log(axis), series, legend: legend)
  }

  private static func trainingFigure(_ measurements: MultilinearityMeasurements) -> Figure? {
    let kinds = measurements.kinds.filter { measurements.training[$0] != nil }
    let losses = kinds.compactMap { lossPanel(measurements, $0) }
    let distances = kinds.map { kind in
      widthPanel(
        measurements, kind, [.training], "largest distance / |targets|", title: "\(kind.name): network against product of factors",
        legend: .below)
    }
    guard !losses.isEmpty else { return nil }
    return Figure(
      "Gradient descent",
      note:
        "Losses: means over networks; bands: least and largest; dashed: products of factors. Distances: means; bars: standard errors; dashed: theory.",
      losses + distances, columns: losses.count)
  }

  private static func lossPanel(_ measurements: MultilinearityMeasurements, _ kind: LinearKind) -> Panel? {
    let widths = (measurements.training[kind] ?? [:]).sorted { $0.key < $1.key }
    let series = widths.flatMap { width, members -> [Series?] in
      let steps = Set(members.values.flatMap(\.keys)).sorted().filter { $0 > 0 }
      func curve(_ value: (MultilinearityMeasurements.Moment) -> Double) -> [CurvePoint?] {
        steps.map { step in
          CurvePoint(Double(step), meanOf: members.sorted { $0.key < $1.key }.compactMap { $0.value[step].map(value) })
        }
      }
      let look = CurveLook.width(Double(width))
      return [
        Series(
          "width \(width), product of factors", curve(\.limitLoss).map { $0.map { CurvePoint($0.x, $0.y) } }, look.line(.dashedLine),
          isListed: false),
        Series("width \(width)", curve(\.loss), look),
      ]
    }
    return Panel(heading(of: kind), x: .log("steps"), y: .log("training loss"), series)
  }
}
