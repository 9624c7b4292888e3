import DurableFiles
import Foundation

/// Removal of runs, of each as a whole.
public enum RunRemoval {
  /// Removes the folders of runs with all that is in them.
  ///
  /// All are locked, then all are renamed to hidden names, which no listing shows, and only then files are deleted: a run that cannot be
  /// removed keeps every other, and a removal that is killed leaves no half of a run. What it leaves under a hidden name the next removal
  /// beside it deletes. Of a symbolic link to a run the link alone goes.
  ///
  /// - Throws: `ResultsError.notARun`, `.locked` or `.heldElsewhere` for a run that a process writes, `.notWritable`: nothing is removed.
  ///   `.notRemoved` where files of a renamed run remain.
  public static func remove(_ directories: [URL]) throws(ResultsError) {
    var paths: [String] = []
    for directory in directories where !paths.contains(directory.path) {
      try check(directory)
      paths.append(directory.path)
    }
    var locks: [HeldLock] = []
    for path in paths { locks.append(try HeldLock(URL(fileURLWithPath: path, isDirectory: true))) }
    let moved = try hide(paths)
    for folder in Set(paths.map { ($0 as NSString).deletingLastPathComponent }) { HiddenRun.removeLeftovers(in: folder) }
    var failure: ResultsError?
    for path in moved {
      do {
        try FileManager.default.removeItem(atPath: path)
      } catch {
        failure = failure ?? .notRemoved(path: path, reason: (error as NSError).localizedDescription)
      }
    }
    withExtendedLifetime(locks) {}
    if let failure { throw failure }
  }

  /// Refuses a folder without the files of a run: not everything that lies beside runs is one.
  private static func check(_ directory: URL) throws(ResultsError) {
    let files = [Manifest.file(in: directory), RunRecords.file(in: directory)]
    guard files.contains(where: { FileManager.default.fileExists(atPath: $0.path) }) else {
      throw .notARun(directory: directory.relativePath)
    }
  }

  /// Renames all folders, or none.
  private static func hide(_ paths: [String]) throws(ResultsError) -> [String] {
    var moved: [(from: String, to: String)] = []
    for path in paths {
      let hidden = HiddenRun.path(of: path)
      guard rename(path, hidden) == 0 else {
        let reason = SystemFile.lastError
        for (from, to) in moved.reversed() { rename(to, from) }
        throw .notWritable(path: (path as NSString).deletingLastPathComponent, reason: reason)
      }
      moved.append((path, hidden))
    }
    return moved.map(\.to)
  }

  private final class HeldLock {
    private let lock: RunLock
    init(_ directory: URL) throws(ResultsError) { lock = try RunLock(directory) }
  }
}

/// The name of a run's folder while it is being removed: `.RUN.MARK_RANDOM.removed`.
enum HiddenRun {
  private static let suffix = ".removed"

  static func path(of path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent, run = (path as NSString).lastPathComponent
    return "\(folder)/.\(run.prefix(60)).\(ProcessMark.own.text)_\(String(UInt64.random(in: .min ... .max), radix: 36))\(suffix)"
  }

  /// Deletes what removals of processes left that are gone.
  static func removeLeftovers(in folder: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasPrefix(".") && name.hasSuffix(suffix) {
      guard let end = name.dropLast(suffix.count).split(separator: ".").last, let separator = end.lastIndex(of: "_"),
        let remover = ProcessMark(parsing: end[..<separator]), !remover.mayBeAlive
      else { continue }
      try? FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
  }
}
