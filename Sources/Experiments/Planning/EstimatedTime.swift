import Foundation
import Sizes

/// Times as a plan estimates them.
enum EstimatedTime {
  /// Seconds, minutes or hours, for a person.
  static func text(seconds: Double) -> String {
    switch seconds {
    case ..<90: "\(max(1, Int(saturating: seconds.rounded()))) s"
    case ..<5400: "\(Int(saturating: (seconds / 60).rounded())) min"
    default: String(format: "%.1f h", seconds / 3600)
    }
  }
}
