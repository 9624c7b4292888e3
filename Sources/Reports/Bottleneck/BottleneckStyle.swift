import Figures

/// One colour per width, warm to cool, black for d = ∞; lines are dashed for networks of several bottlenecks. The same in all figures.
package struct BottleneckStyle {
  private let colors: [Int: Color]

  /// - Parameter labels: every label of the run. From the seventh width on colours repeat.
  package init(_ labels: Set<BottleneckLabel>) {
    let widths = Set(labels.compactMap(\.widths.first)).sorted()
    colors = Dictionary(
      uniqueKeysWithValues: widths.enumerated().map { ($0.element, Color.palette[$0.offset % Color.palette.count]) })
  }

  package subscript(label: BottleneckLabel) -> (Color, Series.Style) {
    (label.widths.first.flatMap { colors[$0] } ?? .black, label.count > 1 ? .dashedLine : .line)
  }
}
