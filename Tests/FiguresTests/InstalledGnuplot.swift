import Figures
import Testing

extension Trait where Self == ConditionTrait {
  /// Skips, and is counted as skipped, where gnuplot is not installed.
  static var needsGnuplot: Self { .enabled(if: (try? Gnuplot()) != nil, "gnuplot is not installed") }
}
