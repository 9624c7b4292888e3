import Foundation

/// The file with values of neural-tangents (float64) that lies beside the repository; see the README beside it.
public enum OracleFile {
  /// Where it is looked for.
  public static let url = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/oracle/neural-tangents.json")
  /// The folder in which it lies with others of its kind.
  public static let folder = url.deletingLastPathComponent()
  /// Whether it is there.
  public static let isPresent = FileManager.default.fileExists(atPath: url.path)
  /// What a test says that is skipped without it.
  public static let absence = "no oracle at ../shared/oracle/neural-tangents.json: nothing was compared with neural-tangents"
}
