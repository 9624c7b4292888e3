import Foundation
import NumPyFormat
import Testing

@testable import Datasets

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
    let bytes = try FileContents(path: file.name, bytes: Array(#require(Data(base64Encoded: file.base64)))).bytes
    #expect(try NumPyArray(shape: file.shape, elements: file.elements).encoded() == bytes)
  }

  @Test func everyCutAndEveryExtraByteIsFound() throws {
    let sound = try NumPyArray(shape: [2], elements: [1, 2]).encoded()
    func error(_ bytes: [UInt8]) -> DatasetError? {
      do throws(DatasetError) {
        _ = try NPYReader.read(FileContents(path: "a.npy", bytes: bytes))
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
      _ = try NPYReader.read(FileContents(path: "a.npy", bytes: NPYHeader.magic + [version, 0] + size + Array(header.utf8) + elements))
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
      "{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,)}", "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
    ] {
      #expect(header.isEmpty || error(header: header) != nil, "\(header)")
      if case .invalidHeader = error(header: header) { continue }
      Issue.record("\(header) was not called an invalid header: \(String(describing: error(header: header)))")
    }
    for type in ["<c16", "|b1", "<f2", "<U5", "f8", "|O", ""] {
      let found = error(header: "{'descr': '\(type)', 'fortran_order': False, 'shape': (1,)}")
      guard case .unsupported("a.npy", _, "type '\(type)'", _) = found else {
        Issue.record("type \(type): \(String(describing: found))")
        continue
      }
    }
    guard case .unsupported = error(header: "{}", version: 4) else {
      Issue.record("version 4 was accepted")
      return
    }
  }

  @Test func absurdSizesAllocateNothing() {
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (4611686018427387903,)}"
    let start = 10 + header.utf8.count
    #expect(error(header: header) == .truncated(path: "a.npy", expected: start + 4_611_686_018_427_387_903, found: start))
    // A header of 4 GiB in a file of 12 bytes.
    let bytes = NPYHeader.magic + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF]
    #expect(throws: DatasetError.truncated(path: "a.npy", expected: 12 + 0xFFFF_FFFF, found: 12)) {
      try NPYReader.read(FileContents(path: "a.npy", bytes: bytes))
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
