import Foundation

/// SplitMix64: 64 bits of state, period 2^64, equal numbers on every machine.
///
/// It is not the generator of everything else (`RandomStream`) because a seed names the points that were selected with it: another
/// generator would choose others, and what is recorded under a seed would be of other data.
///
/// Source: Steele, Lea & Flood, *Fast Splittable Pseudorandom Number Generators*, OOPSLA 2014; constants as in Vigna's `splitmix64.c`.
package struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  /// A stream of its own for every pair of seed and stream number: the state begins at the seed, mixed with the mixed stream number.
  package init(seed: UInt64, stream: UInt64 = 0) {
    state = seed
    guard stream > 0 else { return }
    var streams = SplitMix64(seed: stream)
    var mixed = SplitMix64(seed: seed ^ streams.next())
    state = mixed.next()
  }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in `0..<bound`, without bias. Precondition: `bound > 0`.
  ///
  /// Source: Lemire, *Fast Random Integer Generation in an Interval*, 2019, alg. 5.
  package mutating func next(below bound: Int) -> Int {
    precondition(bound > 0, "no number lies below \(bound)")
    let bound = UInt64(bound)
    var (high, low) = next().multipliedFullWidth(by: bound)
    if low < bound {
      let threshold = (0 &- bound) % bound
      while low < threshold { (high, low) = next().multipliedFullWidth(by: bound) }
    }
    return Int(high)
  }

  /// Two independent standard normal numbers, by Box and Muller's transformation.
  package mutating func nextNormalPair() -> (Double, Double) {
    // 53 bits, moved by half a step into (0, 1), so that the logarithm is finite.
    let u = (Double(next() >> 11) + 0.5) * 0x1p-53
    let v = Double(next() >> 11) * 0x1p-53
    let radius = (-2 * log(u)).squareRoot()
    return (radius * cos(2 * .pi * v), radius * sin(2 * .pi * v))
  }

  /// A uniformly random order of `0..<count`, by Fisher and Yates' shuffle: position i, from the first, is exchanged with one of i and
  /// those after it.
  package mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in order.indices.dropLast() { order.swapAt(i, i + next(below: count - i)) }
    return order
  }
}
