import Datasets
import Foundation
import Testing

@Suite struct DamagedFileTests {
  /// Kinds of files, each with a sound one.
  enum Kind: String, CaseIterable, Sendable {
    case idx, npy, csv, gzip, compressedArchive, archive, cifar, kernel

    func sound() throws -> [UInt8] {
      let array = try NumPyArray(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6])
      return switch self {
      case .idx: DatasetsTests.idx(type: 0x0B, [2, 2, 1], [0, 1, 0, 2, 0, 3, 0, 4])
      case .npy: array.encoded()
      case .csv: Array("a,\"b,c\",d\r\n1,2,3\n4,\"5\",6\n".utf8)
      case .gzip: DatasetsTests.gzip(DatasetsTests.idx([2, 2], [1, 2, 3, 4]))
      case .compressedArchive: try NPZTests.ofNumPy()[0]
      case .archive: try NPZTests.ofNumPy()[1]
      case .cifar: [3] + [UInt8](repeating: 1, count: 3072)
      case .kernel: try NumPyArray(shape: [2, 2], elements: [1, 2, 2, 4]).encoded()
      }
    }

    /// Reads the bytes and says whether the result is whole.
    func read(_ bytes: [UInt8]) throws(DatasetError) -> Bool {
      func isWhole(_ array: ArrayFile) -> Bool { array.storage.count == array.shape.reduce(1, *) }
      let stored = StoredBytes.memory(path: "changed", bytes)
      switch self {
      case .idx, .gzip: return try isWhole(IDXReader.read(DataStream(path: "changed", bytes: bytes)))
      case .npy: return try isWhole(NPYReader.read(DataStream(path: "changed", bytes: bytes)))
      case .csv:
        let found = try CSVReader.read(DataStream(path: "changed", bytes: bytes), target: nil, header: .automatic)
        return found.features.count == found.columns * found.lines.count
      case .compressedArchive, .archive:
        let archive = try NPZArchive(stored)
        return try isWhole(archive.array(archive.names[0]))
      case .cifar:
        let set = try CIFAR10Reader.dataset(name: "changed", files: [DataStream(path: "changed", bytes: bytes)])
        return set.count == 1 && set.features == 3072
      case .kernel:
        let file = try KernelFile(stored)
        try file.checkSymmetric(size: min(file.rowCount, file.columnCount))
        return try file.rows(0..<file.rowCount).count == file.rowCount * file.columnCount
      }
    }
  }

  /// Files changed at random are read or refused; a reader that trusted a byte would end the program.
  @Test(arguments: Kind.allCases) func noChangeOfBytesEscapesTheChecks(kind: Kind) throws {
    let sound = try kind.sound()
    var random = SplitMix64(seed: 21)
    var (read, refused) = (0, 0)
    for _ in 0..<(kind == .cifar ? 500 : 5000) {
      let bytes = Self.changed(sound, &random)
      do throws(DatasetError) {
        guard !bytes.isEmpty else { throw .emptyFile(path: "changed") }
        let isWhole = try kind.read(bytes)
        #expect(isWhole, "seed 21, \(bytes)")
        read += 1
      } catch {
        #expect(error.description.contains("changed"), "seed 21: \(error)")
        refused += 1
      }
    }
    #expect(read > 0 && refused > 0, "seed 21: \(read) read, \(refused) refused")
  }

  /// Bytes replaced, bits turned, numbers made extreme, parts cut, doubled, removed or filled with zeros.
  private static func changed(_ sound: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
    var bytes = sound
    for _ in 0...random.next(below: 3) {
      guard !bytes.isEmpty else { break }
      let place = random.next(below: bytes.count)
      switch random.next(below: 9) {
      case 0...2: bytes[place] = UInt8(random.next(below: 256))
      case 3: bytes[place] ^= 1 << UInt8(random.next(below: 8))
      case 4: bytes[place] = [0, 0x7F, 0x80, 0xFF][random.next(below: 4)]
      case 5: for index in place..<min(place + 8, bytes.count) { bytes[index] = 0xFF }
      case 6: bytes.removeLast(random.next(below: bytes.count))
      case 7: bytes.replaceSubrange(place..<min(place + random.next(below: 16), bytes.count), with: [])
      default: bytes.insert(contentsOf: bytes[place..<min(place + random.next(below: 32), bytes.count)], at: place)
      }
    }
    return bytes
  }
}
