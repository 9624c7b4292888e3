import Foundation
import Results
import TestSupport
import Testing

private struct State: Codable, Equatable {
  var step = 12_345
  var seed = UInt64.max
  var numbers = [0.1, -0.0, .leastNonzeroMagnitude, Double.greatestFiniteMagnitude, 1 / 3, .infinity, -.infinity]
  var status = "läuft"
}

/// Numbers that a text or a conversion would change.
private let awkward = [
  0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -Double.greatestFiniteMagnitude, 0.1, Double(bitPattern: 0x7FF8_0000_0000_1234),
  Double(bitPattern: 0xFFF0_0000_0000_0001),
]

private func checkpoint(_ step: Int = 12_345) throws -> Checkpoint {
  try Checkpoint(
    state: State(step: step),
    arrays: [
      "awkward": .init(shape: [3, 3], awkward), "none": .init(shape: [0, 5], []), "one ü": .init(shape: [], [.nan]),
    ])
}

@Suite struct CheckpointTests {
  private let folder: TemporaryFolder
  private let url: URL

  init() throws {
    folder = try TemporaryFolder()
    url = folder.url.appendingPathComponent("checkpoint.bin")
  }

  private func fault(_ bytes: Data) -> CheckpointFault? {
    bytes.withUnsafeBytes { bytes -> CheckpointFault? in
      do throws(CheckpointFault) {
        _ = try CheckpointFile.decode(bytes)
        return nil
      } catch {
        return error
      }
    }
  }

  @Test func everyNumberReadsBackBitForBit() throws {
    try checkpoint().write(to: url.path)
    let read = try Checkpoint.read(url.path)
    #expect(try read.values("awkward", shape: [3, 3]).map(\.bitPattern) == awkward.map(\.bitPattern))
    #expect(try read.values("none", shape: [0, 5]).isEmpty)
    #expect(try read.values("one ü", shape: []).map(\.isNaN) == [true])
    #expect(read.arrays.count == 3)
    let state = try read.state(as: State.self)
    #expect(state == State())
    #expect(state.numbers.map(\.bitPattern) == State().numbers.map(\.bitPattern))
    #expect(try Checkpoint(state: [Double.nan]).state(as: [Double].self).map(\.isNaN) == [true])
  }

  /// More than one part of the writer and not a multiple of it.
  @Test func aLargeArrayReadsBack() throws {
    let values = (0..<200_001).map { 1 / Double($0) }
    try Checkpoint(state: 1, arrays: ["a": .init(shape: [3, 66_667], values)]).write(to: url.path)
    #expect(try Checkpoint.read(url.path).values("a", shape: [3, 66_667]) == values)
    #expect(try Checkpoint.read(url.path).state(as: Int.self) == 1)
  }

