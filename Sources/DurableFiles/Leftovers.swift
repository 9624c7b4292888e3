import Foundation

extension ReplacementFile {
  /// How long a file of another host, or of an older version of the program, must have lain untouched to count as left over.
  private static let patience: TimeInterval = 7 * 24 * 3600

  /// Removes unfinished files in `folder` whose process was killed: those of processes of this host that are gone, and others that nobody has
  /// written for a week. Files of a living process stay.
  ///
  /// - Parameter names: what the files were to become, in a folder that holds files of others; nil takes any.
  public static func removeLeftovers(in folder: URL, of names: [String]? = nil) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    where name.hasPrefix(".") && name.hasSuffix(".partial") && (names?.contains { name.hasPrefix(".\($0).") } ?? true) {
      let path = folder.appendingPathComponent(name).path
      guard PartialName(parsing: name)?.writer.mayBeAlive == false || isAbandoned(path) else { continue }
      unlink(path)
    }
  }

  private static func isAbandoned(_ path: String) -> Bool {
    guard let attributes = try? FileManager.default.attributesOfItem(atPath: path), let date = attributes[.modificationDate] as? Date
    else { return false }
    return -date.timeIntervalSinceNow > patience
  }
}
