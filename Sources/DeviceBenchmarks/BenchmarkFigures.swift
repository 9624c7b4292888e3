import Compute
import Figures
import Foundation

extension BenchmarkReport {
  /// Draws `roofline-<device>` for every device, and `scaling-<device>` where a size was varied; each with a CSV of what is drawn.
  ///
  /// - Returns: the files, the CSV among them.
  public func figures(in folder: URL, formats: [FigureFormat] = FigureFormat.usual) throws(FigureError) -> [URL] {
    let gnuplot = try Gnuplot()
    var files: [URL] = []
    for device in devices {
      let own = rows.filter { $0.device == device.description.identifier && $0.driver == device.description.driver && $0.passed }
      let roofline = Self.roofline(device, own).map { [(measure: "roofline", figure: $0)] } ?? []
      for (measure, figure) in roofline + Self.scaling(device, own) {
        var figure = figure
        figure.footer = ["\(device.description.identifier) · \(device.description.driver) · \(date) · revision \(revision)"]
        figure.details = environment.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        let drawn = try figure.render(to: folder, name: "\(measure)-\(Self.fileName(device))", formats: formats, with: gnuplot)
        files += drawn.files + [drawn.table].compactMap { $0 }
      }
    }
    return files
  }

  /// The identifier, and for a processor its threads.
  private static func fileName(_ device: Device) -> String {
    let text = device.description.identifier + (device.description.backend == "cpu" ? "-\(device.description.driver)" : "")
    // By scalars of ASCII: the driver's text becomes part of a path.
    let plain = text.unicodeScalars.map {
      $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? String($0) : "-"
    }
    return plain.joined().split(separator: "-").joined(separator: "-")
  }

  /// GFLOP/s against FLOP per byte under the device's limits, a panel per precision.
  package static func roofline(_ device: Device, _ rows: [BenchmarkRow]) -> Figure? {
    let families = rows.map(\.family).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    let panels = Precision.allCases.compactMap { precision -> Panel? in
      guard let peak = device.multiplyAddsPerSecond[precision.rawValue] else { return nil }
      let series = families.enumerated().compactMap { index, family -> Series? in
        let points = rows.filter { $0.family == family && $0.precision == precision }.compactMap { row -> Series.Point? in
          guard let rate = row.flopsPerSecond, let work = row.work, work.bytes > 0 else { return nil }
          return Series.Point(2 * work.multiplyAdds / work.bytes, 1e-9 * rate)
        }
        guard !points.isEmpty else { return nil }
        return Series("\(family)", points: points, style: .points(Series.Symbol.allCases[index % 8]), color: Color.palette[index % 6])
      }
      let intensities = series.flatMap(\.points).map(\.x)
      guard let low = intensities.min(), let high = intensities.max() else { return nil }
      let corner = 2 * peak / device.bytesPerSecond
      let roof = [min(low, corner) / 2, corner, max(high, corner) * 2].map {
        Series.Point($0, 1e-9 * min(2 * peak, $0 * device.bytesPerSecond))
      }
      return Panel(
        title: "\(precision.rawValue)", xAxis: Axis("FLOP per byte, declared", scale: .log), yAxis: Axis("GFLOP/s", scale: .log),
        series: [Series("limits", points: roof, style: .line, color: .black)] + series)
    }
    return panels.isEmpty ? nil : Figure(title: "Roofline of \(device.description.name)", panels: panels, columns: 1)
  }

  /// Median seconds, and memory, against every size that was varied while all else stayed: a panel per size.
  package static func scaling(_ device: Device, _ rows: [BenchmarkRow]) -> [(measure: String, figure: Figure)] {
    let measures: [(String, String, String, (BenchmarkRow) -> Double?)] = [
      ("scaling", "Time", "seconds, median", { $0.median }),
      ("memory", "Memory", "GB allocated", { $0.allocatedBytes.map { 1e-9 * Double($0) } }),
    ]
    return measures.compactMap { measure, title, label, value in
      let curves = rows.curves.map { curve in
        (curve, curve.rows.compactMap { row in value(row).map { Series.Point(Double(row.value(of: curve.size) ?? 0), $0) } })
      }
      let sizes = curves.map(\.0.size).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      let panels = sizes.map { size in
        let own = curves.filter { $0.0.size == size && $0.1.count > 2 }
        let series = own.enumerated().map { index, curve in
          Series(
            "\(curve.0.label)", points: curve.1, symbol: Series.Symbol.allCases[index % 8], color: Color.palette[index % 6])
        }
        return Panel(
          title: "against \(size)", xAxis: Axis("\(size)", scale: .log), yAxis: Axis("\(label)", scale: .log), series: series)
      }.filter { !$0.series.isEmpty }
      guard !panels.isEmpty else { return nil }
      return (measure, Figure(title: "\(title) on \(device.description.name)", panels: panels, columns: 1))
    }
  }
}

/// Rows that differ in one size alone, in its order.
package struct BenchmarkCurve {
  /// Name of the size that differs along the curve.
  package let size: String
  /// Name of the curve in the legend.
  package let label: String
  /// Rows of the curve, by the size that differs.
  package let rows: [BenchmarkRow]
}

extension [BenchmarkRow] {
  /// Curves of at least three rows each.
  package var curves: [BenchmarkCurve] {
    let names = flatMap(\.sizes).map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
    return names.flatMap { name -> [BenchmarkCurve] in
      // A square product's sizes grow together, and so do the centres of a history with its steps.
      let groups = Dictionary(grouping: filter { $0.value(of: name) != nil }) { row in
        let others = row.sizes.filter { $0.name != name && !row.isTied($0.name, to: name) }
        return ([row.family, row.variant, row.precision.rawValue] + others.map(\.description)).filter { !$0.isEmpty }.joined(separator: " ")
      }
      return groups.sorted { $0.key < $1.key }.compactMap { label, rows in
        let sorted = rows.sorted { ($0.value(of: name) ?? 0) < ($1.value(of: name) ?? 0) }
        guard Set(sorted.map { $0.value(of: name) }).count > 2 else { return nil }
        return BenchmarkCurve(size: name, label: label, rows: sorted)
      }
    }
  }
}

extension BenchmarkRow {
  /// Value of the size of this name; nil where a row has none.
  package func value(of size: String) -> Int? { sizes.first { $0.name == size }?.value }

  /// Whether the size `other` follows from the size `size` in this row's family.
  fileprivate func isTied(_ other: String, to size: String) -> Bool {
    (family == "gemm" && variant == "square" && size == "n") || (size == "T" && other == "R")
  }
}
