import Datasets
import Foundation
import NumPyFormat
import Testing

@Suite struct FileTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  @Test func aMissingFileADirectoryAndAnEmptyFileAreToldApart() throws {
    let missing = "\(directory.path)/none"
    #expect(throws: DatasetError.fileNotFound(path: missing)) { try DataStream(contentsOf: missing) }
    #expect(throws: DatasetError.isDirectory(path: directory.path)) { try DataStream(contentsOf: directory.path) }
    let empty = try directory.write("empty", [])
    #expect(throws: DatasetError.emptyFile(path: empty)) { try DataStream(contentsOf: empty) }
    let emptyGzip = try directory.write("empty.gz", gzip([]))
    #expect(throws: DatasetError.emptyFile(path: emptyGzip)) { try DataStream(contentsOf: emptyGzip) }
  }

  @Test(.timeLimit(.minutes(1))) func aPipeIsRefusedWithoutWaitingForIt() throws {
    let pipe = "\(directory.path)/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(throws: DatasetError.unreadable(path: pipe, reason: "it is not a regular file")) { try DataStream(contentsOf: pipe) }
  }

  @Test func checksumsAreOfTheBytesOnDisk() throws {
    // The check value of CRC-32: ISO 3309, over "123456789".
    let plain = try DataStream(contentsOf: directory.write("plain", "123456789"))
    let contents = try plain.contents()
    #expect(plain.checksum.crc32 == 0xCBF4_3926)
    #expect(plain.checksum.byteCount == 9)
    let compressed = gzip(Array("123456789".utf8))
    let read = try DataStream(contentsOf: directory.write("compressed.gz", compressed))
    #expect(try read.contents() == contents)
    #expect(read.checksum.byteCount == compressed.count)
    #expect(read.checksum.crc32 != plain.checksum.crc32)
  }

  @Test func gzipMembersAreJoined() throws {
    let members = gzip([1, 2, 3]) + gzip([4, 5])
    #expect(try DataStream(path: "members", bytes: members).contents() == [1, 2, 3, 4, 5])
  }

  @Test func everyDamageToAGzipFileIsFound() throws {
    let sound = gzip([UInt8](0..<200))
    func isDamaged(_ bytes: [UInt8]) -> Bool {
      do throws(DatasetError) {
        _ = try DataStream(path: "damaged.gz", bytes: bytes).contents()
        return false
      } catch {
        if case .damagedStream = error { return true }
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
    #expect(isDamaged(sound + [1]))
  }

  @Test func zerosBehindAGzipFileAreNothing() throws {
    let member = gzip([1, 2, 3])
    for padding in [1, 2, 511, 1 << 19] {
      let zeros = [UInt8](repeating: 0, count: padding)
      #expect(try DataStream(path: "padded", bytes: member + zeros).contents() == [1, 2, 3])
      for foreign in [zeros + [7], zeros + member, [7] + zeros] as [[UInt8]] {
        #expect(throws: DatasetError.self) { try DataStream(path: "padded", bytes: member + foreign).contents() }
      }
    }
    // The next member begins where one read of the file ends, within its magic number.
    let filled = gzip([UInt8](repeating: 9, count: 65000))
    let members = (0..<9).reduce(into: [UInt8]()) { bytes, _ in bytes += filled }
    for offset in -3...3 {
      let first = gzip([UInt8](repeating: 9, count: (1 << 18) - 4 * filled.count - 23 + offset))
      let file = filled + filled + filled + filled + first + members
      #expect(
        try DataStream(path: "members", bytes: file).contents().count == (1 << 18) - 4 * (filled.count - 65000) - 23 + offset + 9 * 65000)
    }
  }

  @Test func whatIsNotAskedForIsNotInflated() throws {
    // 32 MB of zeros in 200 kB: the header claims 16 of them.
    let bomb = deflatedZeros(header: idx([4, 4], []), count: 32 << 20)
    let stream = try DataStream(path: "bomb", bytes: bomb)
    #expect(throws: DatasetError.trailingBytes(path: "bomb", expected: 28, found: nil)) { try IDXReader.read(stream) }
    // No file of this size holds what the header claims: nothing is allocated.
    let claim = gzip(idx([0xFFFF_FFFF, 1 << 16], [1]))
    guard case .damagedStream("claim", _) = try refusal({ try IDXReader.read(DataStream(path: "claim", bytes: claim)) }) else {
      Issue.record("a claim beyond the ratio of deflate was believed")
      return
    }
  }

  @Test func dataLargerThanTheMemoryAreRefusedBeforeTheyAreRead() throws {
    // A sparse file of 4 TB, which is on no disk.
    let path = "\(directory.path)/large.npy"
    let count = 1 << 39
    let header = NPYHeader(descr: "<f8", shape: [count / 4, 4]).encoded
    _ = try directory.write("large.npy", header)
    #expect(truncate(path, header.count + 8 * count) == 0)
    guard case .needsMemory(path, 4_398_046_511_104, _) = try refusal({ try NumPyArray(contentsOf: path) }) else {
      Issue.record("4 TB were accepted")
      return
    }
    let budget = MemoryBudget(available: 1600)
    #expect(throws: Never.self) { try budget.check(1500, path: "x") }
    for bytes in [1501, nil] {
      #expect(throws: DatasetError.needsMemory(path: "x", bytes: bytes ?? .max, available: 1600)) { try budget.check(bytes, path: "x") }
    }
    #expect(MemoryBudget().available > 1 << 20)
  }

  @Test func aFileThatIsCutOrChangedWhileItIsReadIsRefused() throws {
    let path = try directory.write("array.npy", NumPyArray(shape: [1000, 100], elements: [Double](repeating: 1, count: 100_000)).encoded())
    let changed = DatasetError.changedWhileRead(path: path)
    let stream = try DataStream(contentsOf: path)
    #expect(truncate(path, 5000) == 0)
    #expect(throws: changed) { try NPYReader.read(stream) }
    let kernel = try KernelFile(contentsOf: directory.write("array.npy", NumPyArray(shape: [2, 2], elements: [1, 0, 0, 1]).encoded()))
    #expect(try kernel.rows(0..<2) == [1, 0, 0, 1])
    #expect(truncate(path, 150) == 0)
    #expect(throws: changed) { try kernel.rows(1..<2) }
    #expect(throws: changed) { try kernel.checkSymmetric(size: 2) }
  }
}
