import Compute
import Foundation
import OpenCLBackend
import Testing
import WideKernels

@Suite struct ProgramCacheTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "isthmus-programs-\(UUID().uuidString)")
  private var cache: ProgramCache { ProgramCache(folder: folder) }

  private func files() throws -> [URL] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil).sorted { $0.path < $1.path }
  }

  @Test func aBinaryComesBackUnderItsKeyAlone() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(cache.binary(for: "device\ntext") == nil)
    cache.store([1, 2, 3], for: "device\ntext")
    cache.store([4], for: "device\nother text")
    #expect(cache.binary(for: "device\ntext") == [1, 2, 3])
    #expect(cache.binary(for: "device\nother text") == [4])
    #expect(cache.binary(for: "device\ntex") == nil)
    #expect(try files().count == 2)
    // As if two keys had one hash: the file of one holds the other.
    let both = try files()
    try FileManager.default.removeItem(at: both[0])
    try FileManager.default.copyItem(at: both[1], to: both[0])
    #expect([cache.binary(for: "device\ntext"), cache.binary(for: "device\nother text")].count { $0 == nil } == 1)
  }

  @Test func aDamagedFileIsNoBinary() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    cache.store(Array(0..<100), for: "key")
    let file = try #require(try files().first)
    let whole = try Data(contentsOf: file)
    for count in 0..<whole.count {
      try whole.prefix(count).write(to: file)
      #expect(cache.binary(for: "key") == nil, "\(count) of \(whole.count) bytes")
    }
    for position in whole.indices {
      var damaged = whole
      damaged[position] ^= 4
      try damaged.write(to: file)
      #expect(cache.binary(for: "key") == nil, "byte \(position)")
    }
  }

  @Test func theLongestUnusedMakeRoom() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let cache = ProgramCache(folder: folder, limit: 10_000)
    for key in 0..<8 { cache.store([UInt8](repeating: 1, count: 1100), for: "\(key)") }
    for (age, file) in try files().enumerated() {
      try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -1000 - Double(age))], ofItemAtPath: file.path)
    }
    #expect(cache.binary(for: "3") != nil)
    cache.store([UInt8](repeating: 1, count: 1100), for: "8")
    let size = try files().reduce(0) { try $0 + Data(contentsOf: $1).count }
    #expect(size > 5000 && size <= 7500)
    #expect(cache.binary(for: "3") != nil, "it was read last")
    #expect(cache.binary(for: "8") != nil)
    cache.store([UInt8](repeating: 1, count: 4000), for: "large")
    #expect(cache.binary(for: "large") == nil, "one program may not drive out the others")
  }

  @Test func aFolderThatCannotBeMadeIsNoError() {
    let cache = ProgramCache(folder: URL(fileURLWithPath: "/dev/null/programs"))
    cache.store([1], for: "key")
    #expect(cache.binary(for: "key") == nil)
  }

  @Test func theFolderFollowsTheEnvironment() throws {
    defer { try? FileManager.default.removeItem(at: self.folder) }
    func folder(_ environment: [String: String]) throws -> String? { try ProgramCache.chosen(environment: environment)?.folder.url.path }
    #expect(try folder(["HOME": "/home/a"]) == "/home/a/.cache/isthmus/programs")
    #expect(try folder(["HOME": "/home/a", "XDG_CACHE_HOME": "/c"]) == "/c/isthmus/programs")
    #expect(try folder(["HOME": "/home/a", "XDG_CACHE_HOME": "relative"]) == "/home/a/.cache/isthmus/programs")
    #expect(try folder(["HOME": "/home/a", "ISTHMUS_PROGRAM_CACHE": self.folder.path]) == self.folder.path)
    #expect(try folder(["HOME": "/home/a", "ISTHMUS_PROGRAM_CACHE": "off"]) == nil)
    #expect(try folder([:]) == nil)
    #expect(throws: ComputeError.self) { try folder(["HOME": "/home/a", "ISTHMUS_PROGRAM_CACHE": "/dev/null/programs"]) }
  }

  @Test(.needsOpenCL) func aSecondStartCompilesNothingAndAForeignBinaryIsNoFailure() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    func compiled() throws -> Int {
      let backend = try #require(try OpenCLBackend.discover(tiles: nil, cache: cache).first)
      let engine = try Engine(backend, precision: .float32)
      let x = try engine.tensor([1, 2, 3], rows: 1, columns: 3)
      #expect(try engine.read(engine.map(.scaled(by: 3, plus: 1), x)) == [4, 7, 10])
      return backend.compiledPrograms
    }
    #expect(try compiled() == 1)
    #expect(try compiled() == 0)
    // Whole by its checksum, but no driver's.
    let file = try #require(try files().first)
    var text = try Data(contentsOf: file)
    let length = text.dropFirst("isthmus program 1\n".count).prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    text = text.dropFirst("isthmus program 1\n".count + 8).prefix(length)
    cache.store(Array("not a program".utf8), for: String(decoding: text, as: UTF8.self))
    #expect(try compiled() == 1)
    #expect(try compiled() == 0)
  }
}
