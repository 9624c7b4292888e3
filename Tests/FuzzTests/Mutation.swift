/// Changes of the bytes of a file.
enum Mutation {
  /// One change of `bytes`, or up to four.
  static func mutate(_ bytes: [UInt8], command: String, using random: inout Generator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<(random.one(in: 2) ? 1 : 1 + random.below(4)) { change(&bytes, command, &random) }
    return bytes
  }

  private static func change(_ bytes: inout [UInt8], _ command: String, _ random: inout Generator) {
    guard !bytes.isEmpty else { return bytes = (0..<random.below(20)).map { _ in UInt8(random.below(256)) } }
    let place = random.below(bytes.count), length = min(1 + random.below(random.one(in: 4) ? bytes.count : 8), bytes.count - place)
    switch random.below(10) {
    case 0: bytes[place] ^= 1 << UInt8(random.below(8))
    case 1: bytes[place] = UInt8(random.below(256))
    case 2: bytes.removeSubrange(place..<(place + length))
    case 3: bytes.insert(contentsOf: bytes[place..<(place + length)], at: random.below(bytes.count))
    case 4: bytes.removeLast(random.below(bytes.count))
    case 5:
      bytes.replaceSubrange(
        place..<(place + length), with: [UInt8](repeating: random.pick([0, 0xFF, 0x20, 0x0A, 0x0D, 0x1B]), count: length))
    case 6: bytes.insert(contentsOf: Array(random.pick(Hostile.texts(command: command)).utf8), at: place)
    case 7: bytes.insert(contentsOf: Array(random.pick(Hostile.numbers).utf8), at: place)
    default: replaceNumber(&bytes, from: place, &random)
    }
  }

  /// Puts a hostile number in place of the first digits at or behind `place`.
  private static func replaceNumber(_ bytes: inout [UInt8], from place: Int, _ random: inout Generator) {
    func isNumber(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2D }
    guard let start = bytes[place...].firstIndex(where: isNumber) else { return }
    let end = bytes[start...].firstIndex { !isNumber($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: Array(random.pick(Hostile.numbers).utf8))
  }
}
