import Compute
import Foundation

/// What the suite found on one device at one precision.
public struct ConformanceReport: Sendable, Codable {
  public let device: DeviceDescription
  public let precision: Precision
  /// Operations that the backend left to the host.
  public let fallbacks: [String]
  public let results: [ConformanceResult]

  public var failures: [ConformanceResult] { results.filter { !$0.passed } }
  /// A report on nothing has not passed.
  public var passed: Bool { !results.isEmpty && failures.isEmpty }
  public var worst: ConformanceResult? { results.max { $0.worstRatio < $1.worstRatio } }

  /// One line: `conformance: 412 cases on cpu float64, worst ratio 0.31 (recursionVJP …)`.
  public var summary: String {
    let failed = failures.isEmpty ? "" : ", \(failures.count) FAILED"
    let worst = worst.map { ", worst ratio \(text($0.worstRatio)) (\($0.caseText))" } ?? ""
    return "conformance: \(results.count) cases on \(device.identifier) \(precision)\(failed)\(worst)"
  }

  /// The summary, one line per operation, and every failure with the line that repeats it.
  public var text: String {
    var lines = [summary]
    for operation in ConformanceOperation.allCases {
      let own = results.filter { $0.operation == operation }
      guard let worst = own.max(by: { $0.worstRatio < $1.worstRatio }) else { continue }
      let failed = own.filter { !$0.passed }.count
      lines.append(
        "  \(operation.rawValue): \(own.count) cases, \(own.reduce(0) { $0 + $1.elements }) elements, worst ratio \(text(worst.worstRatio))"
          + (failed > 0 ? ", \(failed) failed" : ""))
    }
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

  private func text(_ ratio: Double) -> String { String(format: "%.2g", ratio) }
}
