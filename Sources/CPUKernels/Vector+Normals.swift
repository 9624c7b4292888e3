import CVectors
import WideKernels

/// The four words of as many blocks as float64 lanes.
private struct PhiloxWords {
  let first: vector_u64
  let second: vector_u64
  let third: vector_u64
  let fourth: vector_u64

  @inline(__always) init(_ block: UInt64, stream: UInt64, seed: UInt64) {
    first = philox_word(block, stream, seed, 0)
    second = philox_word(block, stream, seed, 1)
    third = philox_word(block, stream, seed, 2)
    fourth = philox_word(block, stream, seed, 3)
  }
}

// Box-Muller of Philox blocks, as `RandomStream.normalPair`; in float32 the 53-bit uniforms are rounded and the angle is float64.
extension Vector64 {
  @inline(__always)
  static func normals(seed: UInt64, stream: UInt64, firstBlock: UInt64) -> (Vector64, Vector64) {
    let words = PhiloxWords(firstBlock, stream: stream, seed: seed)
    let first = Vector64(philox_uniform(words.first, words.second, 53, 1))
    let second = Vector64(philox_uniform(words.third, words.fourth, 53, 0))
    let radius = sqrt(Vector64(-2) * Functions64.logOfPositive(first))
    let angle = Vector64(2 * Double.pi) * second
    return (radius * cos(angle), radius * sin(angle))
  }
}

extension Vector32 {
  @inline(__always)
  static func normals(seed: UInt64, stream: UInt64, firstBlock: UInt64) -> (Vector32, Vector32) {
    let low = PhiloxWords(firstBlock, stream: stream, seed: seed)
    let high = PhiloxWords(firstBlock &+ UInt64(LANES64), stream: stream, seed: seed)
    let first = f32_from_halves(philox_uniform(low.first, low.second, 53, 1), philox_uniform(high.first, high.second, 53, 1))
    let radius = sqrt(Vector32(-2) * Functions32.logOfPositive(Vector32(first)))
    let turn = Vector64(2 * Double.pi)
    let lowAngle = turn * Vector64(philox_uniform(low.third, low.fourth, 53, 0))
    let highAngle = turn * Vector64(philox_uniform(high.third, high.fourth, 53, 0))
    return (
      radius * Vector32(f32_from_halves(Vector64.cos(lowAngle).lanes, Vector64.cos(highAngle).lanes)),
      radius * Vector32(f32_from_halves(Vector64.sin(lowAngle).lanes, Vector64.sin(highAngle).lanes))
    )
  }
}
