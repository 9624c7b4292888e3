import CRevision
import Compute
import Foundation
import LinearAlgebra
import Results
import Subprocesses

/// What the numbers of a run depend on beside its settings.
package enum Provenance {
  /// Version of the program and the library.
  package static let version = "0.1.0"

  /// `ISTHMUS_REVISION` from the environment, else the revision that the build was told, else the git commit of the checkout that
  /// holds this program, with `-dirty` after it where files were changed, else "unknown".
  package static var sourceRevision: String {
    if let revision = ProcessInfo.processInfo.environment["ISTHMUS_REVISION"], !revision.isEmpty { return revision }
    if let revision = isthmus_built_revision() { return String(cString: revision) }
    guard let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent().path,
      let root = git(["-C", folder, "rev-parse", "--show-toplevel"]),
      FileManager.default.fileExists(atPath: root + "/Sources/IsthmusCommand"),
      let revision = git(["-C", root, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"])
    else { return "unknown" }
    return revision
  }

  static func versions(of device: DeviceDescription) -> [String: String] {
    var versions = programVersions.merging(["driver": device.driver]) { own, _ in own }
    versions["tiles"] = device.tiles
    return versions
  }

  /// Raised by every change of the program after which equal runs have other bits.
  private static let numericsVersion = 3

  /// What the bits of numbers depend on beside a run's settings: a run goes on where these are as they were. The program's own threads are
  /// not among them; those of OpenBLAS are.
  static func numerics(of device: DeviceDescription) -> [String: String] {
    [
      "backend": device.backend, "device": device.name, "driver": RunDescription.withoutThreads(device.driver),
      "tiles": device.tiles ?? RunDescription.ownTiles, "lapack": LAPACK.configuration ?? "not OpenBLAS",
      "lapackThreads": ProcessInfo.processInfo.environment["OPENBLAS_NUM_THREADS"] ?? "its own choice", "numerics": "\(numericsVersion)",
    ]
  }

  /// Versions without those of a device.
  package static var programVersions: [String: String] {
    var versions = ["isthmus": version, "swift": swift, "system": ProcessInfo.processInfo.operatingSystemVersionString]
    versions["openblas"] = LAPACK.configuration
    return versions
  }

  private static var swift: String {
    #if compiler(>=6.4)
    "6.4 or later"
    #elseif compiler(>=6.3)
    "6.3"
    #else
    "6.2"
    #endif
  }

  private static func git(_ arguments: [String]) -> String? {
    guard let outcome = try? ChildProcess("git", arguments).run(), outcome.succeeded else { return nil }
    let text = String(decoding: outcome.output, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? nil : text
  }
}
