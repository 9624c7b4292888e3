import Foundation
import PrintableText
import Synchronization

/// Standard output and error: the one place through which the program writes.
///
/// What cannot be written ends no command. A message on standard error that is lost has no consequence; output that is lost is told by
/// `finish` and the exit code, after the work is done and kept.
enum Terminal {
  private struct State {
    /// Number of lines on standard error that the next one replaces.
    var passingLines = 0
    /// Error number of the first write to standard output that failed.
    var outputFailure: Int32 = 0
  }
  private static let state = Mutex(State())
  private static let endsWithReader = Atomic(false)

  /// Makes the three standard streams safe to write to. Called before anything opens a file.
  ///
  /// A stream that was closed becomes the null device; otherwise the next file that is opened would take its place, and messages would
  /// go into it. A reader that went away is an error of the write, not a signal.
  static func secureStreams() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest free descriptor is this one.
      _ = open("/dev/null", descriptor == STDIN_FILENO ? O_RDONLY : O_WRONLY)
    }
    signal(SIGPIPE, SIG_IGN)
  }

  /// Lets a command whose only result is what it prints end as soon as nobody reads on.
  static func endWithReader() { endsWithReader.store(true, ordering: .relaxed) }

  /// Whether standard error is a terminal, where a line can be rewritten in place.
  static var hasLiveErrors: Bool { isatty(STDERR_FILENO) == 1 }

  /// Whether somebody can be asked: there is a terminal to show a question on and one to answer from.
  static var canAsk: Bool { hasLiveErrors && isatty(STDIN_FILENO) == 1 }

  /// Asks on standard error; anything but `y` and `yes` is no, the end of the input too.
  static func isAgreed(to question: String) -> Bool {
    writeError("\(question) Type yes to agree:")
    return ["y", "yes"].contains((readLine() ?? "").trimmingCharacters(in: .whitespaces).lowercased())
  }

  /// Columns of the terminal behind standard error; 80 where unknown.
  static var columns: Int { columns(of: STDERR_FILENO) }

  /// Columns that help is wrapped to: the variable COLUMNS, else those of the terminal behind standard output, 80 where unknown.
  static var helpColumns: Int {
    max(ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? columns(of: STDOUT_FILENO), 40)
  }

  private static func columns(of descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// A line on standard error. What could steer a terminal in it, line feeds too, is shown as an escape.
  static func writeError(_ line: String) { writeError(lines: line.printable) }

  /// Lines on standard error whose line feeds are the program's own.
  static func writeError(lines text: String) {
    state.withLock { state in
      _ = send(clearing(&state) + text.printableLines + "\n", to: STDERR_FILENO)
    }
  }

  /// A line on standard error, a terminal, that whatever is written next replaces.
  static func show(passing text: String) { show(passing: [text]) }

  /// Lines on standard error, a terminal, that whatever is written next replaces.
  static func show(passing lines: [String]) {
    state.withLock { state in
      let shown = lines.map { $0.printable.prefix(columns - 1) }.joined(separator: "\u{1B}[K\r\n")
      _ = send(start(of: state.passingLines) + shown + "\u{1B}[J", to: STDERR_FILENO)
      state.passingLines = lines.count
    }
  }

  /// What leads back to the first of so many passing lines.
  private static func start(of lines: Int) -> String { "\r" + (lines > 1 ? "\u{1B}[\(lines - 1)A" : "") }

  /// Removes what `show(passing:)` left.
  static func clearPassingLine() {
    state.withLock { state in
      if state.passingLines > 0 { _ = send(clearing(&state), to: STDERR_FILENO) }
    }
  }

  /// A line on standard output, at once. What could steer a terminal in it, line feeds too, is shown as an escape.
  static func write(_ line: String) { writeVerbatim(line.printable) }

  /// Lines on standard output whose line feeds are the program's own: tables, JSON.
  static func write(lines text: String) { writeVerbatim(text.printableLines) }

  /// A line of the program's own, such as a script for a shell, with all that is in it.
  static func writeVerbatim(_ text: String) {
    let failure = state.withLock { state in
      if state.passingLines > 0 { _ = send(clearing(&state), to: STDERR_FILENO) }
      guard state.outputFailure == 0 else { return state.outputFailure }
      state.outputFailure = send(text + "\n", to: STDOUT_FILENO)
      return state.outputFailure
    }
    if failure != 0, endsWithReader.load(ordering: .relaxed) { Program.end(EXIT_SUCCESS) }
  }

  /// What became of standard output.
  enum Output: Equatable {
    case whole
    /// An output that its reader closed.
    case unread
    case lost(reason: String)
  }

  /// Looks whether all of standard output was taken. Some file systems say so only when a file is closed.
  static func finish() -> Output {
    clearPassingLine()
    return state.withLock { state in
      if state.outputFailure == 0 {
        let copy = dup(STDOUT_FILENO)
        if copy >= 0, close(copy) != 0, errno != EINTR { state.outputFailure = errno }
      }
      return switch state.outputFailure {
      case 0: .whole
      case EPIPE: .unread
      case let number: .lost(reason: String(cString: strerror(number)))
      }
    }
  }

  private static func clearing(_ state: inout State) -> String {
    defer { state.passingLines = 0 }
    return state.passingLines > 0 ? start(of: state.passingLines) + "\u{1B}[J" : ""
  }

  /// Writes all of a text. Returns 0, or the error number of what prevented it.
  private static func send(_ text: String, to descriptor: Int32) -> Int32 {
    var text = text
    return text.withUTF8 { bytes in
      var sent = 0
      while sent < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[sent...])
        let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
        if count >= 0 {
          sent += count
          continue
        }
        switch errno {
        case EINTR: break
        case EAGAIN, EWOULDBLOCK:
          // Another program made the stream non-blocking: wait as a blocking one would.
          var waited = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = poll(&waited, 1, -1)
        default: return errno
        }
      }
      return 0
    }
  }
}

extension Terminal {
  static func text(seconds: Double) -> String {
    switch seconds {
    case ..<9.95: String(format: "%.1f s", max(seconds, 0))
    case ..<90: String(format: "%.0f s", seconds)
    case ..<5400: String(format: "%.0f min", seconds / 60)
    default: String(format: "%.1f h", seconds / 3600)
    }
  }
}
