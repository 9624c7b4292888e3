import Foundation
import Testing

@testable import Plotting
@testable import Results

/// Nil, with the reason printed, where gnuplot is not installed.
func installedGnuplot(_ test: String = #function) -> Gnuplot? {
  do {
    return try Gnuplot()
  } catch {
    print("skipped: \(test): \(error)")
    return nil
  }
}

@Suite struct FigureTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func figure(_ points: [Series.Point], title: String = "t", scale: Axis.Scale = .log) -> Figure {
    Figure(
      title: title, xAxis: Axis("x", scale: scale), yAxis: Axis("y", scale: scale), series: [Series("s", points: points, color: .black)])
  }

  @Test func aMissingGnuplotIsAnErrorThatSaysWhatToInstall() throws {
    for environment in [["PATH": folder.url.path], ["PATH": "/usr/bin", "ISTHMUS_GNUPLOT": "/nowhere/gnuplot"], [:]] {
      let error = #expect(throws: PlottingError.self) { try Gnuplot(environment: environment) }
      #expect("\(String(describing: error))".contains("apt-get install gnuplot-nox"))
    }
  }

  @Test func gnuplotsOwnWordsAreReported() throws {
    let failing = folder.url.appendingPathComponent("gnuplot")
    try "#!/bin/sh\necho 'no such terminal' >&2\nexit 3\n".write(to: failing, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: failing.path)
    let gnuplot = try Gnuplot(environment: ["ISTHMUS_GNUPLOT": failing.path])
    #expect(throws: PlottingError.gnuplotFailed(figure: "f", status: 3, message: "no such terminal")) {
      try figure([.init(1, 1)]).render(to: folder.url, name: "f", with: gnuplot)
    }
  }

  @Test func aProgramThatDrawsNothingIsFound() throws {
    let gnuplot = try Gnuplot(environment: ["ISTHMUS_GNUPLOT": "/bin/true"])
    let file = folder.url.appendingPathComponent("f.svg")
    try "old".write(to: file, atomically: true, encoding: .utf8)
    #expect(throws: PlottingError.incompleteFile(path: file.path)) {
      try figure([.init(1, 1)]).render(to: folder.url, name: "f", formats: [.svg], with: gnuplot)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == "old", "an older figure stays")
  }

  @Test func errorsOfARealGnuplotAreReported() throws {
    guard let gnuplot = installedGnuplot() else { return }
    let error = #expect(throws: PlottingError.self) { try gnuplot.run("plot nonsense(\n", figure: "f") }
    guard case .gnuplotFailed("f", let status, let message) = error else {
      Issue.record("expected gnuplotFailed, got \(String(describing: error))")
      return
    }
    #expect(status != 0)
    #expect(message.contains("nonsense"))
  }

  @Test func textIsTakenLiterally() throws {
    #expect(GnuplotScript.quoted("it's\n\\n") == "'it''s \\n'")
    guard let gnuplot = installedGnuplot() else { return }
    let secret = folder.url.appendingPathComponent("secret")
    let title = "a_b^{c} 'q' \"d\" \\n @x % `touch \(secret.path)` <é> & \n ∞'; system 'touch \(secret.path)'"
    let name = "it's a `name`"
    let rendered = try figure([.init(1, 1), .init(2, 3)], title: title).render(to: folder.url, name: name, formats: [.svg], with: gnuplot)
    let svg = try String(contentsOf: try #require(rendered.files.first), encoding: .utf8)
    for part in ["a_b^{c} 'q'", "\\n @x %", "∞"] { #expect(svg.contains(part), "\(part)") }
    #expect(!FileManager.default.fileExists(atPath: secret.path), "no command in a text is run")
  }

  @Test func valuesThatALogarithmCannotShowAreCounted() throws {
    let points: [Series.Point] = [.init(0, 1), .init(1, 0), .init(1, 1), .init(2, -3), .init(3, .nan), .init(4, 0.5)]
    let script = try GnuplotScript(figure(points), name: "f")
    #expect(script.droppedPoints == 4)
    #expect(script.body.contains("4 points without a place"))
    #expect(try GnuplotScript(figure(points, scale: .linear), name: "f").droppedPoints == 1)
    #expect(throws: PlottingError.nothingToDraw(figure: "f", panel: "t")) { try GnuplotScript(figure([.init(0, 0)]), name: "f") }
  }

  @Test func everyStyleIsDrawn() throws {
    guard let gnuplot = installedGnuplot() else { return }
    let points = (1...5).map { Series.Point(Double($0 - 1), Double($0 * $0)) }, band = points.map { Series.Interval($0.y - 2, $0.y + 3) }
    let styles: [Series.Style] = [.line, .dashedLine, .bars] + Series.Symbol.allCases.map { .points($0) }
    let panels = [Legend.direct, .right, .below, .hidden, .inside(.topLeft)].map { legend in
      Panel(
        title: "\(legend)", xAxis: Axis("x", categories: ["a", "b", "c", "d", "e"]), yAxis: Axis("y"),
        series: styles.enumerated().map { rank, style in
          Series("\(style)", points: points, style: style, band: rank % 2 == 0 ? band : nil, color: Color.palette[rank % 6])
        }, legend: legend)
    }
    let rendered = try Figure(title: "all", panels: panels).render(to: folder.url, name: "all", with: gnuplot)
    #expect(rendered.files.map(\.lastPathComponent) == ["all.svg", "all.png"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["all.png", "all.svg"], "nothing else is left")
  }

  @Test(arguments: [1e-12...1e9, 1...4000, 0.02...0.9, 0.3...0.31, 5...5, 1e-5...1e-3])
  func logarithmicAxesHaveReadableTicks(_ data: ClosedRange<Double>) throws {
    let fit = try #require(AxisFit(Axis("x", scale: .log), values: [data.lowerBound, data.upperBound]))
    let labels = try #require(fit.ticks).map(\.label).filter { !$0.isEmpty }
    #expect((1...9).contains(labels.count), "\(data): \(labels)")
    #expect(Set(labels).count == labels.count)
    #expect(fit.range.contains(data.lowerBound) && fit.range.contains(data.upperBound))
  }

  @Test func labelsAtLineEndsDoNotOverlap() {
    let spread = GnuplotScript.spread([0.5, 0.5, 0.51, 0.9, 0.1], gap: 0.06)
    let sorted = spread.sorted()
    #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $1 - $0 >= 0.06 - 1e-12 }, "\(spread)")
    #expect(abs(spread[3] - 0.9) < 1e-12 && abs(spread[4] - 0.1) < 1e-12, "labels with room stay: \(spread)")
    let top = GnuplotScript.spread([1, 1, 1], gap: 0.06)
    #expect(top.max() == 1 && abs((top.min() ?? 0) - 0.88) < 1e-12, "labels stay beside the axes: \(top)")
  }
}
