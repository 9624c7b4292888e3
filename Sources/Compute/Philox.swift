import Foundation

/// A named, counter-based stream of random numbers: element `i` depends only on (seed, name, i).
///
/// Adding a stream, or drawing elements in another order or on another device, changes no other number. The integers
/// are Philox4x32-10 with key = seed and counter = (block, stream hash), identical everywhere; normals are Box-Muller
/// of these integers and differ between devices by a few ulp of their mathematical functions.
///
/// Source: Salmon, Moraes, Dror & Shaw 2011, *Parallel random numbers: as easy as 1, 2, 3*, sec. 3.
public struct RandomStream: Sendable, Equatable {
  /// The key of the generator.
  public let seed: UInt64
  /// Name of the stream, parts separated by `/`.
  public let name: String
  /// 64-bit FNV-1a hash of the name: the upper half of the counter.
  public let hash: UInt64

  public init(seed: UInt64, name: String) {
    self.seed = seed
    self.name = name
    self.hash = FNV1a(name.utf8).value
  }

  /// The stream `name/component`.
  public func child(_ component: String) -> RandomStream { RandomStream(seed: seed, name: "\(name)/\(component)") }

  /// The four 32-bit integers of a block.
  public func integers(block: UInt64) -> SIMD4<UInt32> {
    let counter = SIMD4(
      UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), UInt32(truncatingIfNeeded: hash),
      UInt32(truncatingIfNeeded: hash >> 32))
    return philox4x32(counter, key: SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32)))
  }

  /// Two standard normals of a block in float64: u₁ from words 0 and 1 in (0, 1], u₂ from words 2 and 3 in [0, 1), 53 bits each;
  /// √(−2 ln u₁) (cos 2πu₂, sin 2πu₂). Element e of the stream is number e mod 2 of block ⌊e/2⌋.
  ///
  /// The float32 normals of the CPU and OpenCL backends are the same formula on the same uniforms: u₁ and u₂, 53 bits each, are
  /// rounded to float32, and logarithm, root and circular functions are float32's. The reference rounds the float64 normals.
  public func normalPair(block: UInt64) -> (Double, Double) {
    let words = integers(block: block)
    let first = (UInt64(words[0]) << 32 | UInt64(words[1])) >> 11
    let second = (UInt64(words[2]) << 32 | UInt64(words[3])) >> 11
    let radius = (-2 * log(Double(first + 1) * 0x1p-53)).squareRoot()
    let angle = 2 * Double.pi * (Double(second) * 0x1p-53)
    return (radius * cos(angle), radius * sin(angle))
  }

  /// `count` standard normals in float64, on the host: elements `first ..< first + count`.
  public func normals(_ count: Int, from first: Int = 0) -> [Double] {
    (first..<first + count).map { element in
      let pair = normalPair(block: UInt64(element / 2))
      return element % 2 == 0 ? pair.0 : pair.1
    }
  }

  /// `count` uniforms in [0, 1) with 53 bits: element e from words (0, 1) or (2, 3) of block ⌊e/2⌋.
  public func uniforms(_ count: Int, from first: Int = 0) -> [Double] {
    (first..<first + count).map { element in
      let words = integers(block: UInt64(element / 2))
      let (high, low) = element % 2 == 0 ? (words[0], words[1]) : (words[2], words[3])
      return Double((UInt64(high) << 32 | UInt64(low)) >> 11) * 0x1p-53
    }
  }

  /// A uniformly random order of 0 ..< count (Fisher-Yates).
  public func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    let random = uniforms(max(count - 1, 0))
    for (position, uniform) in zip(stride(from: count - 1, to: 0, by: -1), random) {
      order.swapAt(position, Int(uniform * Double(position + 1)))
    }
    return order
  }
}

/// Ten rounds of Philox4x32.
public func philox4x32(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
  var (c, k) = (counter, key)
  for _ in 0..<10 {
    let first = UInt64(0xD251_1F53) * UInt64(c[0])
    let second = UInt64(0xCD9E_8D57) * UInt64(c[2])
    c = SIMD4(
      UInt32(truncatingIfNeeded: second >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: second),
      UInt32(truncatingIfNeeded: first >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: first))
    k = SIMD2(k[0] &+ 0x9E37_79B9, k[1] &+ 0xBB67_AE85)
  }
  return c
}
