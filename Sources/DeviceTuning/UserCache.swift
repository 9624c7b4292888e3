import Compute
import Foundation

/// Folders of this user's caches: in `$XDG_CACHE_HOME/isthmus`, else in `~/.cache/isthmus`.
public enum UserCache {
  /// The folder of one cache; nil where it is switched off or the user has no home.
  ///
  /// - Parameter variable: an environment variable that names another folder, or `off` for none.
  /// - Returns: nil where the variable says `off` or the user has no home.
  /// - Throws: `ComputeError.variable` where it says anything else than `off` or a path with a slash in it, to a folder that is there or
  ///   can be made, and is made.
  public static func folder(
    _ name: String, variable: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) throws(ComputeError) -> URL? {
    guard let chosen = environment[variable], !chosen.isEmpty else { return folder(name, environment: environment) }
    if chosen == "off" { return nil }
    let url = URL(fileURLWithPath: chosen, isDirectory: true)
    if chosen.contains("/") {
      try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder), isFolder.boolValue { return url }
    }
    throw .variable(
      name: variable, value: chosen, expected: "the path, with a / in it, of a folder that is there or can be made, or off")
  }

  /// The folder `name` within the user's cache.
  ///
  /// - Returns: nil where the user has no home.
  public static func folder(_ name: String, environment: [String: String] = ProcessInfo.processInfo.environment) -> URL? {
    // A relative path there is to be ignored. Source: XDG Base Directory Specification.
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") {
      return URL(fileURLWithPath: base, isDirectory: true).appending(path: "isthmus/\(name)", directoryHint: .isDirectory)
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return URL(fileURLWithPath: home, isDirectory: true).appending(path: ".cache/isthmus/\(name)", directoryHint: .isDirectory)
  }
}
