import Foundation

/// Standard output and error.
enum Terminal {
  /// Whether standard error is a terminal, where a line can be rewritten in place.
  static var hasLiveErrors: Bool { isatty(STDERR_FILENO) == 1 }

  /// Columns of the terminal behind standard error; 80 where unknown.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  static func writeError(_ text: String, terminator: String = "\n") {
    FileHandle.standardError.write(Data((text + terminator).utf8))
  }

  /// Prints now, also where standard output is a pipe that another program waits on.
  static func write(_ text: String) {
    print(text)
    fflush(nil)
  }

  static func text(seconds: Double) -> String {
    switch seconds {
    case ..<9.95: String(format: "%.1f s", max(seconds, 0))
    case ..<90: String(format: "%.0f s", seconds)
    case ..<5400: String(format: "%.0f min", seconds / 60)
    default: String(format: "%.1f h", seconds / 3600)
    }
  }

  static func text(bytes: Int) -> String {
    bytes >= 1 << 30 ? String(format: "%.1f GiB", Double(bytes) / 0x1p30) : "\(bytes >> 20) MiB"
  }
}
