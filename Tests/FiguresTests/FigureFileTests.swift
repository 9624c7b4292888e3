import CZlib
import Figures
import Foundation
import TestSupport
import Testing

/// What the files of a figure hold beside the picture.
@Suite struct FigureFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static func figure(_ series: [Series] = [Series("s", points: [.init(1, 2), .init(2, 3)], color: .black)]) -> Figure {
    var figure = Figure(
      title: "Loss & <more>, d = ∞", panels: [Panel(title: "", xAxis: Axis("x"), yAxis: Axis("y"), series: series)],
      footer: ["Medians over draws.", "digits · N = 50"])
    figure.details = ["seed: 1"]
    return figure
  }

  @Test(.needsGnuplot, arguments: FigureFormat.allCases) func everyFormatTellsWhatItShows(_ format: FigureFormat) throws {
    let gnuplot = try Gnuplot()
    guard try gnuplot.available(FigureFormat.allCases).contains(format) else { return }
    let file = try #require(try Self.figure().render(to: folder.url, name: "f", formats: [format], with: gnuplot).files.first)
    #expect(file.lastPathComponent == "f.\(format.rawValue)")
    let data = try Data(contentsOf: file)
    func holds(_ text: String, _ encoding: String.Encoding = .utf8) -> Bool {
      text.data(using: encoding).map { data.range(of: $0) != nil } == true
    }
    switch format {
    case .svg:
      #expect(holds("<title>Loss &amp; &lt;more&gt;, d = ∞</title>"))
      #expect(holds("<desc>Medians over draws.\ndigits · N = 50\nseed: 1</desc>"))
    case .png:
      #expect(holds("iTXtTitle\0") && holds("Loss & <more>, d = ∞"))
      #expect(holds("tEXtDescription\0") && holds("digits · N = 50\nseed: 1", .isoLatin1))
      #expect(Self.hasSoundChunks(data))
    case .pdf:
      let description = "digits".utf16.map { String(format: "%04X", Int($0)) }.joined()
      #expect(holds("/Title <FEFF") && holds(description) && data.suffix(6) == Data("%%EOF\n".utf8))
    }
  }

  /// Every chunk of a PNG has the sum of its bytes behind it.
  private static func hasSoundChunks(_ png: Data) -> Bool {
    let bytes = [UInt8](png)
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var at = 8
    while at + 12 <= bytes.count {
      let end = at + 8 + number(at)
      guard end + 4 <= bytes.count else { return false }
      let sum = bytes[(at + 4)..<end].withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
      guard Int(sum) == number(end) else { return false }
      at = end + 4
    }
    return at == bytes.count
  }

  @Test(.needsGnuplot) func theTableHasWhatIsDrawn() throws {
    var series = Series(
      "d = 1, 2", points: [.init(1, 2), .init(2, .nan), .init(3, 4.5)], band: [.init(1, 3), .init(0, 1), .init(4, .infinity)], color: .black
    )
    series.marks = [.init(5, .top)]
    let rendered = try Self.figure([series]).render(to: folder.url, name: "f", formats: [.svg], with: Gnuplot())
    let head = "\"Loss & <more>, d = ∞\",\"d = 1, 2\","
    #expect(
      try String(contentsOf: try #require(rendered.table), encoding: .utf8)
        == ["panel,curve,x,y,low,high", head + "1.0,2.0,1.0,3.0", head + "3.0,4.5,4.0,inf", head + "5.0,,,", ""].joined(separator: "\r\n"))
  }

  @Test(.needsGnuplot) func footerAndMarksAreShown() throws {
    var series = Series("s", points: [.init(1, 2), .init(2, 3)], color: .black)
    series.marks = [.init(3, .top)]
    let file = try #require(try Self.figure([series]).render(to: folder.url, name: "f", formats: [.svg], with: Gnuplot()).files.first)
    let svg = try String(contentsOf: file, encoding: .utf8)
    for text in ["Medians over draws.", "digits · N = 50", "not reached"] { #expect(svg.contains(">\(text)<"), "\(text)") }
  }

  /// The legend stands at the right of the axes, within the picture.
  @Test(.needsGnuplot) func noTextOfALegendStandsOnACurve() throws {
    let series = (0..<6).map { Series("a rather long name \($0)", points: [.init(0, Double($0)), .init(9, 1)], color: .black) }
    let file = try #require(try Self.figure(series).render(to: folder.url, name: "f", formats: [.svg], with: Gnuplot()).files.first)
    let svg = try String(contentsOf: file, encoding: .utf8)
    let width = try #require(svg.firstMatch(of: /<svg\s+width="(\d+)"/).flatMap { Double($0.1) })
    let texts = svg.matches(of: /translate\(([\d.]+),([\d.]+)\)[^>]*>\s*<text[^>]*>(?:<tspan[^>]*>)?([^<]*)/)
    let names = texts.filter { $0.3.hasPrefix("a rather") }.compactMap { Double($0.1) }
    let ticks = texts.filter { Double($0.3) != nil }.compactMap { Double($0.1) }
    #expect(names.count == 6 && (names.min() ?? 0) > (ticks.max() ?? .infinity), "\(names) \(ticks)")
    #expect((names.max() ?? .infinity) + FigureText("a rather long name 0").width(15) < width)
  }

  @Test func aGnuplotWithoutAFormatSaysSo() throws {
    let program = folder.url.appendingPathComponent("gnuplot")
    try "#!/bin/sh\necho ' svg dumb ' > figure\n".write(to: program, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
    let gnuplot = try Gnuplot(environment: ["ISTHMUS_GNUPLOT": program.path])
    #expect(try gnuplot.available([.svg, .pdf]) == [.svg])
    #expect(throws: FigureError.formatsNotAvailable([.pdf])) { try gnuplot.available([.pdf]) }
  }
}
