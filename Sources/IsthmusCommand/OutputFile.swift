import DurableFiles
import Foundation
import PrintableText
import Results

/// Files that a command writes for other programs to read.
enum OutputFile {
  /// Writes JSON to a file; `-` prints it.
  static func write(json: Data, to path: String) throws {
    if path == "-" {
      Terminal.write(lines: String(decoding: json, as: UTF8.self).printableJSON.trimmingLineFeed)
    } else {
      try DurableFile.replace(URL(fileURLWithPath: path), with: json)
    }
  }

  /// Writes a value; `-` prints it.
  static func write(_ value: JSONValue, to path: String) throws { try write(json: Data(value.prettyText.utf8), to: path) }

  /// Says before minutes of work, not after them, that a file cannot be written.
  static func checkFolder(of path: String) throws(CommandLineError) {
    guard path != "-" else { return }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw .cannotWrite(path: path, reason: "the folder \(folder) does not exist or is not open for writing")
    }
  }
}
