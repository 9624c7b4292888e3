import Figures
import Testing

@Suite struct FigureTextTests {
  @Test func numbersAreWrittenForReaders() {
    let written: [(Double, String)] = [
      (0.25, "0.25"), (-3, "−3"), (2e-5, "2·10^−5"), (1e-4, "10^−4"), (-1e7, "−10^7"), (2.5e8, "2.5·10^8"), (0, "0"), (1000, "1000"),
    ]
    for (number, text) in written { #expect("\(FigureText(number: number))" == text) }
  }

  @Test func superscriptsAndSubscriptsAreGnuplots() {
    let text: FigureText = "z\(lowered: "0") ∝ h\(raised: "−1/2")"
    #expect("\(text)" == "z_0 ∝ h^−1/2")
    #expect(GnuplotText.quoted("a\(raised: "b")") == #""a\136\173b\175""#)
    #expect(GnuplotText.quoted("a_b") == #""a\134\137b""#, "what the text has is shown")
  }

  @Test func longTextIsBrokenAtSpacesAndCut() {
    let text: FigureText = "one two three four five six"
    let lines = text.lines(width: text.width(10) / 2, fontSize: 10, most: 4)
    #expect(lines.count > 1 && lines.allSatisfy { $0.width(10) <= text.width(10) / 2 }, "\(lines)")
    #expect(lines.map(\.description).joined() == "\(text)")
    let cut = text.lines(width: text.width(10) / 2, fontSize: 10, most: 1)
    #expect(cut.count == 1 && cut[0].description.hasSuffix("…"))
  }
}
