import Foundation
import PrintableText
import Results
import TestSupport
import Testing

@Suite struct JSONTests {
  @Test(arguments: [
    "null", "true", "-17", "18446744073709551615", "0.1", "5e-324", "1.7976931348623157e+308", "\"a\\\"b\\\\ζ\\u0001\"",
    "[1,[],{}]", "{\"b\":1,\"a\":[null,2.5]}",
  ])
  func textsReadBackUnchanged(_ text: String) throws {
    #expect(try JSONValue(parsing: text.utf8).text == text)
    let value = try JSONValue(parsing: text.utf8)
    #expect(try JSONValue(parsing: value.prettyText.utf8) == value)
  }

  @Test(arguments: [
    "", "nul", "01", "1.", "-", "[1,]", "{\"a\":1,\"a\":2}", "{a:1}", "\"a", "\"\\ud800\"", "NaN", "Infinity", "1e999", "1 2", "\"\t\"",
    "{\"a\" 1}",
    String(repeating: "[", count: 200),
  ])
  func textsThatAreNotJSONAreRefused(_ text: String) {
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text.utf8) }
  }

  @Test func surrogatePairsAreJoined() throws {
    #expect(try JSONValue(parsing: "\"\\ud83d\\ude00\"".utf8) == "😀")
  }

  /// `cat` of a manifest or of records shows its text and does nothing else; the digest of a run does not depend on that.
  @Test func textsSteerNoTerminal() throws {
    let value: JSONValue = ["k\u{7F}": "\u{1B}[2J\u{9B}1m\u{202E}\u{E0041}\u{200B}é\n"]
    for text in [value.text, value.prettyText] {
      #expect(text.unicodeScalars.allSatisfy { $0.isPrintable || $0 == "\n" })
      #expect(try JSONValue(parsing: text.utf8) == value)
    }
    #expect(value.canonicalText.utf8.contains(0x7F))
  }

  @Test func manyKeysAreReadInTime() throws {
    let text = "{" + (0..<200_000).map { "\"k\($0)\":0" }.joined(separator: ",") + "}"
    let clock = ContinuousClock.now
    #expect(try JSONValue(parsing: text.utf8).members?.count == 200_000)
    // Comparing each key with all before it would take minutes.
    #expect(ContinuousClock.now - clock < .seconds(20))
  }

  @Test func doublesReadBackBitForBit() throws {
    var generator = SplitMix64(seed: 7)
    var mismatches: [Double] = []
    for _ in 0..<10_000 {
      let value = Double(bitPattern: generator.next())
      guard value.isFinite else { continue }
      if try JSONValue(parsing: JSONValue.number(value).text.utf8).double?.bitPattern != value.bitPattern { mismatches.append(value) }
    }
    #expect(mismatches.isEmpty, "seed 7")
  }

  @Test func canonicalTextForgetsOrderAndSpelling() throws {
    let one = try JSONValue(parsing: "{\"a\": 1.0, \"b\": {\"d\": 2, \"c\": 100}}".utf8)
    let other = try JSONValue(parsing: "{\"b\":{\"c\":1e2,\"d\":2},\"a\":1}".utf8)
    #expect(one.canonicalText == other.canonicalText)
    #expect(one.canonicalText == "{\"a\":1,\"b\":{\"c\":100,\"d\":2}}")
  }

  @Test func valuesThatAreNotFiniteCannotBeEncoded() {
    #expect(throws: ResultsError.self) { try JSONValue(encoding: ["rate": Double.nan], what: "parameters") }
  }

  @Test func aValueEncodesToItself() throws {
    let value: JSONValue = [
      "array": [1, -2.5, "text", nil, true], "empty": .object([]), "largest": .integer(Int128(UInt64.max)),
      "least": .integer(Int128(Int64.min)), "nested": ["a": [[]]], "small": .number(.leastNonzeroMagnitude),
    ]
    #expect(try JSONValue(encoding: value, what: "value") == value, "keys are sorted")
  }

  /// FIPS 180-2, appendix B, and the empty message.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ])
  func digestsAreTheStandards(_ message: String, _ digest: String) {
    #expect(SHA256.hexadecimalDigest(of: message.utf8) == digest)
  }
}
