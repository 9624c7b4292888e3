/// Where the middle time of a case lies, told from its rounds alone.
///
/// Runs of one round follow one another and share whatever else the machine does meanwhile, so that a round counts as one number: the
/// median of its runs. With the R medians in order, m_(1) to m_(R), the interval is [m_(r), m_(R+1−r)]. It covers the median of the
/// rounds' distribution with probability 1 − 2 P(B ≤ r − 1), B binomial with R trials of 1/2; r is the largest rank at which that is
/// at least `leastCoverage`. Nothing is supposed of the noise but that rounds are exchangeable.
///
/// Source: David & Nagaraja, Order Statistics, 3rd ed., section 7.1.
public struct RoundInterval: Sendable, Equatable {
  /// The coverage that an interval has at least.
  public static let leastCoverage = 0.9
  /// The fewest rounds of which there is an interval: five, from the smallest median to the largest, cover 94 %.
  public static let fewestRounds = 5

  /// Smallest and largest seconds of the interval.
  public let seconds: ClosedRange<Double>
  /// Median of the rounds' medians.
  public let median: Double
  /// Number of rounds.
  public let rounds: Int
  /// How many medians lie on either side of the interval, and one.
  public let rank: Int

  /// - Parameter medians: seconds of each round; nil for fewer than `fewestRounds`.
  public init?(_ medians: [Double]) {
    let count = medians.count
    guard count >= Self.fewestRounds else { return nil }
    let sorted = medians.sorted()
    rank = (1...(count + 1) / 2).last { Self.coverage(rounds: count, rank: $0) >= Self.leastCoverage } ?? 1
    rounds = count
    seconds = sorted[rank - 1]...sorted[count - rank]
    median = (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
  }

  /// Probability with which the interval covers the median of the rounds' distribution.
  public var coverage: Double { Self.coverage(rounds: rounds, rank: rank) }

  /// Width of the interval in units of the median: 0.1 where it spans 10 %.
  public var spread: Double { (seconds.upperBound - seconds.lowerBound) / median }

  /// The probability with which this interval lies wholly above `other` although nothing changed: all orders of all rounds are then
  /// equally likely, whatever the noise.
  ///
  /// Of a rounds there and b here: m_(r) here exceeds m_(u) there, u = a + 1 − r, where fewer than r of the b precede it. Those orders are
  /// Σ_{j<r} C(u−1+j, j) C(a−u+b−j, b−j) of C(a+b, a).
  public func chanceOfLyingAbove(_ other: RoundInterval) -> Double {
    let (a, b, u) = (other.rounds, rounds, other.rounds + 1 - other.rank)
    let orders = (0..<min(rank, b + 1)).reduce(0.0) { sum, j in
      sum + Self.choose(u - 1 + j, j) * Self.choose(a - u + b - j, b - j)
    }
    return orders / Self.choose(a + b, a)
  }

  static func coverage(rounds: Int, rank: Int) -> Double {
    var probability = 1.0
    for _ in 0..<rounds { probability /= 2 }
    return 1 - 2 * (0..<rank).reduce(0.0) { $0 + Self.choose(rounds, $1) } * probability
  }

  private static func choose(_ n: Int, _ k: Int) -> Double {
    (0..<min(k, n - k)).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
  }
}