  @Test func whatIsAskedForMustBeThere() throws {
    let checkpoint = try checkpoint()
    #expect(throws: ResultsError.noSuchArray(name: "awkward", expected: [9], found: [3, 3])) {
      try checkpoint.values("awkward", shape: [9])
    }
    #expect(throws: ResultsError.noSuchArray(name: "b", expected: [9], found: nil)) { try checkpoint.values("b", shape: [9]) }
    for shape in [[2, 2], [-3, -1], [Int.max, 4]] {
      #expect(throws: ResultsError.shapeMismatch(name: "a", shape: shape, count: 3)) {
        try Checkpoint(state: 0, arrays: ["a": .init(shape: shape, [1, 2, 3])])
      }
    }
    #expect {
      try checkpoint.state(as: [Int].self)
    } throws: { error in
      if case .cannotDecode = error as? ResultsError { true } else { false }
    }
    #expect(throws: ResultsError.cannotRead(path: url.path, reason: "no such file")) { try Checkpoint.read(url.path) }
  }

  @Test func everyCutEveryExtraByteAndEveryChangedBitIsFound() throws {
    try checkpoint().write(to: url.path)
    let sound = try Data(contentsOf: url)
    #expect(fault(sound) == nil)
    let cuts = (0..<sound.count).filter { length in
      if case .truncated(_, length)? = fault(sound[..<length]) { false } else { true }
    }
    try sound.dropLast().write(to: url)
    #expect(throws: ResultsError.unusableCheckpoint(path: url.path, .truncated(expectedBytes: sound.count, foundBytes: sound.count - 1))) {
      try Checkpoint.read(url.path)
    }
    #expect(cuts.isEmpty, "cut to these lengths, the file was not called truncated: \(cuts)")
    #expect(fault(sound + [0]) == .trailingBytes(expectedBytes: sound.count, foundBytes: sound.count + 1))
    let passed = (0..<8 * sound.count).filter { bit in
      var changed = sound
      changed[bit / 8] ^= 1 << (bit % 8)
      return switch (bit / 8, fault(changed)) {
      case (..<8, .wrongMagic?), (8..<16, .unknownVersion?), (24..<32, .truncated?), (24..<32, .trailingBytes?): false
      case (16..<24, .wrongChecksum?), (32..., .wrongChecksum?): false
      default: true
      }
    }
    #expect(passed.isEmpty, "these bits changed, the file passed or was refused for another reason: \(passed)")
  }

  /// Files with a right checksum whose header was written by another hand.
  @Test(
    arguments: [
      #"{"state":2}"#, #"{"state":-1,"arrays":[]}"#, #"{"state":3,"arrays":[]}"#, "", "{",
      #"{"state":1,"arrays":[{"name":"a","shape":[1],"bytes":1}]}"#, #"{"state":2,"arrays":[{"name":"a","bytes":0}]}"#,
      #"{"state":2,"arrays":[{"name":"a","shape":[0],"bytes":0},{"name":"a","shape":[0],"bytes":0}]}"#,
      #"{"state":2,"arrays":[{"name":"a","shape":[-1,0],"bytes":0}]}"#,
      #"{"state":9223372036854775807,"arrays":[{"name":"a","shape":[1],"bytes":8}]}"#,
      #"{"state":2,"arrays":[{"name":"a","shape":[4294967296,4294967296],"bytes":0}]}"#,
    ])
  func aHeaderThatMakesNoSenseIsRefused(_ header: String) throws {
    func file(headerBytes: Int) -> Data {
      func little(_ number: Int, _ count: Int = 8) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) } }
      let prefix = CheckpointFile.magic + little(1) + little(headerBytes) + little(32 + header.utf8.count + 2 + 4)
      let content = prefix + Array((header + "[]").utf8)
      var checksum = CRC32()
      content.withUnsafeBytes { checksum.update($0) }
      return Data(content + little(Int(checksum.value), 4))
    }
    for headerBytes in [header.utf8.count, 1 << 62, -1] {
      guard case .malformedHeader = fault(file(headerBytes: headerBytes)) else {
        Issue.record("\(header) with length \(headerBytes) was accepted or refused for another reason")
        continue
      }
    }
  }

  @Test func theFileIsAsDocumented() throws {
    try Checkpoint(state: 7, arrays: ["a": .init(shape: [1], [1])]).write(to: url.path)
    let header = #"{"state":1,"arrays":[{"name":"a","shape":[1],"bytes":8}]}"#
    let length = UInt8(32 + header.utf8.count + 1 + 8 + 4)
    let expected =
      [0x89] + Array("ISTHMUS".utf8) + [1, 0, 0, 0, 0, 0, 0, 0] + [UInt8(header.utf8.count), 0, 0, 0, 0, 0, 0, 0]
      + [length, 0, 0, 0, 0, 0, 0, 0] + Array(header.utf8) + Array("7".utf8) + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F]
    let bytes = [UInt8](try Data(contentsOf: url))
    #expect(Array(bytes.dropLast(4)) == expected)
    // The polynomial division of ISO 3309, bit by bit.
    var crc = UInt32.max
    for byte in expected {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    #expect(bytes.suffix(4) == withUnsafeBytes(of: (~crc).littleEndian) { Array($0) }[...])
  }
}
