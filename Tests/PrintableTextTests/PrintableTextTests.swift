import Foundation
import PrintableText
import Testing

@Suite struct PrintableTextTests {
  @Test(arguments: [
    ("\u{1B}[2J\u{1B}]0;title\u{7}", "\\u{1B}[2J\\u{1B}]0;title\\u{7}"), ("a\nb\r\nc\td", "a\\nb\\r\\nc\\td"),
    ("\u{9B}31m\u{85}\u{7F}\u{0}", "\\u{9B}31m\\u{85}\\u{7F}\\u{0}"), ("a\u{202E}b\u{2066}c\u{200E}", "a\\u{202E}b\\u{2066}c\\u{200E}"),
    ("a\u{200B}\u{200D}\u{FEFF}\u{AD}\u{2060}b", "a\\u{200B}\\u{200D}\\u{FEFF}\\u{AD}\\u{2060}b"),
    ("\u{2028}\u{2029}\u{E000}\u{FFFF}\u{E0041}\u{3164}", "\\u{2028}\\u{2029}\\u{E000}\\u{FFFF}\\u{E0041}\\u{3164}"),
    // A combining character makes one Character of two scalars: each is judged by itself.
    ("\n\u{301}'\u{301}\u{1B}\u{FE0F}", "\\n\u{301}'\u{301}\\u{1B}\u{FE0F}"),
  ])
  func whatSteersOrHidesIsVisible(_ text: String, _ expected: String) {
    #expect(Array(text.printable.unicodeScalars) == Array(expected.unicodeScalars))
  }

  @Test func noByteOfItIsAControl() {
    // Every scalar that is one, but for surrogates.
    for value in UInt32(0)...0x10FFFF {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = "a\(scalar)b".printable
      let isSafe = text.unicodeScalars.allSatisfy { !($0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0.properties.isBidiControl) }
      guard isSafe else {
        Issue.record("U+\(String(value, radix: 16)) is passed through")
        continue
      }
    }
  }

  @Test(arguments: ["plain", "", "∞ × √h·α ‖Θ − Θ₀‖", "e\u{301}", "日本語 عربي हिन्दी 한국어", "😀❤\u{FE0F}", "it's \"quoted\" `x` \\ $(y)"])
  func whatIsReadStays(_ text: String) { #expect(Array(text.printable.utf8) == Array(text.utf8)) }

  @Test func ownLineFeedsMayStay() { #expect("a\nb\u{1B}\n".printableLines == "a\nb\\u{1B}\n") }

  @Test func longTextIsShortened() {
    #expect("abcdef".printable(limit: 6) == "abcdef")
    #expect("abcdefg".printable(limit: 6) == "abcde…")
    #expect(String(repeating: "\u{1B}", count: 1 << 20).printable(limit: 7) == "\\u{1B}…")
  }

  @Test func jsonKeepsItsValue() throws {
    let value = ["k\u{7F}": "\u{9B}2J \u{202E}\u{E0041} é \u{1B}"]
    let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self).printableJSON
    #expect(text.unicodeScalars.allSatisfy { $0.isPrintable })
    #expect(try JSONDecoder().decode([String: String].self, from: Data(text.utf8)) == value)
  }

  @Test func explanationsOfOtherProgramsAreIndented() {
    struct Fault: ExplainedError {
      let summary = "cl\u{1B}: failed"
      let explanation = "line 1\u{7}\nerror: all is well\r\n"
    }
    #expect(Fault().message == "cl\\u{1B}: failed\n  line 1\\u{7}\n  error: all is well")
    struct Plain: Error, CustomStringConvertible { let description = "a\nerror: b" }
    #expect(Plain().message == "a\\nerror: b")
  }
}
