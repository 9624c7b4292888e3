import Foundation

/// Memory of this process.
package enum ProcessMemory {
  /// The most bytes that lay in memory at once since the program began; nil where the system does not tell.
  package static var peakBytes: Int? {
    #if os(Linux)
    // Not `getrusage`: its peak is inherited from the program that started this one.
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") })
    else { return nil }
    let kibibytes = line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    return kibibytes.map { $0 << 10 }
    #else
    var usage = rusage()
    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : nil
    #endif
  }
}
