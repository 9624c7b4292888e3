import Figures
import Foundation
import Reports
import Results
import StudyRecords
import TestSupport
import Testing

@Suite struct BottleneckFiguresTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(.needsGnuplot) func allFiguresAreMadeFromFilesAlone() throws {
    let directory = try InventedRun.write(in: folder.url)
    let rendered = try RunReport.bottleneck.draw(directory, with: Gnuplot())
    #expect(rendered.map(\.name) == ["loss", "test-error", "kernel", "representation-2"])
    #expect(rendered.map(\.droppedPoints) == [0, 0, 0, 0])
    try RunReport.bottleneck.expectReadable(rendered)
    let files = rendered.flatMap(\.files)
    #expect(files.count == 8, "each as SVG and PNG")
    for file in files {
      let bytes = try Data(contentsOf: file).count
      #expect(bytes > 5_000, "\(file.lastPathComponent)")
    }
    if let keep = ProcessInfo.processInfo.environment["ISTHMUS_KEEP_FIGURES"] {
      try FileManager.default.copyItem(at: directory, to: URL(fileURLWithPath: keep))
    }
  }

  @Test func aRunWithoutDataHasNoFigures() throws {
    let store = try ResultsStore.open(try RunDescription(experiment: "bottleneck", identity: [1], parameters: [1]), in: folder.url)
    #expect(try RunReport.bottleneck.figures(of: store.directory).isEmpty)
    let other = try ResultsStore.open(try RunDescription(experiment: "other", identity: [1], parameters: [1]), in: folder.url)
    #expect(throws: ResultsError.self) { try RunReport.bottleneck.figures(of: other.directory) }
    #expect(throws: ResultsError.self) { try RunReport.bottleneck.figures(of: folder.url) }
  }

  @Test func representationsOfAnotherShapeAreRefused() throws {
    let store = try ResultsStore.open(try RunDescription(experiment: "bottleneck", identity: [1], parameters: [1]), in: folder.url)
    try store.writeArray("representation-labels", shape: [3], [0, 1, 0])
    for moment in ["before", "after"] { try store.writeArray("representation-2-draw0-\(moment)", shape: [2, 2], [1, 2, 3, 4]) }
    #expect(throws: ResultsError.self) { try RunReport.bottleneck.figures(of: store.directory) }
  }

  @Test func colorsFollowTheWidth() throws {
    let labels = try ["2", "1", "inf", "2x2", "inf/2"].map { try #require(BottleneckLabel($0)) }
    #expect(labels.sorted().map(\.name) == ["1", "2", "∞", "2×2", "∞×∞"])
    let looks = labels.map { CurveLook.network($0) }
    #expect(looks.map(\.color) == [Color.palette[1], Color.palette[0], .black, Color.palette[1], .black])
    #expect(looks.map(\.style) == [.line, .line, .line, .dashedLine, .dashedLine])
    for text in ["", "x", "2x", "-1", "inf/0", "infinite", "0"] { #expect(BottleneckLabel(text) == nil, "\(text)") }
  }
}
