import Foundation

/// Where this user's caches are kept: `$XDG_CACHE_HOME/isthmus`, else `~/.cache/isthmus`.
public enum UserCache {
  /// - Parameter variable: an environment variable that names another folder, or `off` for none.
  /// - Returns: nil where the variable says `off` or the user has no home.
  public static func folder(
    _ name: String, variable: String, environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> URL? {
    if let chosen = environment[variable], !chosen.isEmpty {
      return chosen == "off" ? nil : URL(fileURLWithPath: chosen, isDirectory: true)
    }
    // A relative path there is to be ignored. Source: XDG Base Directory Specification.
    if let base = environment["XDG_CACHE_HOME"], base.hasPrefix("/") {
      return URL(fileURLWithPath: base, isDirectory: true).appending(path: "isthmus/\(name)", directoryHint: .isDirectory)
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else { return nil }
    return URL(fileURLWithPath: home, isDirectory: true).appending(path: ".cache/isthmus/\(name)", directoryHint: .isDirectory)
  }
}
