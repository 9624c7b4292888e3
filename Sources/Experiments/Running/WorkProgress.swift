/// How far the work is, in estimated seconds.
final class WorkProgress {
  private let total: Double
  private var done = 0.0
  private let reporting: any ProgressReporting
  /// What the work is a part of, if it is one.
  var part = ""

  init(total: Double, _ reporting: any ProgressReporting) {
    self.total = max(total, 1e-9)
    self.reporting = reporting
  }

  /// - Parameter seconds: of the part that is under way.
  func update(_ activity: String, seconds: Double = 0, rate: String = "") {
    reporting.update(fraction: min(1, (done + seconds) / total), activity: part.isEmpty ? activity : "\(part): \(activity)", rate: rate)
  }

  func finish(seconds: Double) { done += seconds }
}
