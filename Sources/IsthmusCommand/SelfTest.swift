import BackendTestKit
import Compute
import Foundation

/// A short test of a device before its numbers are believed.
///
/// What passed is kept for this device, driver, tiles and program, so that it costs its part of a second once. Where the programs of a
/// driver are slow to build it takes a second of several commands, until all cases have passed.
struct SelfTest {
  /// Kept, and recorded with what was computed.
  struct Outcome: Codable {
    /// The largest error in units of its bound, by case.
    fileprivate(set) var passed: [String: Double] = [:]
    /// The time at which the last of them passed.
    fileprivate(set) var date = ""

    /// A line such as `5 cases in float64, worst ratio 0.21, 2026-05-01T10:00:00Z`.
    func summary(_ precision: Precision) -> String {
      "\(passed.count) cases in \(precision), worst ratio \(String(format: "%.2g", passed.values.max() ?? 0)), \(date)"
    }
  }

  /// Seconds after which no further case is begun.
  private static let limit = 0.5

  /// - Throws: `CommandLineError.failedSelfTest` for a device that computes wrongly.
  @discardableResult
  static func require(_ engine: Engine) throws(CommandLineError) -> Outcome {
    let key = key(engine), kept = KeptAnswers.named("self-tests")
    var outcome: Outcome = kept?.load(key) ?? Outcome()
    let report = ConformanceSuite.runBriefly(on: engine, passed: Set(outcome.passed.keys), seconds: limit)
    if let failure = report.failures.first {
      throw .failedSelfTest(
        device: "\(engine.device.identifier) (\(engine.device.name))", precision: engine.precision.rawValue,
        reason: "\(failure.caseText): \(failure.failures.first ?? "")", identifier: engine.device.identifier)
    }
    guard !report.results.isEmpty else { return outcome }
    for result in report.results { outcome.passed[result.caseText] = result.worstRatio }
    outcome.date = Date().formatted(.iso8601)
    kept?.store(outcome, for: key)
    return outcome
  }

  private static func key(_ engine: Engine) -> String {
    let device = engine.device
    return [
      "\(engine.precision)", device.backend, device.identifier, device.name, device.driver, device.tiles ?? "", "\(device.memoryBytes)",
      device.backend == "opencl" ? DriverProbe.key() : DriverProbe.programState,
    ].joined(separator: "\n")
  }
}
