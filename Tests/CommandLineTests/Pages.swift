import Foundation

/// The pages of the repository, where they are beside the tests.
enum Pages {
  static let root = (0..<3).reduce(URL(fileURLWithPath: #filePath)) { url, _ in url.deletingLastPathComponent() }
  static let arePresent = FileManager.default.fileExists(atPath: root.appending(path: "Documentation/README.md").path)

  /// - Parameter path: below the root of the repository.
  static func text(_ path: String) throws -> String { try String(contentsOf: root.appending(path: path), encoding: .utf8) }

  static func all() throws -> [(path: String, text: String)] {
    let files = FileManager.default.enumerator(atPath: root.appending(path: "Documentation").path)
    let below = (files?.compactMap { $0 as? String } ?? []).filter { $0.hasSuffix(".md") }.map { "Documentation/\($0)" }
    return try (["README.md", "CONTRIBUTING.md", "Benchmarks/README.md"] + below).map { ($0, try text($0)) }
  }
}
