import Compute
import Foundation

/// What the suite found on one device at one precision.
public struct ConformanceReport: Sendable, Codable {
  /// The device that was tested.
  public let device: DeviceDescription
  /// Precision of the engine.
  public let precision: Precision
  /// Operations that the backend left to the host.
  public let fallbacks: [String]
  /// One result per case, in the order of the suite.
  public let results: [ConformanceResult]

  public init(device: DeviceDescription, precision: Precision, fallbacks: [String], results: [ConformanceResult]) {
    (self.device, self.precision, self.fallbacks, self.results) = (device, precision, fallbacks, results)
  }

  /// Results of the cases that failed.
  public var failures: [ConformanceResult] { results.filter { !$0.passed } }
  /// A report on nothing has not passed.
  public var passed: Bool { !results.isEmpty && failures.isEmpty }
  /// The result with the largest ratio of error to bound; nil without cases.
  public var worst: ConformanceResult? { results.max { $0.worstRatio < $1.worstRatio } }

  /// One line: `conformance: 412 cases on cpu float64, worst ratio 0.31 (recursionVJP …)`.
  public var summary: String {
    let failed = failures.isEmpty ? "" : ", \(failures.count) FAILED"
    let worst = worst.map { ", worst ratio \(Self.text($0.worstRatio)) (\($0.caseText))" } ?? ""
    return "conformance: \(results.count) cases on \(device.identifier) \(precision)\(failed)\(worst)"
  }

  /// One line per operation, and the conclusion.
  public var text: String {
    let operations = ConformanceOperation.allCases.compactMap { operation in
      let own = results.filter { $0.operation == operation }
      return own.isEmpty ? nil : Self.line(operation, own)
    }
    return (operations + [conclusion]).joined(separator: "\n")
  }

  /// How the cases of an operation, at least one, went.
  public static func line(_ operation: ConformanceOperation, _ results: [ConformanceResult]) -> String {
    let failed = results.filter { !$0.passed }.count
    let worst = results.map(\.worstRatio).max() ?? 0
    return "  \(operation.rawValue): \(results.count) cases, \(results.reduce(0) { $0 + $1.elements }) elements, worst ratio \(text(worst))"
      + (failed > 0 ? ", \(failed) failed" : "")
  }

  /// The summary, and every failure with the line that repeats it.
  public var conclusion: String {
    var lines = [summary]
    if !fallbacks.isEmpty { lines.append("  on the host for want of a device implementation: \(fallbacks.joined(separator: ", "))") }
    for failure in failures {
      lines.append("  FAILED \(failure.caseText)")
      lines += failure.failures.map { "    \($0)" }
      lines.append("    again: \(failure.repro)")
    }
    return lines.joined(separator: "\n")
  }

  /// All results as JSON, keys sorted; an infinite ratio is the text "inf".
  public func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(self)
  }

  private static func text(_ ratio: Double) -> String { String(format: "%.2g", ratio) }
}
