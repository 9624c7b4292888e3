import CSignals
import DurableFiles
import Foundation
import TestSupport
import Testing

@Suite struct ReplacementFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() }

  private func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

  @Test func theOldContentStaysUntilTheNewIsWhole() throws {
    let file = folder.url.appendingPathComponent("a")
    try DurableFile.replace(file, with: Data("old".utf8))
    do {
      let replacement = try ReplacementFile(of: file)
      try Array("ne".utf8).withUnsafeBytes { try replacement.append($0) }
      #expect(try text(file) == "old")
      #expect(try names().count == 2)
    }
    #expect(try names() == ["a"], "without commit nothing stays")
    try DurableFile.replace(file, with: Data("new".utf8))
    #expect(try text(file) == "new")
    #expect(try names() == ["a"])
  }

  /// A link to somebody's file at the place, and at a name that could be guessed.
  @Test func aSymbolicLinkIsReplacedAndNeverWrittenThrough() throws {
    let file = folder.url.appendingPathComponent("a"), precious = folder.url.appendingPathComponent("precious")
    try Data("precious".utf8).write(to: precious)
    for link in [file, folder.url.appendingPathComponent(".a.partial")] {
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: precious)
    }
    try DurableFile.replace(file, with: Data("new".utf8))
    #expect(try text(precious) == "precious")
    var status = stat()
    #expect(lstat(file.path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG)
    #expect(try text(file) == "new")
  }

  @Test func twoWritersOfOneFileDoNotMix() throws {
    let file = folder.url.appendingPathComponent("a")
    let first = try ReplacementFile(of: file), second = try ReplacementFile(of: file)
    try Array("11".utf8).withUnsafeBytes { try first.append($0) }
    try Array("2".utf8).withUnsafeBytes { try second.append($0) }
    try second.commit()
    #expect(try text(file) == "2")
    try first.commit()
    #expect(try text(file) == "11")
    #expect(try names() == ["a"])
  }

  @Test func theModeFollowsTheUmask() throws {
    let file = folder.url.appendingPathComponent("a"), mask = umask(0)
    umask(mask)
    try DurableFile.replace(file, with: Data())
    var status = stat()
    #expect(stat(file.path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o666 & ~mask)
  }

  @Test func aLongNameStillFits() throws {
    let file = folder.url.appendingPathComponent(String(repeating: "ä", count: 125))
    try DurableFile.replace(file, with: Data("x".utf8))
    #expect(try text(file) == "x")
  }

  @Test func anErrorNamesTheFileThatWasToBeReplaced() {
    let file = folder.url.appendingPathComponent("none/a")
    #expect(throws: FileError.cannotWrite(path: file.path, reason: String(cString: strerror(ENOENT)))) {
      try DurableFile.replace(file, with: Data())
    }
  }

  @Test func leftoversOfThisHostsDeadProcessesGoAndOthersStay() throws {
    let file = folder.url.appendingPathComponent("my.file.npy"), killed = Process()
    killed.executableURL = URL(fileURLWithPath: "/bin/true")
    try killed.run()
    killed.waitUntilExit()
    let own = try ReplacementFile(of: file), name = own.partial.lastPathComponent
    let dead = name.replacing("_\(getpid())_", with: "_\(killed.processIdentifier)_")
    let elsewhere = dead.replacing(".my.file.npy.", with: ".my.file.npy.other")
    let foreign = [".a.partial", ".partial", "a.partial", ".b.x_y_z_w.partial", ".b.h__99999999999_r.partial", ".ä._1_.partial"]
    for name in foreign + [dead, elsewhere, "kept"] { try Data().write(to: folder.url.appendingPathComponent(name)) }
    ReplacementFile.removeLeftovers(in: folder.url, of: ["file.npy"])
    #expect(try names().contains(dead))
    ReplacementFile.removeLeftovers(in: folder.url)
    #expect(try names() == (foreign + [name, elsewhere, "kept"]).sorted())
    // Abandoned for a year.
    for name in [foreign[0], elsewhere, "kept"] {
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -365 * 86400)], ofItemAtPath: folder.url.appendingPathComponent(name).path)
    }
    ReplacementFile.removeLeftovers(in: folder.url)
    #expect(try names() == (foreign.dropFirst() + [name, "kept"]).sorted())
    _ = consume own
  }

  /// That an end by a signal removes the files is tested on the program itself.
  @Test func slotsOfUnfinishedFilesAreGivenBack() {
    for _ in 0..<1000 {
      let slot = isthmus_unfinished_add("/nonexistent/isthmus")
      #expect(slot >= 0)
      isthmus_unfinished_forget(slot)
    }
    isthmus_unfinished_forget(-1)
  }
}
