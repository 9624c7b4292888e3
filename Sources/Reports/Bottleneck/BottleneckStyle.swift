import Figures
import StudyRecords

/// One colour per width, warm to cool, black for d = ∞; lines are dashed for networks of several bottlenecks. The same in all figures.
package struct BottleneckStyle {
  private let colors: [Int: Color]

  /// - Parameter labels: labels of the run. From the seventh width on colours repeat.
  package init(_ labels: [BottleneckLabel]) {
    let widths = Set(labels.compactMap(\.widths.first)).sorted()
    colors = Dictionary(uniqueKeysWithValues: widths.enumerated().map { ($0.element, .number($0.offset)) })
  }

  /// Colour and line of a network.
  package subscript(label: BottleneckLabel) -> (Color, Series.Style) {
    (label.widths.first.flatMap { colors[$0] } ?? .black, label.count > 1 ? .dashedLine : .line)
  }
}
