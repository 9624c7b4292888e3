import Foundation

/// A fresh folder that goes away with its last reference.
public final class TemporaryFolder: Sendable {
  /// The folder itself.
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("isthmus-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
