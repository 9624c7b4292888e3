import Foundation

/// A folder that nobody but this user can have filled, so that what is read from it may be believed: a cache of machine code.
///
/// It must be a folder itself, not a symbolic link, belong to the user of the process, and be writable by no other user; so must each file
/// that is read. Files are replaced in one go (`ReplacementFile`).
public struct PrivateFolder: Sendable {
  /// The folder itself, which may not exist yet.
  public let url: URL

  public init(_ url: URL) { self.url = url }

  /// Makes a new, empty folder in `parent`, under a name that no other process takes.
  ///
  /// - Parameter prefix: what the name begins with; it ends at random.
  /// - Throws: `FileError.cannotWrite` for `parent`.
  public static func makeEmpty(in parent: URL, prefix: String) throws(FileError) -> PrivateFolder {
    var template = Array(parent.appendingPathComponent(prefix + "XXXXXX").path.utf8CString)
    guard mkdtemp(&template) != nil else { throw .cannotWrite(path: parent.path, reason: FileError.systemReason) }
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return PrivateFolder(URL(fileURLWithPath: path, isDirectory: true))
  }

  /// Why nothing in the folder is believed; nil where it is this user's own, or not there yet.
  public var fault: FileError? {
    do {
      if let folder = try opened() { close(folder) }
      return nil
    } catch {
      return error
    }
  }

  /// The content of a file of the folder; nil where there is none.
  ///
  /// - Throws: `FileError.notTrusted`, `.cannotRead`.
  public func contents(of name: String) throws(FileError) -> Data? {
    guard let folder = try opened() else { return nil }
    defer { close(folder) }
    let path = url.appendingPathComponent(name).path
    // Nothing to wait for: a pipe that lies there does not block.
    let descriptor = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    if descriptor < 0, errno == ENOENT { return nil }
    if descriptor < 0, errno == ELOOP { throw .notTrusted(path: path, reason: "it is a symbolic link") }
    guard descriptor >= 0 else { throw .cannotRead(path: path, reason: FileError.systemReason) }
    let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try PrivateFolder.check(descriptor, kind: S_IFREG, path: path)
    do {
      return try file.readToEnd() ?? Data()
    } catch {
      throw .cannotRead(path: path, reason: "\(error)")
    }
  }

  /// Replaces a file of the folder, which is made where it is missing; only this user can read the file.
  ///
  /// - Throws: `FileError.notTrusted`, `.cannotWrite`.
  public func replace(_ name: String, with bytes: some ContiguousBytes) throws(FileError) {
    try DurableFile.createFolder(url, mode: 0o700)
    if let folder = try opened() { close(folder) }
    let file = try ReplacementFile(of: url.appendingPathComponent(name))
    fchmod(file.descriptor, 0o600)
    let result = bytes.withUnsafeBytes { bytes in Result { () throws(FileError) in try file.append(bytes) } }
    try result.get()
    try file.commit()
  }

  /// The folder's descriptor; nil where it does not exist.
  private func opened() throws(FileError) -> Int32? {
    let descriptor = open(url.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0 else {
      switch errno {
      case ENOENT: return nil
      // A link at the last place: Linux names one or the other.
      case ELOOP, ENOTDIR: throw .notTrusted(path: url.path, reason: "it is a symbolic link, or no folder")
      default: throw .cannotRead(path: url.path, reason: FileError.systemReason)
      }
    }
    do {
      try PrivateFolder.check(descriptor, kind: S_IFDIR, path: url.path)
    } catch {
      close(descriptor)
      throw error
    }
    return descriptor
  }

  private static func check(_ descriptor: Int32, kind: mode_t, path: String) throws(FileError) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .cannotRead(path: path, reason: FileError.systemReason) }
    guard status.st_mode & S_IFMT == kind else {
      throw .notTrusted(path: path, reason: "it is no \(kind == S_IFDIR ? "folder" : "regular file")")
    }
    guard status.st_uid == geteuid() else {
      throw .notTrusted(path: path, reason: "it belongs to user \(status.st_uid), and this process to user \(geteuid())")
    }
    guard status.st_mode & 0o022 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw .notTrusted(path: path, reason: "other users can write it (mode \(mode)); `chmod go-w` it")
    }
  }
}
