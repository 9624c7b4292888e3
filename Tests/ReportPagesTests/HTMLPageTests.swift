import Figures
import PrintableText
import ReportPages
import Results
import TestSupport
import Testing

/// Whatever a text has in it, a page shows it and nothing more.
@Suite struct HTMLPageTests {
  static let texts = [
    "<script>alert(1)</script>", "</title><script>", "a & b &amp; c", "\"double\" and 'single'", "\"\u{301} onclick=\"x\"", "<\u{338}b>",
    "&\u{301}lt;", "κ → ∞, Größe, 日本語", "]]> --> <!-- {{title}} {{{style}}}", "'\u{200D}><img src=x>", "url(http://x) @import",
  ]

  private static func page(_ text: String) -> HTMLPage {
    var table = TextTable(columns: [.init(text, .left), .init("b\(text)", meaning: text)])
    table.append([text, text])
    let shown = PageTable(caption: text, content: table, keys: 1)
    return HTMLPage(
      title: text, notices: [text],
      parts: [
        .section(
          text,
          [
            .paragraph(text), .notice(text), .command(text), .fold(text, [.paragraph(text)]), .table(shown), shown.legend,
            PageFact(text, [text, text]).map { .facts([$0]) }, .section(text, [.paragraph(text)]),
          ].compactMap { $0 }),
        .section("last", []),
      ])
  }

  @Test(arguments: texts) func showsEveryTextAsItIs(_ text: String) throws {
    let page = try ReadPage(Self.page(text).html)
    let shown = text.printable
    for name in ["title", "h1", "h2", "h3", "p", "code", "summary", "caption", "dt", "dd", "td"] {
      #expect(
        page.texts(name).contains { Array($0.unicodeScalars) == Array(shown.unicodeScalars) }, "\(name) of \(text): \(page.texts(name))")
    }
    #expect(page.texts("p").count == 5 && page.all("script").isEmpty && page.all("img").isEmpty)
    let box = try #require(page.all("div").first)
    #expect(box.attributes["aria-label"].map { Array($0.unicodeScalars) } == Array(shown.unicodeScalars))
    #expect(page.elements.allSatisfy { $0.attributes["onclick"] == nil })
  }

  @Test func whatSteersOrHidesIsAVisibleEscape() throws {
    let page = try ReadPage(Self.page("a\u{1B}[2J\nb\u{0}c\u{202E}d").html)
    #expect(page.texts("h1") == ["a\\u{1B}[2J\\nb\\u{0}c\\u{202E}d"])
  }

  @Test func linksLeadToTheSections() throws {
    let page = try expectSound(
      HTMLPage(title: "t", parts: [.section("one", [.paragraph("x")]), .section("two", [.section("three", [])])]).html, "sections")
    #expect(page.texts("a") == ["one", "two"] && page.texts("h3") == ["three"])
    #expect(page.all("a").map { $0.attributes["href"] } == page.all("section").prefix(2).map { "#\($0.attributes["id"] ?? "")" })
  }

  // MARK: Drawings

  private static let figure = Figure(
    title: "10\(raised: "−3") & <b>", xAxis: Axis("step"), yAxis: Axis("loss"), series: [Series("d = 1", points: [], color: .black)])

  private static func page(drawing: String, _ count: Int = 1) -> String {
    let figures = (0..<count).map { _ in PagePart.figure(PageFigure(figure, drawing: drawing)) }
    return HTMLPage(title: "t", parts: [.section("Figures", figures)]).html
  }

  private static func svg(_ content: String) -> String {
    "<?xml version=\"1.0\"?>\n<svg \n width=\"640\" height=\"480\"\n viewBox=\"0 0 640 480\" xmlns=\"http://www.w3.org/2000/svg\"\n>\n"
      + "<title>t</title><desc>d</desc>\(content)</svg>\n"
  }

  @Test func namesOfDrawingsDoNotCollide() throws {
    let drawing = Self.svg(
      "<defs><circle id='a' r='1'/><use xlink:href='#a' id=\"b\"/></defs><g clip-path=\"url(#b)\"><title>gnuplot_plot_1</title>"
        + "<text>id='a' x &lt; y</text></g>")
    let page = try expectSound(Self.page(drawing: drawing, 3), "three drawings"), uses = page.all("use")
    #expect(uses.map { $0.attributes["href"] } == ["#figure-1-a", "#figure-2-a", "#figure-3-a"])
    #expect(page.all("g").map { $0.attributes["clip-path"] } == ["url(#figure-1-b)", "url(#figure-2-b)", "url(#figure-3-b)"])
    #expect(page.texts("text") == Array(repeating: "id='a' x < y", count: 3) && page.texts("title") == ["t"])
    #expect(page.texts("figcaption")[1].contains("Figure 2. 10−3 & <b>") && page.texts("sup").first == "−3")
    let label = try #require(page.all("svg").first?.attributes["aria-label"])
    #expect(label == "10^−3 & <b>. loss against step (d = 1)")
  }

  @Test(arguments: [
    "<script>1</script>", "<image href=\"x.png\"/>", "<g onload=\"x\"/>", "<use href=\"http://x/#a\"/>", "<g fill=\"url(http://x)\"/>",
    "<g fill=\"URL('x')\"/>", "<a href=\"#a\">x</a>", "<foreignObject/>", "<style>g{}</style>", "<g style=\"fill:url(x)\"/>", "<g", "<g>",
    "</g>", "<g a=1/>", "<!-- -->", "<g a='\"'/>", "<g a=\"<\"/>",
  ])
  func whatIsMoreThanADrawingIsLeftOut(_ content: String) throws {
    let page = try expectSound(Self.page(drawing: Self.svg(content)), content)
    #expect(page.all("svg").isEmpty && page.texts("p").contains { $0.contains("is left out") })
  }

  @Test(arguments: ["", "<svg", "no picture", "<svg></svg>", "<svg viewBox=\"0 0 1\"></svg>"]) func whatIsNoDrawingIsLeftOut(_ text: String)
    throws
  {
    #expect(try expectSound(Self.page(drawing: text), text).all("svg").isEmpty)
  }
}
