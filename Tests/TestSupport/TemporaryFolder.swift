import Foundation

/// A fresh folder that goes away with its last reference.
public final class TemporaryFolder: Sendable {
  /// The folder itself.
  public let url: URL

<<<<<<<< HEAD:Tests/FiguresTests/TemporaryFolder.swift
  init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("isthmus-figures-\(UUID().uuidString)")
========
  public init() throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("isthmus-tests-\(UUID().uuidString)")
>>>>>>>> 08629b8 (Tests: one folder in passing, one generator, one way around a backend):Tests/TestSupport/TemporaryFolder.swift
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }
}
