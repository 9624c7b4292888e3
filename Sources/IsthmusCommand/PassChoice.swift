import Compute
import Experiments

/// The precision of passes where none is asked for.
///
/// It is measured once for a device and its driver and then kept: the id of a run holds it, and must not hang on a timing. Where nothing can
/// be kept (no home folder), `--precision` makes it certain.
enum PassChoice {
  /// - Parameter engine: float64.
  static func automatic(on engine: Engine) throws -> Precision {
    let device = engine.device
    guard device.isGPU else { return .float64 }
    let kept = KeptAnswers.named("pass-precisions"), question = "\(device.backend)\n\(device.name)\n\(device.driver)"
    if let known: Precision = kept?.load(question), device.precisions.contains(known) { return known }
    let measured = try PassPrecision.automatic(on: engine)
    kept?.store(measured, for: question)
    return measured
  }
}
