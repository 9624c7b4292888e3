import Figures
import Foundation
import TestSupport
import Testing

/// No text of a figure is cut off or lies on another, whatever has to be shown.
@Suite struct DrawnTextsTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func faults(_ figure: Figure) throws -> [String] {
    let file = try #require(try figure.render(to: folder.url, name: "f", formats: [.svg], with: Gnuplot()).files.first)
    let texts = try #require(DrawnTexts(svg: try String(contentsOf: file, encoding: .utf8)))
    #expect(texts.all.count > 8, "hardly a figure: \(texts.all)")
    return texts.faults
  }

  private static func panel(_ title: FigureText, curves: Int, decades: Int) -> Panel {
    let points = (0...4).map { Series.Point(Double($0), pow(10, Double(decades * $0) / 4)) }
    return Panel(
      title: title, xAxis: Axis("a quantity with a name", categories: ["1", "2×2", "16×16×16", "∞×∞×∞×∞×∞", "8"]),
      yAxis: Axis("another / one\(raised: "2")", scale: .log),
      series: (0..<curves).map { Series("curve number \($0): ∝ h\(raised: "−0.5")", points: points, symbol: .disc, color: .black) })
  }

  @Test(.needsGnuplot, arguments: [1, 5, 24]) func textsHaveTheirRoom(_ curves: Int) throws {
    let long: FigureText = "A title that says much more than a panel of this size has room for, and goes on after that"
    for (count, decades) in [(1, 1), (2, 12), (3, 300), (7, 3)] {
      let panels = (0..<count).map { Self.panel($0 == 0 ? long : "panel \($0)", curves: curves + $0, decades: decades) }
      let figure = Figure(title: long + " " + long, panels: panels, columns: 3, footer: [long + " " + long, "the second line"])
      let faults = try faults(figure)
      #expect(faults.isEmpty, "\(curves) curves, \(count) panels: \(faults)")
    }
  }

  @Test func faultsAreFound() throws {
    func text(_ x: Int, _ anchor: String, _ text: String, rotate: String = "") -> String {
      #"<g transform="translate(\#(x).0,50.0)\#(rotate)" stroke="none" font-size="10.0"  text-anchor="\#(anchor)"><text>\#(text)</text></g>"#
    }
    func faults(_ texts: String...) throws -> [String] {
      try #require(DrawnTexts(svg: "<svg\n width=\"100\" height=\"60\"\n>" + texts.joined())).faults
    }
    #expect(try faults(text(10, "start", "abc"), text(60, "start", "abc")).isEmpty)
    #expect(try faults(text(10, "start", "a<tspan>bc</tspan>"), text(15, "start", "d")) == ["'abc' lies on 'd'"])
    #expect(try faults(text(10, "end", "abcd")) == ["'abcd' is cut off"])
    #expect(try faults(text(90, "start", "abcd")) == ["'abcd' is cut off"])
    #expect(try faults(text(50, "middle", "abcdefghijklmn", rotate: " rotate(-90)")) == ["'abcdefghijklmn' is cut off"])
  }
}
