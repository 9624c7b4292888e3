import DurableFiles
import Foundation
import Synchronization

/// A place where PoCL, OpenCL for the processor, can keep what it compiles: without one it shows no device.
enum DriverCache {
  static let variable = "POCL_CACHE_DIR"
  private static let prefix = "isthmus-pocl."
  private static let temporary = Mutex<String?>(nil)

  /// The folder that was made because no other can be written; nil where PoCL has one.
  static var temporaryFolder: String? { temporary.withLock { $0 } }

  /// Names a fresh folder of this process alone where neither `POCL_CACHE_DIR` nor the user's cache can be written.
  static func prepare() {
    temporary.withLock { temporary in
      guard temporary == nil, !hasPlace(ProcessInfo.processInfo.environment) else { return }
      for parent in [ProcessInfo.processInfo.environment["TMPDIR"] ?? "", "/tmp"] where parent.hasPrefix("/") {
        removeLeftovers(in: parent)
        let name = "\(prefix)\(getpid())."
        guard let path = try? PrivateFolder.makeEmpty(in: URL(fileURLWithPath: parent), prefix: name).url.path else { continue }
        setenv(variable, path, 1)
        temporary = path
        return
      }
    }
  }

  static func removeTemporaryFolder() {
    temporary.withLock { temporary in
      if let path = temporary { try? FileManager.default.removeItem(atPath: path) }
      temporary = nil
    }
  }

  /// Removes folders of this user's processes that were killed.
  private static func removeLeftovers(in parent: String) {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
      guard let process = name.split(separator: ".").dropFirst().first.flatMap({ pid_t($0) }), process > 0 else { continue }
      if kill(process, 0) != 0, errno == ESRCH { try? FileManager.default.removeItem(atPath: "\(parent)/\(name)") }
    }
  }

  /// Whether the folder that PoCL would take is there, or can be made, and can be written.
  static func hasPlace(_ environment: [String: String]) -> Bool {
    if let named = environment[variable], !named.isEmpty { return canHold(named) }
    let base = environment["XDG_CACHE_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? environment["HOME"].map { $0 + "/.cache" }
    guard let base, base.hasPrefix("/"), canHold(base) else { return false }
    // What another user, such as root, has made there.
    let own: [String] = ["\(base)/pocl", "\(base)/pocl/kcache"]
    return own.allSatisfy { (folder: String) in access(folder, F_OK) != 0 || access(folder, W_OK | X_OK) == 0 }
  }

  /// Made where it is not there: only the attempt tells whether it can be.
  private static func canHold(_ folder: String) -> Bool {
    let url = URL(fileURLWithPath: folder, isDirectory: true)
    try? FileManager.default.createDirectory(at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) && isFolder.boolValue && access(folder, W_OK | X_OK) == 0
  }
}

extension OpenCLBackend {
  /// Removes what was made for this process alone. OpenCL may not be used afterwards.
  public static func removeTemporaryFolders() { DriverCache.removeTemporaryFolder() }

  /// Where PoCL has no lasting place for what it compiles.
  public var driverCacheRemark: String? {
    guard DriverCache.temporaryFolder != nil, device.driver.lowercased().contains("pocl") else { return nil }
    return
      "neither \(DriverCache.variable) nor the cache below XDG_CACHE_HOME or HOME can be written: PoCL keeps its programs in a temporary folder and "
      + "builds them anew for each command. Name a folder in \(DriverCache.variable)."
  }
}
