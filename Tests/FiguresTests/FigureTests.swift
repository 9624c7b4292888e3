import Figures
import Foundation
import TestSupport
import Testing

@Suite struct FigureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func figure(_ points: [Series.Point], title: FigureText = "t", scale: Axis.Scale = .log) -> Figure {
    Figure(
      title: title, xAxis: Axis("x", scale: scale), yAxis: Axis("y", scale: scale), series: [Series("s", points: points, color: .black)])
  }

  @Test func aMissingGnuplotIsAnErrorThatSaysWhatToInstall() throws {
    for environment in [["PATH": folder.url.path], ["PATH": "/usr/bin", "ISTHMUS_GNUPLOT": "/nowhere/gnuplot"], [:]] {
      let error = #expect(throws: FigureError.self) { try Gnuplot(environment: environment) }
      #expect("\(String(describing: error))".contains("apt-get install gnuplot-nox"))
    }
  }

  @Test func gnuplotsOwnWordsAreReported() throws {
    let failing = folder.url.appendingPathComponent("gnuplot")
    try "#!/bin/sh\necho 'no such terminal' >&2\nexit 3\n".write(to: failing, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: failing.path)
    let gnuplot = try Gnuplot(environment: ["ISTHMUS_GNUPLOT": failing.path])
    #expect(throws: FigureError.gnuplotFailed(figure: "f", status: 3, message: "no such terminal")) {
      try figure([.init(1, 1)]).render(to: folder.url, name: "f", with: gnuplot)
    }
  }

  @Test func aGnuplotThatDoesNotEndIsStopped() throws {
    let waiting = folder.url.appendingPathComponent("gnuplot")
    try "#!/bin/sh\nexec sleep 60\n".write(to: waiting, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: waiting.path)
    let gnuplot = try Gnuplot(environment: ["ISTHMUS_GNUPLOT": waiting.path], timeLimit: .milliseconds(200))
    #expect(throws: FigureError.gnuplotTooSlow(figure: "f", limit: .milliseconds(200))) {
      try figure([.init(1, 1)]).render(to: folder.url, name: "f", with: gnuplot)
    }
  }

  @Test func gnuplotSeesNothingOfItsOwnInTheEnvironment() {
    let own = ["PATH": "/bin", "HOME": "/root", "GNUTERM": "qt", "GNUPLOT_LIB": "x", "GNUPLOT_PS_DIR": "x", "GNUHELP": "x"]
    #expect(Gnuplot.environment(own) == ["PATH": "/bin", "HOME": "/root"])
  }

  @Test func aProgramThatDrawsNothingIsFound() throws {
    let gnuplot = try Gnuplot(environment: ["ISTHMUS_GNUPLOT": "/bin/true"])
    let file = folder.url.appendingPathComponent("f.svg")
    try "old".write(to: file, atomically: true, encoding: .utf8)
    #expect(throws: FigureError.incompleteFile(path: file.path)) {
      try figure([.init(1, 1)]).render(to: folder.url, name: "f", formats: [.svg], with: gnuplot)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == "old", "an older figure stays")
  }

  @Test(.needsGnuplot) func errorsOfARealGnuplotAreReported() throws {
    let error = #expect(throws: FigureError.self) { try Gnuplot().run("plot nonsense(\n", figure: "f") }
    guard case .gnuplotFailed("f", let status, let message) = error else {
      Issue.record("expected gnuplotFailed, got \(String(describing: error))")
      return
    }
    #expect(status != 0)
    #expect(message.contains("nonsense"))
  }

  @Test func valuesThatALogarithmCannotShowAreCounted() throws {
    let points: [Series.Point] = [.init(0, 1), .init(1, 0), .init(1, 1), .init(2, -3), .init(3, .nan), .init(4, 0.5)]
    let script = try GnuplotScript(figure(points), name: "f")
    #expect(script.droppedPoints == 4)
    #expect(script.body.contains(GnuplotText.quoted("4 points without a place on these axes not shown")))
    #expect(try GnuplotScript(figure(points, scale: .linear), name: "f").droppedPoints == 1)
    #expect(throws: FigureError.nothingToDraw(figure: "f", panel: "t")) { try GnuplotScript(figure([.init(0, 0)]), name: "f") }
  }

  /// Two panels, of which the second has no point that its axes can show.
  private static let halfEmpty = Figure(
    title: "two",
    panels: [[Series.Point(1, 2)], [.init(0, 0)]].enumerated().map { index, points in
      Panel(
        title: "\(index)", xAxis: Axis("x", scale: .log), yAxis: Axis("y", scale: .log),
        series: [Series("s", points: points, color: .black)])
    })

  @Test func aPanelWithoutPointsDoesNotCostTheOthers() throws {
    #expect(try GnuplotScript(Self.halfEmpty, name: "f").droppedPanels == ["1"])
  }

  @Test func aPanelOfWhatWasNotReachedKeepsItsPlace() throws {
    var unreached = Series("s", points: [], color: .black)
    unreached.marks = [.init(2, .bottom)]
    func panel(_ series: Series) -> Panel { Panel(title: "p", xAxis: Axis("x"), yAxis: Axis("y", scale: .log), series: [series]) }
    let reached = panel(Series("s", points: [.init(1, 200), .init(2, 300)], color: .black))
    let script = try GnuplotScript(Figure(title: "t", panels: [panel(unreached), reached]), name: "f")
    #expect(script.droppedPanels.isEmpty)
    let ranges = script.body.matches(of: /set yrange \[([^\]]*)\]/).map { String($0.1) }
    #expect(ranges.count == 2 && ranges[0] == ranges[1], "its heights are the other's: \(ranges)")
    #expect(throws: FigureError.nothingToDraw(figure: "f", panel: "t")) {
      try GnuplotScript(Figure(title: "t", panels: [panel(unreached)]), name: "f")
    }
  }

  @Test(.needsGnuplot) func theOtherPanelsAreDrawn() throws {
    let rendered = try Self.halfEmpty.render(to: folder.url, name: "f", formats: [.svg], with: Gnuplot())
    #expect(rendered.files.count == 1 && rendered.note?.contains("1 panel ") == true)
  }

  private static let extremes: [[Double]] = [
    [.leastNonzeroMagnitude], [1e308, -1e308], [0, 1e308], [1e-300, 1e300], [5], [-3], [0], [1e16, 1e16 + 2], [1e15, 1e15 + 0.125],
    [1, 1.0000000000000002],
    [-1e-300, 1e-300], [.infinity, 1], [.nan, 1], [1e250, 1e-250], [1e249, 1e250], [1e-250, 2e-250], [9_007_199_254_740_992, 1],
  ]

  /// Numbers at the ends of what a float64 holds, alone and together, on both kinds of axes.
  @Test(.needsGnuplot, arguments: extremes)
  func extremeNumbersMakeAFigureOrNone(_ values: [Double]) throws {
    let gnuplot = try Gnuplot()
    for scale in [Axis.Scale.log, .linear] {
      let points = values.enumerated().flatMap {
        [Series.Point(Double($0.offset + 1), $0.element), .init($0.element, Double($0.offset + 1))]
      }
      let band = points.map { Series.Interval(-$0.y, 2 * $0.y) }
      let figure = Figure(
        title: "t", xAxis: Axis("x", scale: scale), yAxis: Axis("y", scale: scale),
        series: [Series("s", points: points, band: band, color: .black)], legend: .below)
      let isDrawable = points.contains {
        AxisFit.isDrawable($0.x, figure.panels[0].xAxis) && AxisFit.isDrawable($0.y, figure.panels[0].yAxis)
      }
      let result = Result { try figure.render(to: folder.url, name: "f", formats: [.svg], with: gnuplot) }
      switch result {
      case .success(let rendered): #expect(isDrawable && rendered.files.count == 1)
      case .failure(let error): #expect(!isDrawable && "\(error)".contains("has no point to draw"), "\(error)")
      }
    }
  }

  @Test(.needsGnuplot) func everyStyleIsDrawn() throws {
    let points = (1...5).map { Series.Point(Double($0 - 1), Double($0 * $0)) }, band = points.map { Series.Interval($0.y - 2, $0.y + 3) }
    let styles: [Series.Style] = [.line, .dashedLine, .dottedLine, .dashDottedLine, .bars] + Series.Symbol.allCases.map { .points($0) }
    let panels = [Legend.right, .below, .hidden].map { legend in
      Panel(
        title: FigureText(String(describing: legend)), xAxis: Axis("x", categories: ["a", "b", "c", "d", "e"]), yAxis: Axis("y"),
        series: styles.enumerated().map { rank, style in
          Series(
            FigureText(String(describing: style)), points: points, style: style, band: rank % 2 == 0 ? band : nil,
            color: Color.palette[rank % 6])
        }, legend: legend)
    }
    let rendered = try Figure(title: "all", panels: panels).render(to: folder.url, name: "all", with: Gnuplot())
    #expect(rendered.files.map { $0.lastPathComponent } == ["all.svg", "all.png"])
    #expect(rendered.table?.lastPathComponent == "all.csv")
    let left = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    #expect(left == ["all.csv", "all.png", "all.svg"], "nothing else is left")
  }
}
