import BackendTestKit
import Compute
import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

@Suite struct JUnitReportTests {
  private static let device = DeviceDescription(
    backend: "cpu", identifier: "cpu", name: "Processor <1> & \"more\"", driver: "avx2", precisions: [.float64])

  /// A result with these sentences of failures.
  private static func result(_ caseText: String, _ failures: [String]) throws -> ConformanceResult {
    struct Stored: Encodable {
      let operation = ConformanceOperation.copy
      let caseText: String
      let device = "cpu", precision = Precision.float64, worstRatio = 0.5, worstPlace = "", elements = 1, unbounded = 0, digest = ""
      let failures: [String]
    }
    return try JSONDecoder().decode(
      ConformanceResult.self, from: JSONEncoder().encode(Stored(caseText: caseText, failures: failures)))
  }

  private static func report(_ results: [ConformanceResult]) -> ConformanceReport {
    ConformanceReport(device: device, precision: .float64, fallbacks: [], results: results)
  }

  @Test func itHasTheShapeThatServicesRead() throws {
    var report = JUnitReport(date: Date(timeIntervalSince1970: 0))
    report.append(Self.report([try Self.result("copy a", []), try Self.result("copy b", ["first <&>", "second"])]), seconds: [0.25, 1.5])
    report.append(missing: "opencl:0", reason: "no library")
    report.append(Self.device, without: .float32)
    let root = try Element.parsed(report.xml)
    #expect(root.name == "testsuites" && root.attributes["tests"] == "4" && root.attributes["time"] == "1.750")
    #expect(root.children.map(\.name) == ["testsuite", "testsuite", "testsuite"])
    #expect(root.children.map { $0.attributes["name"] } == ["cpu float64", "opencl:0", "cpu float32"])
    for suite in [root] + root.children {
      // Counts are those of what is there.
      let cases = suite.name == "testsuites" ? suite.children.flatMap(\.cases) : suite.cases
      #expect(suite.attributes["tests"] == "\(cases.count)")
      for (attribute, element) in [("failures", "failure"), ("errors", "error"), ("skipped", "skipped")] {
        #expect(suite.attributes[attribute] == "\(cases.count { $0.children.contains { $0.name == element } })", "\(attribute)")
      }
    }
    for suite in root.children {
      #expect(suite.children.first?.name == "properties" && suite.children.dropFirst().allSatisfy { $0.name == "testcase" })
      #expect(suite.attributes["timestamp"] == "1970-01-01T00:00:00" && suite.attributes["hostname"]?.isEmpty == false)
      for test in suite.cases {
        #expect(test.attributes["name"] != nil && test.attributes["classname"] != nil && Double(test.attributes["time"] ?? "") != nil)
        #expect(test.children.count <= 1)
      }
    }
    let properties = root.children[0].children[0].children.map { [$0.attributes["name"], $0.attributes["value"]] }
    #expect(properties.contains(["device", Self.device.name]))
    let failed = root.children[0].cases[1]
    #expect(failed.attributes["classname"] == "isthmus.cpu.float64.copy" && failed.attributes["time"] == "1.500")
    #expect(failed.children[0].attributes["message"] == "first <&>")
    #expect(failed.children[0].text.hasPrefix("first <&>\nsecond\nagain: isthmus check --device cpu"))
    #expect(root.children[1].cases[0].children[0].attributes["message"] == "no library")
  }

  /// Texts of random scalars, those of markup and controls among them, come back as they were but for what XML cannot say.
  @Test(arguments: 0..<200) func anyTextIsWellFormed(_ seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let special: [Unicode.Scalar] = [
      "<", ">", "&", "\"", "'", "]", "\n", "\r", "\t", "\0", "\u{1B}", "\u{85}", "\u{FFFE}", "\u{FFFF}", "\u{0301}",
    ]
    var scalars = String.UnicodeScalarView()
    for _ in 0..<40 {
      let other = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &random)) ?? "?"
      scalars.append(Bool.random(using: &random) ? special.randomElement(using: &random) ?? "<" : other)
    }
    let text = String(scalars)
    var report = JUnitReport()
    report.append(Self.report([try Self.result(text, [text + "]]>"])]), seconds: [0])
    let test = try #require(try Element.parsed(report.xml).children.first?.cases.first)
    let expected = Self.expected(text)
    // By scalars: equal characters may be of different ones.
    #expect(test.attributes["name"].map { Array($0.unicodeScalars) } == Array(expected.unicodeScalars), "seed \(seed)")
    #expect(test.children[0].attributes["message"] == expected + "]]>", "seed \(seed)")
    #expect(test.children[0].text.unicodeScalars.starts(with: expected.unicodeScalars), "seed \(seed)")
  }

  private static func expected(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      let isControl = scalar.value < 0x20 && !["\n", "\r", "\t"].contains(scalar)
      if isControl || [0xFFFE, 0xFFFF].contains(scalar.value) {
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

/// An element of an XML file with all that is in it.
private final class Element {
  let name: String
  let attributes: [String: String]
  var children: [Element] = []
  var text = ""

  init(_ name: String, _ attributes: [String: String]) { (self.name, self.attributes) = (name, attributes) }

  var cases: [Element] { children.filter { $0.name == "testcase" } }

  static func parsed(_ xml: String) throws -> Element {
    let reader = Reader()
    let parser = XMLParser(data: Data(xml.utf8))
    parser.delegate = reader
    let isWellFormed = parser.parse()
    #expect(isWellFormed, "\(parser.parserError.map { "\($0)" } ?? "") at line \(parser.lineNumber) of\n\(xml)")
    return try #require(reader.root)
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var root: Element?
    private var open: [Element] = []

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?, attributes: [String: String] = [:]
    ) {
      let element = Element(name, attributes)
      if let parent = open.last { parent.children.append(element) } else { root = element }
      open.append(element)
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) { open.removeLast() }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
      open.last?.text.unicodeScalars.append(contentsOf: text.unicodeScalars)
    }
  }
}
