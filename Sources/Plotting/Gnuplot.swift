import Foundation

/// The gnuplot program, run as a subprocess.
public struct Gnuplot: Sendable {
  public let executable: URL

  /// Looks in `ISTHMUS_GNUPLOT` (a path), else along `PATH`.
  ///
  /// - Throws: `PlottingError.notInstalled`.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) throws(PlottingError) {
    let named = environment["ISTHMUS_GNUPLOT"].flatMap { $0.isEmpty ? nil : $0 }
    let folders = (environment["PATH"] ?? "").split(separator: ":").map { String($0) + "/gnuplot" }
    let candidates = named.map { [$0] } ?? folders
    guard let path = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0) }) else {
      throw .notInstalled(searched: named.map { "ISTHMUS_GNUPLOT=\($0)" } ?? "PATH")
    }
    executable = URL(fileURLWithPath: path)
  }

  /// Runs `script` and waits for its end. The user's own gnuplot settings are not read.
  ///
  /// - Parameter figure: its name, for errors.
  /// - Throws: `PlottingError.gnuplotFailed` with what gnuplot wrote to its standard error.
  func run(_ script: String, figure: String) throws(PlottingError) {
    // Files, not pipes: neither side can block on a full pipe, or fail on a closed one.
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("isthmus-gnuplot-\(UUID().uuidString)")
    let input = folder.appendingPathComponent("script"), errors = folder.appendingPathComponent("errors")
    let process = Process()
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data(script.utf8).write(to: input)
      try Data().write(to: errors)
      process.executableURL = executable
      process.arguments = ["-d"]
      process.standardInput = try FileHandle(forReadingFrom: input)
      process.standardOutput = FileHandle.nullDevice
      process.standardError = try FileHandle(forWritingTo: errors)
      try process.run()
    } catch {
      throw .gnuplotFailed(figure: figure, status: -1, message: "it could not be started: \(error)")
    }
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      let text = (try? Data(contentsOf: errors)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      let message = text.trimmingCharacters(in: .whitespacesAndNewlines)
      throw .gnuplotFailed(figure: figure, status: process.terminationStatus, message: message)
    }
  }
}
