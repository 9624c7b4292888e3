import Foundation
import Testing

@testable import Results

@Suite struct NPYFileTests {
  @Test(arguments: [[], [0], [5], [3, 2], [2, 3, 4], [1, 0, 7]])
  func arraysReadBackBitForBit(_ shape: [Int]) throws {
    var generator = Deterministic(state: 3)
    let values = (0..<shape.reduce(1, *)).map { _ in Double.random(in: -1...1, using: &generator) * 1e-300 }
    let bytes = NPYFile.encode(values, shape: shape)
    #expect((bytes.count - 8 * values.count) % 64 == 0, "data are aligned")
    let read = try NPYFile.decode(bytes, path: "x.npy")
    #expect(read.shape == shape)
    #expect(read.values.map(\.bitPattern) == values.map(\.bitPattern), "seed 3")
  }

  /// What `numpy.save` writes for `numpy.array([[1.0], [2.0]])`, NumPy 2.4.
  @Test func theBytesAreNumPys() {
    let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }"
    let expected =
      [0x93] + Array("NUMPY".utf8) + [1, 0, 118, 0] + Array(header.utf8) + [UInt8](repeating: 0x20, count: 117 - header.utf8.count)
      + [0x0A] + [0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0, 0, 0, 0, 0, 0, 0, 0x40]
    #expect(NPYFile.encode([1, 2], shape: [2, 1]) == expected)
  }

  @Test func damagedFilesAreRefused() throws {
    let good = NPYFile.encode([1, 2, 3], shape: [3])
    var other = good
    other[0] = 0
    let wrongType = good.map { $0 == UInt8(ascii: "8") ? UInt8(ascii: "4") : $0 }
    for bytes in [[], Array(good.dropLast()), good + [0], Array(good.prefix(40)), wrongType, other] {
      #expect(throws: ResultsError.self, "\(bytes.count) bytes") { try NPYFile.decode(bytes, path: "x.npy") }
    }
  }

  @Test func aStoreKeepsArrays() throws {
    let folder = try TemporaryFolder()
    let store = try ResultsStore.open(try RunDescription(experiment: "demo", identity: [1], parameters: [1]), in: folder.url)
    try store.writeArray("z-before", shape: [2, 2], [1, 2, 3, 4])
    try store.writeArray("z-before", shape: [2, 1], [5, 6])
    #expect(try store.readArray("z-before").values == [5, 6])
    #expect(RunArrays.names(in: store.directory) == ["z-before"])
    #expect(throws: ResultsError.shapeMismatch(name: "z", shape: [2, 2], count: 3)) {
      try store.writeArray("z", shape: [2, 2], [1, 2, 3])
    }
    let large = #expect(throws: ResultsError.shapeMismatch(name: "z", shape: [.max, 2], count: 1)) {
      try store.writeArray("z", shape: [.max, 2], [1])
    }
    #expect("\(String(describing: large))".contains("no memory"))
    #expect(throws: ResultsError.self) { try store.readArray("absent") }
  }
}
