import Foundation
import WideKernels

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
      if let meant = known.nearest(to: name) { throw .unknownVariable(name: name, meant: meant) }
      Terminal.writeError(
        "warning: the environment variable \(name) is not known and has no effect; known are \(known.joined(separator: ", "))")
    }
  }
}
