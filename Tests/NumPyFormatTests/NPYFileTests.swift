import NumPyFormat
import Testing

@Suite struct NPYFileTests {
  @Test(arguments: [[], [0], [5], [3, 2], [2, 3, 4], [1, 0, 7]])
  func arraysReadBackBitForBit(_ shape: [Int]) throws {
    let values = (0..<shape.reduce(1, *)).map { 1e-300 / (Double($0) - 2.7) }
    let bytes = NPYFile.encode(values, shape: shape)
    #expect((bytes.count - 8 * values.count) % 64 == 0, "data are aligned")
    let read = try NPYFile.decode(bytes)
    #expect(read.shape == shape)
    #expect(read.values.map(\.bitPattern) == values.map(\.bitPattern))
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
      #expect(throws: NPYFile.Fault.self, "\(bytes.count) bytes") { try NPYFile.decode(bytes) }
    }
  }
}
