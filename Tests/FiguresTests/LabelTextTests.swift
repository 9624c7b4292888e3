import Figures
import Foundation
import TestSupport
import Testing

/// Text of records in labels of every kind: no command runs, no markup comes in, and what can be shown is shown.
@Suite struct LabelTextTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let combining = [
    "\u{301}", "\u{327}", "\u{FE0F}", "\u{20DD}", "\u{E0020}", "\u{1F3FB}", "\u{200D}", "\u{903}", "\u{11A8}",
  ]

  private func texts(_ secret: URL) -> [String] {
    let command = "touch \(secret.path)"
    return [
      "x `\(command)`", "x' `\(command)` '", "x'; system('\(command)'); print '", "x\n`\(command)`\n", "x'\r\n`\(command)`\r\n'",
      "x\0' `\(command)`", "@x $(\(command))", "\"; system \"\(command)\" #", "\\\"`\(command)`\\\"", "\\140\(command)\\140",
      "%s%n%d %%% %",
      "<script>touch(1)</script>&<!--", "]]>", "\u{1B}]0;t\u{7}", "\u{FFFF}\u{E000}\u{2028}", "a_b^{c} {/Symbol a}",
      String(repeating: "L", count: 5000),
      "END\nsystem '\(command)'", "",
    ] + Self.combining.flatMap { ["x'\($0) `\(command)` y", "\"\($0)`\(command)`", "`\($0)\(command)`\($0)"] }
  }

  @Test(.needsGnuplot) func noTextIsRunOrTakenForMarkup() throws {
    let gnuplot = try Gnuplot()
    let secret = folder.url.appendingPathComponent("secret")
    for (index, text) in texts(secret).enumerated() {
      let label = FigureText(text), series = [Series(label, points: [.init(0, 1), .init(1, 3)], color: .black)]
      let panels = [Legend.right, .below].map { legend in
        Panel(
          title: label, xAxis: Axis(label, categories: [text, "b"]), yAxis: Axis(label), series: series, legend: legend)
      }
      let figure = Figure(title: label, panels: panels, footer: [label])
      let rendered = try figure.render(to: folder.url, name: "f\(index)", formats: index == 0 ? [.svg, .png] : [.svg], with: gnuplot)
      #expect(!FileManager.default.fileExists(atPath: secret.path), "a command in \(text.debugDescription) ran")
      let svg = try String(contentsOf: try #require(rendered.files.first), encoding: .utf8)
      // Every element that gnuplot's own terminal writes.
      let elements = svg.matches(of: /<([a-zA-Z]+)/).map { String($0.1) }
      let known: Set = [
        "svg", "title", "desc", "g", "defs", "circle", "path", "filter", "feFlood", "feComposite", "use", "rect", "text", "tspan",
      ]
      #expect(elements.contains("svg") && Set(elements).subtracting(known).isEmpty, "\(text.debugDescription): \(Set(elements))")
      #expect(svg.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || $0.value >= 0x20 }, "\(text.debugDescription)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).allSatisfy { $0.hasPrefix("f") }, "nothing else is left")
  }

  @Test(.needsGnuplot) func whatCanBeShownIsShown() throws {
    let title = "a_b^{c} 'q' \"d\" \\n @x 50 % `y` <é> & ∞ ‖Θ‖ 日本"
    let figure = Figure(
      title: FigureText(title), xAxis: Axis("x", categories: ["50 %", "%s"]), yAxis: Axis("y"),
      series: [Series("s", points: [.init(0, 1), .init(1, 3)], color: .black)])
    let svg = try String(
      contentsOf: try #require(try figure.render(to: folder.url, name: "f", formats: [.svg], with: Gnuplot()).files.first), encoding: .utf8)
    for part in ["a_b^{c} 'q' \"d\" \\n @x 50 % `y` &lt;é> &amp; ∞ ‖Θ‖ 日本", ">50 %<", ">%s<"] { #expect(svg.contains(part), "\(part)") }
  }

  /// The alphabet of a quoted text cannot spell a command.
  @Test func aScriptHoldsNoTextOfALabel() {
    for text in texts(URL(fileURLWithPath: "/x")) {
      for quoted in [GnuplotText.quoted(FigureText(text)), GnuplotText.quotedTick(FigureText(text))] {
        #expect(quoted.wholeMatch(of: /"([A-Za-z ]|\\[0-7]{3})*"/) != nil, "\(quoted)")
      }
    }
    #expect(GnuplotText.quoted("it's 1") == #""it\047s \061""#)
  }
}
