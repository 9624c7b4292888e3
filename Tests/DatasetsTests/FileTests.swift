import Foundation
import Testing

@testable import Datasets

@Suite struct FileTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  @Test func aMissingFileADirectoryAndAnEmptyFileAreToldApart() throws {
    let missing = "\(directory.path)/none"
    #expect(throws: DatasetError.fileNotFound(path: missing)) { try FileContents(contentsOf: missing) }
    #expect(throws: DatasetError.isDirectory(path: directory.path)) { try FileContents(contentsOf: directory.path) }
    let empty = try directory.write("empty", [])
    #expect(throws: DatasetError.emptyFile(path: empty)) { try FileContents(contentsOf: empty) }
    let emptyGzip = try directory.write("empty.gz", gzip([]))
    #expect(throws: DatasetError.emptyFile(path: emptyGzip)) { try FileContents(contentsOf: emptyGzip) }
  }

  @Test(.timeLimit(.minutes(1))) func aPipeIsRefusedWithoutWaitingForIt() throws {
    let pipe = "\(directory.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: DatasetError.unreadable(path: pipe, reason: "it is not a regular file")) { try FileContents(contentsOf: pipe) }
  }

  @Test func checksumsAreOfTheBytesOnDisk() throws {
    // The check value of CRC-32: ISO 3309, over "123456789".
    let plain = try FileContents(contentsOf: directory.write("plain", "123456789"))
    #expect(plain.checksum.crc32 == 0xCBF4_3926)
    #expect(plain.checksum.byteCount == 9)
    let compressed = gzip(Array("123456789".utf8))
    let read = try FileContents(contentsOf: directory.write("compressed.gz", compressed))
    #expect(read.bytes == plain.bytes)
    #expect(read.checksum.byteCount == compressed.count)
    #expect(read.checksum.crc32 != plain.checksum.crc32)
  }

  @Test func gzipMembersAreJoined() throws {
    let members = gzip([1, 2, 3]) + gzip([4, 5])
    #expect(try Gzip.decompress(members, path: "members") == [1, 2, 3, 4, 5])
  }

  @Test func everyDamageToAGzipFileIsFound() throws {
    let sound = gzip([UInt8](0..<200))
    func isDamaged(_ bytes: [UInt8]) -> Bool {
      do throws(DatasetError) {
        _ = try FileContents(path: "damaged.gz", bytes: bytes)
        return false
      } catch {
        if case .damagedGzip = error { return true }
        return false
      }
    }
    #expect(!isDamaged(sound))
    let cuts = (2..<sound.count).filter { !isDamaged(Array(sound[..<$0])) }
    #expect(cuts.isEmpty, "cut to these lengths, the file passed: \(cuts)")
    // Bytes 4 to 9 of the header are time, flags of the compressor and operating system: any value is valid.
    // Byte 10 begins the stored block: its high bits are padding.
    let changes = [2, 3] + Array(11..<sound.count)
    let passed = changes.filter { position in
      var changed = sound
      changed[position] ^= 0x80
      return !isDamaged(changed)
    }
    #expect(passed.isEmpty, "changed at these positions, the file passed: \(passed)")
    #expect(isDamaged(sound + [0]))
  }

  @Test func decompressionStopsAtItsLimit() {
    let bytes = gzip([UInt8](repeating: 0, count: 1000))
    #expect(throws: DatasetError.tooLarge(path: "bomb", limit: 999)) { try Gzip.decompress(bytes, path: "bomb", limit: 999) }
    #expect(throws: Never.self) { try Gzip.decompress(bytes, path: "bomb", limit: 1000) }
  }
}
