import Compute
import Foundation

/// Normal numbers of a stream against Box-Muller of the same integers in more than float64.
///
/// Bound: running error analysis with u₁ rounded to the precision, u₂ wrong by u, functions wrong by a few ulp.
struct FillNormalCase: CaseBody {
  var batch, rows, columns: Int
  var firstElement: Int

  var label: String { "b\(batch) \(rows)x\(columns) from \(firstElement)" }

  static var all: [any CaseBody] {
    [
      FillNormalCase(batch: 1, rows: 1, columns: 1, firstElement: 0), FillNormalCase(batch: 1, rows: 1, columns: 1, firstElement: 1),
      FillNormalCase(batch: 1, rows: 7, columns: 9, firstElement: 0), FillNormalCase(batch: 3, rows: 8, columns: 16, firstElement: 5),
      FillNormalCase(batch: 1, rows: 33, columns: 31, firstElement: 1023),
      FillNormalCase(batch: 1, rows: 65, columns: 130, firstElement: 0),
      // Blocks beyond 32 bits.
      FillNormalCase(batch: 2, rows: 5, columns: 3, firstElement: (1 << 33) - 7),
      FillNormalCase(batch: 1, rows: 4, columns: 33, firstElement: (1 << 40) + 1),
    ]
  }

  func run<P: Rounding>(_ probe: Probe, _ rounding: P.Type) throws {
    let stream = RandomStream(seed: probe.seed &* 0x9E37_79B9_7F4A_7C15, name: "conformance/normal")
    let out = try probe.output("out", batch: batch, rows: rows, columns: columns)
    let expected = (0..<batch * rows * columns).map { Self.expectation(P.self, stream, element: firstElement + $0) }
    try probe.verify([out], [matches(expected)]) {
      try probe.backend.perform(.fillNormal(FillNormalJob(out.view, stream: stream, firstElement: firstElement)))
    }
  }

  /// One number of a stream.
  static func expectation<P: Rounding>(_ rounding: P.Type, _ stream: RandomStream, element: Int) -> Bounded<P> {
    let words = stream.integers(block: UInt64(element / 2))
    let first = WideReal((UInt64(words[0]) << 32 | UInt64(words[1])) >> 11) + 1
    let second = WideReal((UInt64(words[2]) << 32 | UInt64(words[3])) >> 11)
    let roundoff = P.precision.unitRoundoff
    let uniform = first * 0x1p-53
    let logarithm = Bounded<P>.log1p(Bounded(uniform - 1, error: P.holds(uniform) ? 0 : Double(uniform) * roundoff))
    let radius = Bounded<P>.sqrt(Bounded(-2) * logarithm)
    // The direction may be wrong by u of a full turn, as where u₂ is held in fixed point.
    let turn = Bounded<P>(2 * WideReal.pi, error: 2 * Double.pi * roundoff)
    let angle = turn * Bounded(second * 0x1p-53, error: roundoff)
    return radius * (element % 2 == 0 ? Bounded<P>.cos(angle) : Bounded<P>.sin(angle))
  }
}

extension JobOracle {
  func fillNormal(_ job: FillNormalJob) -> Deviation {
    let element = (place.item * job.out.rows + place.row) * job.out.columns + place.column
    return deviation(from: FillNormalCase.expectation(P.self, job.stream, element: job.firstElement + element))
  }
}
