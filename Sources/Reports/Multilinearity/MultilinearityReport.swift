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
    // What is dashed is theory: limits where they are known, else exponents.
    func figure(_ title: String, _ axis: String, where isWanted: (MultilinearityMeasurements.Quantity) -> Bool) -> Figure? {
      Figure(
        "\(title): means and standard errors; dashed: theory",
        measurements.kinds.map { kind in
          widthPanel(measurements, kind, measurements.quantities(kind).filter(isWanted), axis, title: heading(of: kind))
        })
    }
    return [
      "norms": figure("Spectral norms of derivatives", "|Dᵏf|") { if case .derivative = $0 { true } else { false } },
      "blocks": figure("Blocks of the Hessian", "spectral norm") { if case .block = $0 { true } else { false } },
      "distance": figure("Distance to the multilinear model in a ball", "|f − M|") { if case .distance = $0 { true } else { false } },
      "training": trainingFigure(measurements),
    ]
  }

  private static func heading(of kind: LinearKind) -> String {
    "\(kind.name), \(kind.degree == 1 ? "no" : "\(kind.degree - 1)") bottleneck\(kind.degree == 2 ? "" : "s")"
  }

  private static func widthPanel(
    _ measurements: MultilinearityMeasurements, _ kind: LinearKind, _ quantities: [MultilinearityMeasurements.Quantity], _ axis: String,
    title: String
  ) -> Panel? {
    let series = quantities.enumerated().flatMap { index, quantity -> [Series] in
      let estimates = measurements.estimates(kind, quantity).filter { $0.estimate.mean > 0 }
      let points = estimates.map { Series.Point(Double($0.width), $0.estimate.mean) }
      let band = estimates.map { width, estimate in
        Series.Interval(estimate.mean - (estimate.error ?? 0), estimate.mean + (estimate.error ?? 0))
      }
      let name = quantity.shortName + (PowerLaw(points).map { String(format: ": %.2f", $0.exponent) } ?? "")
      var all = Series.marked(name, points, symbol: index, .number(index), band: band)
      guard !all.isEmpty else { return [] }
      // Through the limit where it is known, else through the middle of the points.
      if let slope = quantity.expectedSlope(degree: kind.degree), points.count > 1 {
        let middle = points.reduce(0) { $0 + log($1.y) - slope * log($1.x) } / Double(points.count)
        let limit = measurements.limits[kind]?[quantity]
        all[0].style = .dashedLine
        all[0].points = points.map { Series.Point($0.x, limit ?? exp(middle + slope * log($0.x))) }
        return all
      }
      return [all[1]]
    }
    return Panel(title, x: .log("width"), y: .log(axis), series, .below)
  }

  private static func trainingFigure(_ measurements: MultilinearityMeasurements) -> Figure? {
    let kinds = measurements.kinds.filter { measurements.training[$0] != nil }
    let losses = kinds.compactMap { lossPanel(measurements, $0) }
    let distances = kinds.compactMap { kind in
      widthPanel(
        measurements, kind, [.training], "largest distance / |targets|", title: "\(kind.name): network against product of factors")
    }
    guard !losses.isEmpty else { return nil }
    return Figure(
      "Gradient descent: networks (lines) and products of factors (dashed), means over networks", losses + distances, columns: losses.count)
  }

  private static func lossPanel(_ measurements: MultilinearityMeasurements, _ kind: LinearKind) -> Panel? {
    let widths = (measurements.training[kind] ?? [:]).sorted { $0.key < $1.key }
    let series = widths.enumerated().flatMap { index, entry -> [Series] in
      func curve(_ value: (MultilinearityMeasurements.Moment) -> Double) -> [Series.Point] {
        Set(entry.value.values.flatMap(\.keys)).sorted().filter { $0 > 0 }.compactMap { step in
          MeanEstimate(entry.value.sorted { $0.key < $1.key }.compactMap { $0.value[step].map(value) }).map {
            Series.Point(Double(step), $0.mean)
          }
        }
      }
      return [
        Series("", points: curve(\.limitLoss), style: .dashedLine, color: .number(index)),
        Series("width \(entry.key)", points: curve(\.loss), color: .number(index)),
      ].filter { !$0.points.isEmpty }
    }
    return Panel(heading(of: kind), x: .log("steps"), y: .log("training loss"), series, .below)
  }
}
