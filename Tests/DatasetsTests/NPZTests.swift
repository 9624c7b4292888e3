import Datasets
import Foundation
import NumPyFormat
import Testing

@Suite struct NPZTests {
  private let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  /// `numpy.savez_compressed(file, x=[[1.5, 2], [3, 4], [5, 6]] as float32, y=[1, 0, 1])` of NumPy 2: deflated, zip64 fields.
  private static let compressed =
    "UEsDBC0AAAAIAAAAIQA4nAz///////////8FABQAeC5ucHkBABAAmAAAAAAAAABZAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6CkaaOgq1CmQDLgaGA/YMDAwOQATEDUC8AIgPOAAAUEsDBC0AAAAIAAAAIQCis9BL//////////8FABQAeS5ucHkBABAAmAAAAAAAAABKAAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loG6TaaGuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GsY6mjoKtQoUAC5GBlQA4wMAUEsBAi0DLQAAAAgAAAAhADicDP9ZAAAAmAAAAAUAAAAAAAAAAAAAAIABAAAAAHgubnB5UEsBAi0DLQAAAAgAAAAhAKKz0EtKAAAAmAAAAAUAAAAAAAAAAAAAAIABkAAAAHkubnB5UEsFBgAAAAACAAIAZgAAABEBAAAAAA=="
  /// `numpy.savez(file, [[1.5], [3], [5]] as float32)`: stored.
  private static let stored =
    "UEsDBC0AAAAAAAAAIQCjfDGq//////////8JABQAYXJyXzAubnB5AQAQAIwAAAAAAAAAjAAAAAAAAACTTlVNUFkBAHYAeydkZXNjcic6ICc8ZjQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMywgMSksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgCgAAwD8AAEBAAACgQFBLAQItAy0AAAAAAAAAIQCjfDGqjAAAAIwAAAAJAAAAAAAAAAAAAACAAQAAAABhcnJfMC5ucHlQSwUGAAAAAAEAAQA3AAAAxwAAAAAA"

