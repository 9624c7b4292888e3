import Foundation
import Reports
import Results
import TestSupport
import Testing

@Suite struct FigureFooterTests {
  @Test func everyFigureSaysWhatItShowsAndWhereItsNumbersComeFrom() throws {
    let folder = try TemporaryFolder(), directory = try InventedRun.write(in: folder.url)
    let figures = try RunReport.bottleneck.figures(of: directory), run = try Manifest.read(directory).run
    #expect(figures.count == 4)
    for (name, figure) in figures {
      #expect(figure.footer.count == 2, "\(name)")
      #expect(figure.footer.last?.description == "digits · N = 50 · 3 draws · bottleneck \(run)", "\(name)")
      #expect(figure.details.contains("train: 50") && figure.details.contains("run: \(run)"), "\(name)")
    }
    #expect(figures.first?.figure.footer.first == "Medians over draws; bands: quartiles.")
  }

  @Test func aRunThatIsNotFinishedSaysSo() throws {
    let figures = try StoredRun(of: .bottleneckScaling, BottleneckScalingTests.records).figures
    #expect(figures.allSatisfy { $0.figure.footer.last?.description.hasSuffix(" · not finished") == true })
  }
}
