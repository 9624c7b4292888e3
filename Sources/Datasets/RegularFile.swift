import Foundation

/// A regular file that is open for reading.
struct RegularFile: ~Copyable {
  let path: String
  let byteCount: Int
  private let descriptor: Int32

  /// - Throws: `DatasetError.fileNotFound`, `.isDirectory`, `.unreadable`, `.emptyFile`.
  init(_ path: String) throws(DatasetError) {
    // Without O_NONBLOCK the opening of a pipe would wait for a writer.
    let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      if code == ENOENT || code == ENOTDIR { throw .fileNotFound(path: path) }
      throw .unreadable(path: path, reason: String(cString: strerror(code)))
    }
    do {
      byteCount = try RegularFile.size(descriptor, path: path)
    } catch {
      close(descriptor)
      throw error
    }
    (self.path, self.descriptor) = (path, descriptor)
  }

  deinit { close(descriptor) }

  private static func size(_ descriptor: Int32, path: String) throws(DatasetError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw .isDirectory(path: path) }
    guard kind == S_IFREG else { throw .unreadable(path: path, reason: "it is not a regular file") }
    guard status.st_size > 0 else { throw .emptyFile(path: path) }
    return Int(status.st_size)
  }

  /// All bytes, in memory.
  ///
  /// - Throws: `DatasetError.unreadable`.
  func contents() throws(DatasetError) -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
      while count < byteCount {
        guard let base = buffer.baseAddress else { break }
        let got = read(descriptor, base + count, byteCount - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        count += got
      }
    }
    guard failure == 0 else { throw .unreadable(path: path, reason: String(cString: strerror(failure))) }
    return bytes
  }

  /// All bytes, read from the disk as they are touched; the system drops them when memory is short. The file must not be shortened
  /// as long as they are in use.
  ///
  /// - Throws: `DatasetError.unreadable`.
  func mapped() throws(DatasetError) -> Data {
    guard let start = mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0), start != MAP_FAILED else {
      throw .unreadable(path: path, reason: String(cString: strerror(errno)))
    }
    return Data(bytesNoCopy: start, count: byteCount, deallocator: .unmap)
  }
}
