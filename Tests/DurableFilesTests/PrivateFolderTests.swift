import DurableFiles
import Foundation
import TestSupport
import Testing

@Suite struct PrivateFolderTests {
  private let parent: TemporaryFolder
  private let folder: PrivateFolder

  init() throws {
    parent = try TemporaryFolder()
    folder = PrivateFolder(parent.url.appendingPathComponent("cache"))
  }

  private func expectNotTrusted(_ comment: Comment, _ body: () throws -> Void) {
    let error = #expect(throws: FileError.self, comment, performing: body)
    guard case .notTrusted = error else { return #expect(Bool(false), "\(comment): \(String(describing: error))") }
  }

  @Test func whatWasReplacedIsReadBack() throws {
    #expect(folder.fault == nil)
    #expect(try folder.contents(of: "a") == nil)
    try folder.replace("a", with: Data("x".utf8))
    #expect(try folder.contents(of: "a") == Data("x".utf8))
    #expect(try folder.contents(of: "b") == nil)
    #expect(folder.fault == nil)
    var status = stat()
    #expect(stat(folder.url.path, &status) == 0 && status.st_mode & 0o777 == 0o700)
  }

  @Test(arguments: [0o720, 0o702, 0o777] as [mode_t]) func aFolderThatOthersCanWriteIsNotBelieved(_ mode: mode_t) throws {
    try folder.replace("a", with: Data("x".utf8))
    chmod(folder.url.path, mode)
    #expect(folder.fault != nil)
    expectNotTrusted("read") { _ = try folder.contents(of: "a") }
    expectNotTrusted("write") { try folder.replace("a", with: Data()) }
    chmod(folder.url.path, 0o755)
    #expect(try folder.contents(of: "a") == Data("x".utf8), "others may read")
  }

  @Test func aFileThatOthersCanWriteIsNotBelieved() throws {
    try folder.replace("a", with: Data("x".utf8))
    let file = folder.url.appendingPathComponent("a").path
    chmod(file, 0o620)
    expectNotTrusted("group") { _ = try folder.contents(of: "a") }
    unlink(file)
    try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/etc/passwd")
    expectNotTrusted("link") { _ = try folder.contents(of: "a") }
    unlink(file)
    mkfifo(file, 0o600)
    expectNotTrusted("pipe") { _ = try folder.contents(of: "a") }
  }

  @Test func aLinkToAFolderIsNotBelieved() throws {
    let elsewhere = parent.url.appendingPathComponent("elsewhere")
    try PrivateFolder(elsewhere).replace("a", with: Data())
    try FileManager.default.createSymbolicLink(at: folder.url, withDestinationURL: elsewhere)
    expectNotTrusted("link") { _ = try folder.contents(of: "a") }
  }

  /// Only root can give files away.
  @Test(.enabled(if: geteuid() == 0, "needs root")) func whatBelongsToAnotherUserIsNotBelieved() throws {
    try folder.replace("a", with: Data("x".utf8))
    let file = folder.url.appendingPathComponent("a").path
    chown(file, 65534, 65534)
    expectNotTrusted("file") { _ = try folder.contents(of: "a") }
    chown(file, 0, 0)
    chown(folder.url.path, 65534, 65534)
    expectNotTrusted("folder") { _ = try folder.contents(of: "a") }
  }
}
