import Compute
import DeviceTuning
import DurableFiles
import Foundation

/// Built programs on disk, so that a second start compiles nothing.
///
/// A file holds the whole key (format, device, driver, options, program text) and the binary; the key is compared when it is read, so
/// a hash that two keys share costs a build and nothing else. Whatever goes wrong here means that a program is built from source:
/// nothing is thrown. Files are replaced in one go, so no reader sees half of one. What another user could have written is not believed
/// (`PrivateFolder`): a program is machine code. The files longest unused are removed where all together exceed the limit.
package struct ProgramCache: Sendable {
  /// Version of the file's layout; part of every key.
  private static let format = "isthmus program 1\n"

  /// Folder of the compiled programs.
  package let folder: PrivateFolder
  let limit: Int

  package init(folder: URL, limit: Int = 256 << 20) {
    self.folder = PrivateFolder(folder)
    self.limit = limit
  }

  /// The folder that `ISTHMUS_PROGRAM_CACHE` names, else `programs` in the user's cache; nil where it is `off`.
  /// - Throws: `.variable` where it names no folder.
  package static func chosen(environment: [String: String] = ProcessInfo.processInfo.environment) throws(ComputeError) -> ProgramCache? {
    try UserCache.folder("programs", variable: "ISTHMUS_PROGRAM_CACHE", environment: environment).map { ProgramCache(folder: $0) }
  }

  /// The binary that was stored under exactly this key.
  package func binary(for key: String) -> [UInt8]? {
    let name = Self.name(for: key)
    guard let data = try? folder.contents(of: name) else { return nil }
    let head = Self.head(key)
    guard data.count > head.count + 8, data.prefix(head.count).elementsEqual(head) else { return nil }
    let binary = [UInt8](data.dropFirst(head.count + 8))
    guard data.dropFirst(head.count).prefix(8).elementsEqual(Self.bytes(FNV1a(binary).value)) else { return nil }
    try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: folder.url.appending(path: name).path)
    return binary
  }

  /// Keeps a compiled program; a failure leaves it to be compiled again.
  package func store(_ binary: [UInt8], for key: String) {
    let head = Self.head(key)
    guard !binary.isEmpty, head.count + binary.count <= limit / 4 else { return }
    try? folder.replace(Self.name(for: key), with: head + Self.bytes(FNV1a(binary).value) + binary)
    makeRoom()
  }

  /// Removes the files longest unused until three quarters of the limit are left, once it is exceeded.
  private func makeRoom() {
    let keys: Set<URLResourceKey> = [.fileSizeKey, .contentModificationDateKey]
    let files = (try? FileManager.default.contentsOfDirectory(at: folder.url, includingPropertiesForKeys: Array(keys))) ?? []
    var entries: [(file: URL, size: Int, date: Date)] = []
    for file in files {
      guard let values = try? file.resourceValues(forKeys: keys) else { continue }
      entries.append((file, values.fileSize ?? 0, values.contentModificationDate ?? .distantPast))
    }
    var total = entries.reduce(0) { $0 + $1.size }
    guard total > limit else { return }
    for entry in entries.sorted(by: { $0.date < $1.date }) where total > limit / 4 * 3 {
      if (try? FileManager.default.removeItem(at: entry.file)) != nil { total -= entry.size }
    }
  }

  private static func name(for key: String) -> String { "\(FNV1a(key.utf8).text).program" }

  private static func head(_ key: String) -> [UInt8] {
    let text = Array(key.utf8)
    return Array(format.utf8) + bytes(UInt64(text.count)) + text
  }

  private static func bytes(_ number: UInt64) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }
}
