import CRevision
import Compute
import Foundation
import LinearAlgebra

/// What the numbers of a run depend on beside its settings.
enum Provenance {
  /// `ISTHMUS_REVISION` from the environment, else the revision that the build was told, else the git commit of the checkout that
  /// holds this program, with `-dirty` after it where files were changed, else "unknown".
  static var sourceRevision: String {
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

  /// Without those of a device.
  static var programVersions: [String: String] {
    var versions = ["isthmus": Program.version, "swift": swift, "system": ProcessInfo.processInfo.operatingSystemVersionString]
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
    let process = Process(), output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["git"] + arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    return process.terminationStatus == 0 && !text.isEmpty ? text : nil
  }
}
