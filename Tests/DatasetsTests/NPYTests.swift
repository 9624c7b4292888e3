import Datasets
import Foundation
import NumPyFormat
import Testing

@Suite struct NPYTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  /// Files written by NumPy 2.4.6 (`numpy.lib.format.write_array`, then gzip), and what they hold.
  private static let written: [(name: String, base64: String, shape: [Int], elements: [Double])] = [
    (
      "<f8, C order, version 1",
      "H4sIAAAAAAACA5vsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQDLgYIOAChHuyH0B/sITSLA4QWgNJiDgCVONc9sAAAAA==",
      [2, 3], [-2, -0.5, 1, 2.5, 4, 5.5]
    ),
    (
      ">f4, Fortran order, version 1",
      "H4sIAAAAAAACA5vsF+obEMnIUMZQrZ6SWpxcpG6loG6XZqKuo6Cell9UUpSYF59flJIKEg8pKk0FChdnJBakArkaRjoKxpo6CrUK5AOuAwwMDA4KDAz7QXQDA4M9EDtsYGAAABubAnyYAAAA",
      [2, 3], [-2, -0.5, 1, 2.5, 4, 5.5]
    ),
    (
      ">i2, Fortran order, version 2",
      "H4sIAAAAAAACA5vsF+obEMnEUMLAwFCtnpJanFykbqWgbpdppK6joJ6WX1RSlJgXn1+UkgoSDykqTQUKF2ckFqQCuRpGOgrGOgommjoKtQpkAS6gtTwMLAwCDBwMIgyMDLwMrAyCDJwMogxMDHwMbAxCDFwMYgzMDPwM7AzCDNwM4gD/UtNZsAAAAA==",
      [2, 3, 4], (0..<24).map(Double.init)
    ),
    (
      "|u1, a single number, version 3",
      "H4sIAAAAAAACA5vsF+obEMnMUMLAwFCtnpJanFykbqWgXlNqqK6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkamjoKtQoUAC52ANU67EKBAAAA", [], [7]
    ),
    (
      "<i8, version 1",
      "H4sIAAAAAAACA5vsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6mjoKtQoUAK6//yGAAQQYGRgAjqhdFJAAAAA=",
      [2], [-3, 1_099_511_627_776]
    ),
  ]

  @Test(arguments: 0..<5) func filesOfNumPyAreRead(index: Int) throws {
    let file = Self.written[index]
    let bytes = try #require(Data(base64Encoded: file.base64), "\(file.name)")
    let array = try NumPyArray(contentsOf: directory.write("a.npy", Array(bytes)))
    #expect(array.shape == file.shape, "\(file.name)")
    #expect(array.elements == file.elements, "\(file.name)")
  }

  @Test(arguments: [[], [1], [7], [2, 3], [3, 1, 4], [0], [5, 0]] as [[Int]])
  func whatIsWrittenIsReadBack(shape: [Int]) throws {
    let count = shape.reduce(1, *)
    var random = SplitMix64(seed: 5)
    let elements = (0..<count).map { $0 == 0 ? Double.infinity : random.nextNormalPair().0 }
    let array = try NumPyArray(shape: shape, elements: elements)
    let path = "\(directory.path)/a.npy"
    try array.write(to: path)
    #expect(try NumPyArray(contentsOf: path) == array, "shape \(shape), seed 5")
    try array.write(to: path, as: .float32)
    #expect(try NumPyArray(contentsOf: path).elements == elements.map { Double(Float($0)) }, "shape \(shape), seed 5")
  }

  @Test func theHeaderIsNumPysByteForByte() throws {
    let file = Self.written[0]
    let bytes = try DataStream(path: file.name, bytes: Array(#require(Data(base64Encoded: file.base64)))).contents()
    #expect(try NumPyArray(shape: file.shape, elements: file.elements).encoded() == bytes)
  }

  @Test func everyCutAndEveryExtraByteIsFound() throws {
    let sound = try NumPyArray(shape: [2], elements: [1, 2]).encoded()
    func error(_ bytes: [UInt8]) -> DatasetError? {
      do throws(DatasetError) {
        _ = try NPYReader.read(DataStream(path: "a.npy", bytes: bytes))
        return nil
      } catch {
        return error
      }
    }
    #expect(error(sound) == nil)
    let passed = (6..<sound.count).filter { length in
      if case .truncated("a.npy", _, length) = error(Array(sound[..<length])) { false } else { true }
    }
    #expect(passed.isEmpty, "cut to these lengths, the file was not called truncated: \(passed)")
    #expect(error(sound + [0]) == .trailingBytes(path: "a.npy", expected: sound.count, found: sound.count + 1))
  }

  private func error(header: String, version: UInt8 = 1, elements: [UInt8] = []) -> DatasetError? {
    let length = header.utf8.count
    let size = [UInt8(length & 0xff), UInt8(length >> 8)] + (version == 1 ? [] : [0, 0])
    do throws(DatasetError) {
      _ = try NPYReader.read(DataStream(path: "a.npy", bytes: NPYHeader.magic + [version, 0] + size + Array(header.utf8) + elements))
      return nil
    } catch {
      return error
    }
  }

  @Test func otherHeadersAreRefused() {
    #expect(error(header: "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }", elements: [1]) == nil)
    #expect(error(header: "{\"shape\":(1),\"fortran_order\":True,\"descr\":\"|u1\"}", version: 2, elements: [1]) == nil)
    for header in [
      "", "{", "{}", "{'descr': '<f8', 'shape': (1,)}", "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (1,,)}", "{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}",
      "{'descr': [('a', '<f8'], 'fortran_order': False, 'shape': (1,)}", "{'descr': '<f8', 'fortran_order': False, 'shape': (2LL,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4611686018427387904, 4)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (4611686018427387904, 4, 0)}",
    ] {
      #expect(header.isEmpty || error(header: header) != nil, "\(header)")
      if case .invalidHeader = error(header: header) { continue }
      Issue.record("\(header) was not called an invalid header: \(String(describing: error(header: header)))")
    }
    for (type, meaning) in [
      ("'<c16'", ", complex numbers"), ("'<U5'", ", text"), ("'|S5'", ", text"), ("'f8'", ", floats of another size"),
      ("'|O'", ", Python objects, which only Python can load"), ("'<f16'", ", floats of another size"), ("'<M8[ns]'", ", times"),
      ("'|V8'", ", bytes without a type"), ("''", ""), ("[('a', '<f8'), ('b]', '<i4', (2,))]", ", records with fields"),
    ] {
      let found = error(header: "{'descr': \(type), 'fortran_order': False, 'shape': (1,)}")
      let name = "type '\(type.hasPrefix("[") ? type : String(type.dropFirst().dropLast()))'"
      guard case .unsupported("a.npy", _, name + meaning, _) = found else {
        Issue.record("type \(type): \(String(describing: found))")
        continue
      }
    }
    guard case .unsupported = error(header: "{}", version: 4) else {
      Issue.record("version 4 was accepted")
      return
    }
  }

  @Test func everyTypeIsReadInBothByteOrders() throws {
    func bits<Bits: FixedWidthInteger>(_ numbers: [Bits]) -> [[UInt8]] {
      numbers.map { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
    }
    // float16 from IEEE 754: 1 + 1/1024, -2, the largest 65504, the least 2^-24, the largest subnormal (1023/1024) 2^-14, the least normal 2^-14.
    let halves = bits([0x3C01, 0xC000, 0x7BFF, 0x0001, 0x83FF, 0x0400] as [UInt16])
    let cases: [(String, [[UInt8]], [Double])] = [
      ("b1", [[0], [1]], [0, 1]), ("u1", [[0], [255]], [0, 255]), ("i1", [[0x80], [0x7F]], [-128, 127]),
      ("u2", bits([0, .max] as [UInt16]), [0, 65535]), ("i2", bits([.min, .max] as [Int16]), [-32768, 32767]),
      ("u4", bits([0, .max] as [UInt32]), [0, 4_294_967_295]), ("i4", bits([.min, .max] as [Int32]), [-2_147_483_648, 2_147_483_647]),
      ("u8", bits([0, 1 << 53] as [UInt64]), [0, 0x1p53]), ("i8", bits([-(1 << 53), 1 << 62] as [Int64]), [-0x1p53, 0x1p62]),
      ("f2", halves, [1 + 0x1p-10, -2, 65504, 0x1p-24, 0x1p-24 - 0x1p-14, 0x1p-14]),
      ("f4", bits([Float(1.5).bitPattern, (-(Float.leastNonzeroMagnitude)).bitPattern]), [1.5, -0x1p-149]),
      ("f8", bits([Double(0.1).bitPattern, Double(-1e308).bitPattern]), [0.1, -1e308]),
    ]
    for (kind, elements, expected) in cases {
      for order in ["<", ">"] {
        let bytes = NPYHeader(descr: order + kind, shape: [expected.count]).encoded + elements.flatMap { order == "<" ? $0 : $0.reversed() }
        let array = try NPYReader.read(DataStream(path: "a.npy", bytes: bytes))
        #expect(array.storage.all == expected, "\(order)\(kind)")
        for (index, number) in expected.enumerated() { #expect(array.storage[index] == number, "\(order)\(kind)") }
      }
    }
    let special = bits([0x7C00, 0xFC00, 0x7E00, 0x8000] as [UInt16]).flatMap { $0 }
    let halfs = try NPYReader.read(DataStream(path: "a.npy", bytes: NPYHeader(descr: "<f2", shape: [4]).encoded + special)).storage.all
    #expect(halfs[0] == .infinity && halfs[1] == -.infinity && halfs[2].isNaN && halfs[3] == 0 && halfs[3].sign == .minus)
    guard
      case .invalidHeader(_, _, "element 1 (from 0) is 2, neither 0 nor 1") = error(
        header: "{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", elements: [1, 2])
    else {
      Issue.record("a bool of 2 was accepted")
      return
    }
  }

  @Test func manyElementsAreReadAcrossTheChunks() throws {
    let count = 200_001
    let numbers = (0..<count).map { UInt32($0 &* 2_654_435_761 & 0xFFFF_FFFF) }
    let bytes =
      NPYHeader(descr: ">u4", shape: [count]).encoded + numbers.flatMap { number in (0..<4).map { UInt8(number >> (24 - 8 * $0) & 0xFF) } }
    #expect(try NPYReader.read(DataStream(path: "a.npy", bytes: bytes)).storage.all == numbers.map(Double.init))
  }

  @Test func headersOfPython2AreRead() throws {
    for header in [
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2L, 1L), }", "{u'descr': u'|u1', u'fortran_order': False, u'shape': (2L, 1L)}",
      "{'descr': '|u1', 'fortran_order': False, 'shape': (2L,)}",
    ] { #expect(error(header: header, elements: [3, 4]) == nil, "\(header)") }
  }

  @Test(arguments: [[2, 3], [70, 45], [2, 3, 4, 5], [33, 2, 3, 40], [1, 5], [5, 1], [3, 4, 5]] as [[Int]])
  func fortranOrderIsTurned(shape: [Int]) throws {
    // Entry (i, j, …) is its position in C order; in the file the first index runs fastest.
    let count = shape.reduce(1, *)
    var stored = [Double](repeating: -1, count: count)
    for position in 0..<count {
      var (rest, index) = (position, [Int]())
      for size in shape.reversed() {
        index.insert(rest % size, at: 0)
        rest /= size
      }
      var (place, stride) = (0, 1)
      for (i, size) in zip(index, shape) {
        place += i * stride
        stride *= size
      }
      stored[place] = Double(position)
    }
    let bytes =
      NPYHeader(descr: "<f8", isFortranOrder: true, shape: shape).encoded
      + stored.flatMap { number in withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) } }
    #expect(try NPYReader.read(DataStream(path: "a.npy", bytes: bytes)).storage.all == (0..<count).map(Double.init))
  }

  @Test func absurdSizesAllocateNothing() {
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (288230376151711743,)}"
    let start = 10 + header.utf8.count
    #expect(error(header: header) == .truncated(path: "a.npy", expected: start + 288_230_376_151_711_743, found: start))
    // A header of 4 GiB in a file of 12 bytes.
    let bytes = NPYHeader.magic + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    #expect(throws: DatasetError.truncated(path: "a.npy", expected: 12 + 0xFFFF_FFFF, found: 12)) {
      try NPYReader.read(DataStream(path: "a.npy", bytes: bytes))
    }
  }

  @Test func integersThatNoDoubleHoldsAreRefused() {
    let header = "{'descr': '<i8', 'fortran_order': False, 'shape': (1,)}"
    guard case .unsupported = error(header: header, elements: [1, 0, 0, 0, 0, 0, 0x20, 0]) else {
      Issue.record("2^53 + 1 was accepted")
      return
    }
  }

  @Test func anotherFileIsRefusedAndAnUnwritablePathIsReported() throws {
    let text = try directory.write("a.txt", "1,2,3\n")
    #expect {
      _ = try NumPyArray(contentsOf: text)
    } throws: { error in
      if case .wrongMagic(text, _, _, _) = error as? DatasetError { true } else { false }
    }
    #expect {
      try NumPyArray(shape: [], elements: [1]).write(to: "\(text)/none.npy")
    } throws: { error in
      if case .unwritable = error as? DatasetError { true } else { false }
    }
    #expect(throws: DatasetError.shapeMismatch(first: "array", firstShape: [2, 2], second: "elements", secondShape: [3])) {
      try NumPyArray(shape: [2, 2], elements: [1, 2, 3])
    }
  }

  @Test func inputsAndTargetsBecomeADataset() throws {
    func load(_ inputs: NumPyArray, _ targets: NumPyArray) throws -> Dataset {
      let (x, y) = ("\(directory.path)/x.npy", "\(directory.path)/y.npy")
      try inputs.write(to: x)
      try targets.write(to: y)
      return try DataSource.npy(inputs: x, targets: y, test: nil).load().train
    }
    let images = try NumPyArray(shape: [2, 3, 1, 2], elements: (0..<12).map(Double.init))
    let labelled = try load(images, NumPyArray(shape: [2], elements: [1, 0]))
    #expect(labelled.imageShape == ImageShape(channels: 3, height: 1, width: 2))
    #expect(labelled.labels == [1, 0])
    let valued = try load(images, NumPyArray(shape: [2, 2], elements: [1, 0, 2, 3]))
    #expect(valued.labels == nil)
    #expect(valued.outputs == 2)
    #expect(valued.values == [1, 0, 2, 3])

    let x = "\(directory.path)/x.npy"
    let y = "\(directory.path)/y.npy"
    #expect(throws: DatasetError.countMismatch(first: x, firstCount: 2, second: y, secondCount: 3)) {
      try load(images, NumPyArray(shape: [3], elements: [1, 0, 1]))
    }
    #expect(throws: DatasetError.notFinite(name: y, row: 1, column: 0)) {
      try load(images, NumPyArray(shape: [2], elements: [1, .nan]))
    }
    #expect(throws: DatasetError.notFinite(name: x, row: 0, column: 1)) {
      try load(NumPyArray(shape: [1, 2], elements: [1, -.infinity]), NumPyArray(shape: [1], elements: [1]))
    }
    #expect(throws: DatasetError.noPoints(name: x)) {
      try load(NumPyArray(shape: [0, 2], elements: []), NumPyArray(shape: [0], elements: []))
    }
  }
}