  static func ofNumPy() throws -> [[UInt8]] {
    [Array(try #require(Data(base64Encoded: compressed))), Array(try #require(Data(base64Encoded: stored)))]
  }

  private func write(_ members: [(String, NumPyArray)]) throws -> String {
    try directory.write("a.npz", zip(members.map { ("\($0).npy", $1.encoded()) }))
  }

  @Test func archivesOfNumPyAreRead() throws {
    let archives = try Self.ofNumPy()
    let path = try directory.write("a.npz", archives[0])
    let data = try DataSource.parse("npz:\(path)").load()
    #expect(data.train.inputs == [1.5, 2, 3, 4, 5, 6])
    #expect(data.train.labels == [1, 0, 1])
    #expect(data.notices == ["\(path): inputs x, targets y, no test set of its own"])
    #expect(data.files.map(\.byteCount) == [397])
    #expect(try DataSource.parse("npz:\(path),x=x,y=y").load().notices.isEmpty)
    // One array alone needs no name.
    let one = try directory.write("one.npz", archives[1])
    #expect(try NumPyArray(contentsOf: one).elements == [1.5, 3, 5])
    #expect(try DataSource.npy(inputs: one, targets: one, test: nil).load().train.values == [1.5, 3, 5])
    #expect(throws: DatasetError.severalArrays(path: path, names: ["x", "y"])) { try NumPyArray(contentsOf: path) }
  }

  @Test func namesInUseAreFound() throws {
    func array(_ value: Double) throws -> NumPyArray { try NumPyArray(shape: [1, 1], elements: [value]) }
    let four = try [("x_test", array(3)), ("y_train", array(2)), ("x_train", array(1)), ("y_test", array(4))]
    let keras = try DataSource.parse("npz:\(write(four))").load()
    #expect(keras.train.inputs == [1] && keras.train.values == [2] && keras.test?.inputs == [3] && keras.test?.values == [4])
    let chosen = try DataSource.parse("npz:\(write(four)),x=x_test,y=x_train,testx=y_test,testy=y_train").load()
    #expect(chosen.train.inputs == [3] && chosen.train.values == [1] && chosen.test?.inputs == [4] && chosen.test?.values == [2])
    let plain = try DataSource.parse("npz:\(write([("arr_0", array(5)), ("arr_1", array(6))]))").load()
    #expect(plain.train.inputs == [5] && plain.train.values == [6] && plain.test == nil)
    let path = try write([("a", array(5)), ("b", array(6))])
    #expect(throws: DatasetError.severalArrays(path: path, names: ["a", "b"])) { try DataSource.parse("npz:\(path)").load() }
    #expect(throws: DatasetError.noArray(path: path, name: "c", names: ["a", "b"])) { try DataSource.parse("npz:\(path),x=c,y=b").load() }
    let twice = try write([("x", array(5)), ("x", array(6)), ("y", array(6))])
    #expect(throws: DatasetError.noArray(path: twice, name: "x", names: ["x", "x", "y"])) { try DataSource.parse("npz:\(twice)").load() }
  }

  @Test func errorsNameTheMember() throws {
    let path = try directory.write("a.npz", zip([("x.npy", Array("1,2\n".utf8)), ("y.npy", idx([1], [1]))]))
    func error(_ x: String, _ y: String) throws -> DatasetError? {
      try refusal { try DataSource.parse("npz:\(path),x=\(x),y=\(y)").load() }
    }
    guard case .wrongMagic("\(path):x.npy", _, _, _) = try error("x", "y") else {
      Issue.record("\(String(describing: try error("x", "y")))")
      return
    }
    guard case .foreignFormat("\(path):y.npy", _, "an IDX file of labels", _) = try error("y", "y") else {
      Issue.record("\(String(describing: try error("y", "y")))")
      return
    }
    let images = try directory.write("images.zip", zip([("cat/1.png", [1, 2])]))
    guard
      case .foreignFormat(images, _, "a zip archive without arrays (cat/1.png)", _) = try refusal({
        try DataSource.parse("npz:\(images)").load()
      })
    else {
      Issue.record("an archive of images was read")
      return
    }
  }

  @Test func everyCutAndEveryChangedContentIsFound() throws {
    for (sound, name) in zip(try Self.ofNumPy(), ["x", "arr_0"]) {
      func load(_ bytes: [UInt8]) throws -> [Double] {
        try NPZArchive(.memory(path: "a.npz", bytes)).array(name).storage.all
      }
      let right = try load(sound)
      let cuts = try (5..<sound.count).filter { length in try refusal { try load(Array(sound[..<length])) } == nil }
      #expect(cuts.isEmpty, "cut to these lengths, the file passed: \(cuts)")
      // Any change is refused or changes nothing that is read (times, attributes, the other member).
      let changed = try sound.indices.filter { position in
        var bytes = sound
        bytes[position] ^= 0x04
        var found: [Double] = []
        return try refusal { found = try load(bytes) } == nil && found != right
      }
      #expect(changed.isEmpty, "changed at these positions, other numbers were read: \(changed)")
    }
  }

  @Test func aBombIsNotInflated() throws {
    // A member that claims 16 numbers and holds 32 MB; one that claims 2^60 bytes.
    let header = NPYHeader(descr: "<f8", shape: [4, 4]).encoded
    let gzipped = deflatedZeros(header: header, count: 32 << 20)
    let deflated = Array(gzipped[10..<gzipped.count - 8])
    for size in [header.count + 128, 32 << 20, 1 << 60] {
      let archive = try NPZArchive(.memory(path: "a.npz", zip([("x.npy", deflated)], deflatedSize: size)))
      #expect(try refusal { try archive.array("x") } != nil, "size \(size)")
    }
  }
}

/// A zip archive, written from PKWARE's specification: stored members, or deflated ones with a claimed size.
private func zip(_ members: [(String, [UInt8])], deflatedSize: Int? = nil) -> [UInt8] {
  func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  var (file, directory): ([UInt8], [UInt8]) = ([], [])
  for (name, bytes) in members {
    var crc: UInt32 = .max
    for byte in bytes where deflatedSize == nil {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    let method = deflatedSize == nil ? 0 : 8
    let needs64 = deflatedSize.map { $0 > 0xFFFF_FFFE } ?? false
    let extra = needs64 ? little(1, 2) + little(8, 2) + little(deflatedSize ?? 0, 8) : []
    let common =
      little(45, 2) + little(0, 2) + little(method, 2) + little(0, 4) + little(Int(~crc), 4) + little(bytes.count, 4)
      + (needs64 ? little(0xFFFF_FFFF, 4) : little(deflatedSize ?? bytes.count, 4)) + little(name.utf8.count, 2) + little(extra.count, 2)
    directory += little(0x0201_4B50, 4) + little(45, 2) + common + little(0, 10) + little(file.count, 4) + Array(name.utf8) + extra
    file += little(0x0403_4B50, 4) + common + Array(name.utf8) + extra + bytes
  }
  return file + directory + little(0x0605_4B50, 4) + little(0, 4) + little(members.count, 2) + little(members.count, 2)
    + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
}
