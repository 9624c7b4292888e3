import Foundation

/// A folder for one attempt: the program works in `work`, and nothing beside it may change.
final class Sandbox {
  let root: URL
  let work: URL
  /// Where the output of the program goes.
  let scratch: URL
  /// A file of somebody else, for links.
  let precious: URL
  /// Exists once `command` ran.
  private let planted: URL

  init() throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("isthmus-fuzz-\(UUID().uuidString)")
    work = root.appendingPathComponent("work", isDirectory: true)
    scratch = root.appendingPathComponent("scratch", isDirectory: true)
    precious = root.appendingPathComponent("precious")
    planted = root.appendingPathComponent("planted")
    for folder in [work, scratch] { try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true) }
    try Data("precious\n".utf8).write(to: precious)
  }

  deinit { try? FileManager.default.removeItem(at: root) }

  /// A command that leaves a trace, for texts that should never be run.
  var command: String { "touch \(planted.path)" }

  /// What changed though it must not have; nil where nothing did.
  var damage: String? {
    if FileManager.default.fileExists(atPath: planted.path) { return "a command from data ran" }
    if (try? Data(contentsOf: precious)) != Data("precious\n".utf8) { return "a file outside the working folder was changed" }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.path))?.sorted() ?? []
    return names == ["precious", "scratch", "work"] ? nil : "files outside the working folder: \(names)"
  }

  func write(_ name: String, _ bytes: [UInt8]) throws { try Data(bytes).write(to: work.appendingPathComponent(name)) }
  func write(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }
}
