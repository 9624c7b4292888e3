import Figures
import Foundation
import Results
import StudyRecords

/// What a bottleneck of width 2 does with the inputs: its values before and after training, coloured by class.
enum RepresentationFigures {
  /// One figure per network, of its first draw with `representation-<bottlenecks>-draw<k>-before` and `-after`, both `[n, 2]`,
  /// and `representation-labels`, `[n]`.
  static func figures(from runDirectory: URL) throws(ResultsError) -> [RunReport.NamedFigure] {
    let names = Set(RunArrays.names(in: runDirectory))
    guard names.contains("representation-labels") else { return [] }
    let classes = try RunArrays.read("representation-labels", in: runDirectory).values
    guard classes.allSatisfy(\.isFinite), Set(classes).count <= mostClasses else {
      throw .malformedFile(
        path: "\(runDirectory.path)/arrays/representation-labels.npy",
        reason: "expected numbers of classes, at most \(mostClasses) different ones; got \(Set(classes).count), or one that is not finite")
    }
    var firstDraws: [String: Int] = [:]
    for name in names {
      guard let (network, draw) = parse(name), BottleneckLabel(network) != nil, names.contains(stem(network, draw) + "-after") else {
        continue
      }
      firstDraws[network] = min(draw, firstDraws[network] ?? draw)
    }
    var figures: [RunReport.NamedFigure] = []
    for (network, draw) in firstDraws.sorted(by: { $0.key < $1.key }) {
      var panels: [Panel] = []
      for (moment, title): (String, FigureText) in [("before", "Before training"), ("after", "After training")] {
        let (shape, values) = try RunArrays.read("\(stem(network, draw))-\(moment)", in: runDirectory)
        guard shape == [classes.count, 2] else {
          throw .malformedFile(
            path: "\(runDirectory.path)/arrays/\(stem(network, draw))-\(moment).npy",
            reason: "shape \(shape); expected [\(classes.count), 2], one row per entry of representation-labels.npy")
        }
        panels.append(panel(title, values, classes))
      }
      let title: FigureText = "Values in the bottleneck, d = \(BottleneckLabel(network)?.name ?? network)"
      let note: FigureText = "Draw \(draw); a point for each training point."
      figures.append(("representation-\(network)", Figure(title: title, panels: panels, footer: [note])))
    }
    return figures
  }

  /// A legend of more could not be read.
  private static let mostClasses = 1000

  private static func stem(_ network: String, _ draw: Int) -> String { "representation-\(network)-draw\(draw)" }

  /// `representation-<network>-draw<k>-before` in its parts.
  private static func parse(_ name: String) -> (network: String, draw: Int)? {
    guard name.hasPrefix("representation-"), name.hasSuffix("-before") else { return nil }
    let middle = name.dropFirst("representation-".count).dropLast("-before".count)
    guard let separator = middle.range(of: "-draw", options: .backwards), let draw = Int(middle[separator.upperBound...]) else {
      return nil
    }
    return (String(middle[..<separator.lowerBound]), draw)
  }

  private static func panel(_ title: FigureText, _ values: [Double], _ classes: [Double]) -> Panel {
    let symbols: [Series.Symbol] = [.disc, .triangle, .square, .diamond]
    let colors = [4, 0, 2, 1, 5, 3].map { Color.palette[$0] }
    let members = Dictionary(grouping: classes.indices) { classes[$0] }
    let series = members.sorted { $0.key < $1.key }.enumerated().map { rank, entry in
      let (label, members) = entry
      return Series(
        "class \(number: label)",
        points: members.map { Series.Point(values[2 * $0], values[2 * $0 + 1]) },
        style: .points(symbols[(rank + rank / colors.count) % symbols.count]), color: colors[rank % colors.count])
    }
    return Panel(title: title, xAxis: Axis("z\(lowered: "1")"), yAxis: Axis("z\(lowered: "2")"), series: series, isSquare: true)
  }
}
