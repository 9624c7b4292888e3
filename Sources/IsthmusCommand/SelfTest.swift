import BackendTestKit
import Compute
import Foundation

/// A short test of a device before its numbers are believed.
///
/// That it passed is kept for this device, driver, tiles and program, so that it costs its part of a second once.
struct SelfTest {
  /// Kept, and recorded with what was computed.
  struct Outcome: Codable {
    /// What was tested, such as `5 cases in float64, worst ratio 0.21`.
    let summary: String
    let date: String
  }

  /// - Throws: `CommandLineError.failedSelfTest` for a device that computes wrongly.
  @discardableResult
  static func require(_ engine: Engine) throws(CommandLineError) -> Outcome {
    let key = key(engine), kept = KeptAnswers.named("self-tests")
    if let known: Outcome = kept?.load(key) { return known }
    let report = ConformanceSuite.runBriefly(on: engine)
    guard report.passed else {
      let failure = report.failures.first
      throw .failedSelfTest(
        device: "\(engine.device.identifier) (\(engine.device.name))", precision: engine.precision.rawValue,
        reason: failure.map { "\($0.caseText): \($0.failures.first ?? "")" } ?? "no case could be run", identifier: engine.device.identifier
      )
    }
    let outcome = Outcome(
      summary: "\(report.results.count) cases in \(engine.precision), worst ratio \(String(format: "%.2g", report.worst?.worstRatio ?? 0))",
      date: Date().formatted(.iso8601))
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
