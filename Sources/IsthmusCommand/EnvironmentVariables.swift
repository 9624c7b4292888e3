import Foundation

/// The variables of the environment whose names begin with ISTHMUS_. Each value is checked where it is used.
package enum EnvironmentVariables {
  private static let prefix = "ISTHMUS_"

  /// All that the program, its build, its tests and its benchmarks read. Documentation/environment.md says what each does.
  package static let known = [
    "ISTHMUS_CPU", "ISTHMUS_DOCS", "ISTHMUS_GNUPLOT", "ISTHMUS_KEEP_FIGURES", "ISTHMUS_KERNELS", "ISTHMUS_LAPACK", "ISTHMUS_LONG",
    "ISTHMUS_NATIVE", "ISTHMUS_OPENCL_LIBRARY", "ISTHMUS_OPENCL_TILES", "ISTHMUS_PROGRAM_CACHE", "ISTHMUS_REQUIRE", "ISTHMUS_REVISION",
    "ISTHMUS_SETUP", "ISTHMUS_SHARED", "ISTHMUS_THREADS", "ISTHMUS_TILES", "ISTHMUS_WARNINGS_AS_ERRORS",
  ]

  /// Looks for names that nothing reads: an error where it is nearly a known one, a warning elsewhere.
  static func check(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws(CommandLineError) {
    for name in environment.keys.sorted() where name.hasPrefix(prefix) && !known.contains(name) {
      if let meant = nearest(to: name) { throw .unknownVariable(name: name, meant: meant) }
      Terminal.writeError(
        "warning: the environment variable \(name) is not known and has no effect; known are \(known.joined(separator: ", "))")
    }
  }

  /// The known name that at most two letters make of this one.
  package static func nearest(to name: String) -> String? {
    known.map { ($0, distance($0, name)) }.filter { $0.1 <= 2 }.min { $0.1 < $1.1 }?.0
  }

  /// Letters to insert, leave out or change. Source: Wagner & Fischer 1974.
  private static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b)
    var row = Array(0...b.count)
    for (i, letter) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let change = diagonal + (letter == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, min(row[j], row[j + 1]) + 1)
      }
    }
    return row[b.count]
  }
}
