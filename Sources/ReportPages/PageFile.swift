import DurableFiles
import Foundation

/// What can go wrong when a page is written.
public enum PageError: Error, Equatable, CustomStringConvertible {
  /// A file in the way that is no page of this program.
  case notOwn(path: String)
  /// A file that cannot be written.
  case cannotWrite(path: String, reason: String)

  public var description: String {
    switch self {
    case .notOwn(let path):
      "\(path) is there and is no page that `isthmus report` wrote, so it stays as it is; name another file with --output, or move it away."
    case .cannotWrite(let path, let reason): "writing \(path) failed: \(reason)"
    }
  }
}

/// The file of a page, which takes the place of an older page and of nothing else.
public struct PageFile: Sendable {
  /// Where the page lies.
  public let url: URL

  /// Looks what is there, before anything is drawn.
  ///
  /// - Throws: `PageError.notOwn` for what is no page of this program: another file, a folder, a link.
  public init(_ url: URL) throws(PageError) {
    self.url = url
    var status = stat()
    guard lstat(url.path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG, Self.isPage(url) else { throw .notOwn(path: url.relativePath) }
  }

  /// Writes the page as a whole.
  ///
  /// - Throws: `PageError.cannotWrite`; the older page is then left as it was.
  public func write(_ page: HTMLPage) throws(PageError) {
    do {
      try DurableFile.replace(url, with: Data(page.html.utf8))
    } catch {
      throw .cannotWrite(path: error.path, reason: error.reason)
    }
  }

  /// Whether the file begins as pages do.
  private static func isPage(_ url: URL) -> Bool {
    guard let file = try? FileHandle(forReadingFrom: url) else { return false }
    defer { try? file.close() }
    let head = (try? file.read(upToCount: 1000)) ?? Data()
    return head.starts(with: Data("<!DOCTYPE html>".utf8))
      && head.range(of: Data("<meta name=\"generator\" content=\"\(HTMLPage.generator)\" />".utf8)) != nil
  }
}
