/// The SHA-256 digest.
///
/// Source: FIPS 180-4, sections 5 and 6.2. The constants are the first 32 bits of the fractional parts of the cube roots
/// (`rounds`) and square roots (`initial`) of the first primes.
package enum SHA256 {
  /// 64 lower-case hexadecimal digits.
  package static func hexadecimalDigest(of message: some Collection<UInt8>) -> String {
    var state = initial
    for block in blocks(of: message) { compress(block, into: &state) }
    return state.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  private static func blocks(of message: some Collection<UInt8>) -> [[UInt32]] {
    var bytes = Array(message)
    let bitCount = UInt64(bytes.count) * 8
    bytes.append(0x80)
    while bytes.count % 64 != 56 { bytes.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: bitCount >> UInt64(shift))) }
    return stride(from: 0, to: bytes.count, by: 64).map { start in
      stride(from: start, to: start + 64, by: 4).map { index in
        bytes[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
      }
    }
  }

  private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

  private static func compress(_ block: [UInt32], into state: inout [UInt32]) {
    var schedule = block
    for index in 16..<64 {
      let (w15, w2) = (schedule[index - 15], schedule[index - 2])
      let small0 = rotate(w15, 7) ^ rotate(w15, 18) ^ w15 >> 3, small1 = rotate(w2, 17) ^ rotate(w2, 19) ^ w2 >> 10
      schedule.append(schedule[index - 16] &+ small0 &+ schedule[index - 7] &+ small1)
    }
    var s = state
    for index in 0..<64 {
      let big1 = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25), choice = s[4] & s[5] ^ ~s[4] & s[6]
      let t1 = s[7] &+ big1 &+ choice &+ rounds[index] &+ schedule[index]
      let big0 = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22), majority = s[0] & s[1] ^ s[0] & s[2] ^ s[1] & s[2]
      s = [t1 &+ big0 &+ majority, s[0], s[1], s[2], s[3] &+ t1, s[4], s[5], s[6]]
    }
    for index in 0..<8 { state[index] &+= s[index] }
  }

  private static let initial: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]

  private static let rounds: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}
