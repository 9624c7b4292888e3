import Foundation

/// The texts of a picture that gnuplot drew as SVG, with about the room that they take.
package struct DrawnTexts {
  /// One text.
  package struct Text {
    /// Its characters, those of super- and subscripts too.
    package let characters: String
    /// Left, right, upper and lower end.
    package let left, right, top, bottom: Double
    /// Whether it runs neither along a line nor along a column.
    package let isSlanted: Bool

    fileprivate func overlaps(_ other: Text) -> Bool {
      !isSlanted && !other.isSlanted && left < other.right && other.left < right && top < other.bottom && other.top < bottom
    }
  }

  /// Texts in the order in which they were drawn.
  package let all: [Text]
  private let width, height: Double

  /// - Returns: nil for what is no such picture.
  package init?(svg: String) {
    let head = /<svg\s+width="(\d+)" height="(\d+)"/
    guard let size = svg.firstMatch(of: head), let width = Double(size.1), let height = Double(size.2) else { return nil }
    (self.width, self.height) = (width, height)
    let group =
      /translate\(([-\d.]+),([-\d.]+)\)(?: rotate\(([-\d.]+)\))?"[^>]*font-size="([\d.]+)"\s+text-anchor="(start|middle|end)"[^>]*>\s*<text>(.*?)<\/text>/
    all = svg.matches(of: group).compactMap { match in
      let characters = String(match.6).replacing(/<[^>]*>/, with: "").trimmingCharacters(in: .whitespaces)
      guard !characters.isEmpty, let x = Double(match.1), let y = Double(match.2), let size = Double(match.4) else { return nil }
      return DrawnTexts.text(characters, x, y, size, anchor: String(match.5), angle: match.3.flatMap { Double($0) } ?? 0)
    }
  }

  /// Narrower than any common font draws it: what overlaps here overlaps everywhere.
  private static func text(_ characters: String, _ x: Double, _ y: Double, _ size: Double, anchor: String, angle: Double) -> Text {
    let length = 0.45 * size * Double(characters.count), ascent = 0.6 * size
    let begin = anchor == "start" ? 0 : anchor == "end" ? -length : -length / 2
    // Corners of the text, turned about its anchor.
    let (cosine, sine) = (cos(angle * .pi / 180), sin(angle * .pi / 180))
    let corners = [(begin, 0.0), (begin + length, 0), (begin, -ascent), (begin + length, -ascent)].map { along, up in
      (x: x + cosine * along - sine * up, y: y + sine * along + cosine * up)
    }
    func ends(_ values: [Double]) -> (Double, Double) { (values.min() ?? 0, values.max() ?? 0) }
    let (left, right) = ends(corners.map(\.x)), (top, bottom) = ends(corners.map(\.y))
    return Text(
      characters: characters, left: left, right: right, top: top, bottom: bottom, isSlanted: abs(angle) > 1 && abs(abs(angle) - 90) > 1)
  }

  /// What a reader could not read: texts that reach beyond the picture, and pairs that lie on one another.
  package var faults: [String] {
    let cut = all.filter { $0.left < 0 || $0.right > width || $0.top < 0 || $0.bottom > height }.map { "'\($0.characters)' is cut off" }
    let pairs = all.indices.flatMap { first in
      all.indices.filter { $0 > first && all[first].overlaps(all[$0]) }.map { "'\(all[first].characters)' lies on '\(all[$0].characters)'" }
    }
    return cut + pairs
  }
}
