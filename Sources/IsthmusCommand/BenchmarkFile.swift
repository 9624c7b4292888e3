import DeviceBenchmarks
import Foundation
import YAMLFiles

/// Files of `isthmus bench --json`.
enum BenchmarkFile {
  /// A report of `isthmus bench --json`, compressed by gzip or not.
  static func report(_ path: String) throws -> BenchmarkReport {
    let bytes = try SmallFile.inflatedContents(path, atMost: 64 << 20, kind: "a report of `isthmus bench --json`")
    func unreadable(_ reason: String) -> CommandLineError {
      .unreadableFile(path: path, reason: "it is no report of `isthmus bench --json`: \(reason)")
    }
    do {
      return try BenchmarkReport(json: Data(bytes))
    } catch let error as BenchmarkReportError {
      throw unreadable("\(error)")
    } catch {
      throw unreadable(error.localizedDescription)
    }
  }
}
