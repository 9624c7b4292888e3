import Compute
import Foundation

/// Reports of the conformance suite as a JUnit XML file, which services of continuous integration show: a `testsuite` for each device and
/// precision, a `testcase` for each case of the suite.
///
/// A device that is missing is a suite with one `error`, a precision that a device does not have one with a `skipped` case. XML 1.0 has no
/// way to write control characters: they become the escapes that `printable` texts have.
public struct JUnitReport: Sendable {
  private enum Outcome {
    case passed
    case failure(message: String, text: String)
    case error(message: String)
    case skipped(message: String)
  }
  private struct Case {
    let name: String
    let group: String
    let seconds: Double
    let outcome: Outcome
  }
  private struct Suite {
    let name: String
    let properties: [(String, String)]
    let cases: [Case]
  }

  private var suites: [Suite] = []
  private let date: Date

  /// - Parameter date: when the suite began.
  public init(date: Date = Date()) { self.date = date }

  /// Adds what the suite found on a device at a precision.
  ///
  /// - Parameter seconds: how long each result took, in their order.
  public mutating func append(_ report: ConformanceReport, seconds: [Double]) {
    precondition(seconds.count == report.results.count, "\(seconds.count) times of \(report.results.count) results")
    let name = "\(report.device.identifier) \(report.precision)"
    let cases = zip(report.results, seconds).map { result, seconds in
      Case(
        name: result.caseText, group: "isthmus.\(report.device.identifier).\(report.precision).\(result.operation.rawValue)",
        seconds: seconds,
        outcome: result.failures.first.map { first in
          .failure(message: first, text: (result.failures + ["again: \(result.repro)"]).joined(separator: "\n"))
        } ?? .passed)
    }
    let properties = [
      ("device", report.device.name), ("driver", report.device.driver), ("precision", report.precision.rawValue),
      ("fallbacks", report.fallbacks.joined(separator: ", ")),
    ]
    suites.append(Suite(name: name, properties: properties, cases: cases))
  }

  /// Adds a device that had to be there and is not.
  public mutating func append(missing identifier: String, reason: String) {
    append(identifier, .error(message: reason))
  }

  /// Adds a precision that was asked for and that a device does not have.
  public mutating func append(_ device: DeviceDescription, without precision: Precision) {
    append("\(device.identifier) \(precision)", .skipped(message: "\(device.name) has no \(precision)"))
  }

  private mutating func append(_ name: String, _ outcome: Outcome) {
    suites.append(Suite(name: name, properties: [], cases: [Case(name: "device", group: "isthmus.\(name)", seconds: 0, outcome: outcome)]))
  }

  /// The file's text.
  public var xml: String {
    let cases = suites.flatMap(\.cases)
    let body = suites.map(element).joined()
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"isthmus check\"\(counts(cases))>\n\(body)</testsuites>\n"
  }

  private func element(_ suite: Suite) -> String {
    let properties = suite.properties.map { "      <property\(attributes([("name", $0), ("value", $1)]))/>\n" }.joined()
    let start = date.formatted(.iso8601).replacing("Z", with: "")
    let heading = attributes([("name", suite.name), ("timestamp", start), ("hostname", ProcessInfo.processInfo.hostName)])
    return "  <testsuite\(heading)\(counts(suite.cases))>\n    <properties>\n\(properties)    </properties>\n"
      + suite.cases.map(element).joined() + "  </testsuite>\n"
  }

  private func element(_ test: Case) -> String {
    let heading = "    <testcase" + attributes([("name", test.name), ("classname", test.group), ("time", Self.text(test.seconds))])
    func closed(_ child: String) -> String { "\(heading)>\n      \(child)\n    </testcase>\n" }
    return switch test.outcome {
    case .passed: heading + "/>\n"
    case .failure(let message, let text):
      closed("<failure\(attributes([("message", message), ("type", "conformance")]))>\(Self.escaped(text))</failure>")
    case .error(let message): closed("<error\(attributes([("message", message), ("type", "missing device")]))/>")
    case .skipped(let message): closed("<skipped\(attributes([("message", message)]))/>")
    }
  }

  private func counts(_ cases: [Case]) -> String {
    func count(_ isCounted: (Outcome) -> Bool) -> String { "\(cases.count { isCounted($0.outcome) })" }
    return attributes([
      ("tests", "\(cases.count)"), ("failures", count { if case .failure = $0 { true } else { false } }),
      ("errors", count { if case .error = $0 { true } else { false } }),
      ("skipped", count { if case .skipped = $0 { true } else { false } }),
      ("time", Self.text(cases.reduce(0) { $0 + $1.seconds })),
    ])
  }

  private func attributes(_ pairs: [(String, String)]) -> String {
    pairs.map { " \($0)=\"\(Self.escaped($1, inAttribute: true))\"" }.joined()
  }

  private static func text(_ seconds: Double) -> String { String(format: "%.3f", seconds) }

  /// Text between tags or, with line feeds and tabs that a parser would turn into spaces, of an attribute.
  ///
  /// Source: XML 1.0, 5th ed., sections 2.2 (characters), 2.4 (markup) and 3.3.3 (attributes).
  static func escaped(_ text: String, inAttribute: Bool = false) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "\r": result.append(contentsOf: "&#13;".unicodeScalars)
      case "\n" where inAttribute: result.append(contentsOf: "&#10;".unicodeScalars)
      case "\t" where inAttribute: result.append(contentsOf: "&#9;".unicodeScalars)
      case "\n", "\t": result.append(scalar)
      case _ where scalar.value < 0x20 || [0xFFFE, 0xFFFF].contains(scalar.value):
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }
}
