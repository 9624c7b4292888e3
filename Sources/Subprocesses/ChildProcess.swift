import CSpawn
import Foundation

/// Another program, run to its end: without a shell, so that no text is read as commands, and without a thread, so that it works where no
/// more can be started.
public struct ChildProcess: Sendable {
  /// How a program ended.
  public enum End: Equatable, Sendable {
    /// The program's own end, with its exit code.
    case exit(Int32)
    /// An end by a signal, with its number.
    case signal(Int32)
    /// An end because the time was up.
    case timeout
  }

  /// End and output of a program.
  public struct Outcome: Sendable {
    /// How the program ended.
    public let end: End
    /// The beginning of what it wrote to standard output and error; what is beyond `mostBytes` is read and dropped.
    public let output: [UInt8]
    /// The beginning of standard error, up to `mostBytes`.
    public let errors: [UInt8]

    /// Whether the exit code was 0.
    public var succeeded: Bool { end == .exit(0) }
  }

  /// A program that could not be started.
  public struct Failure: Error, Equatable, CustomStringConvertible {
    /// Name or path of the program.
    public let program: String
    /// Reason that the system gave.
    public let reason: String

    public init(program: String, reason: String) { (self.program, self.reason) = (program, reason) }

    public var description: String { "\(program) cannot be started: \(reason)" }
  }

  /// Path, or a name that is looked for along `PATH`.
  public var program: String
  /// Arguments after the program's name.
  public var arguments: [String]
  /// Variables of the environment; nil for those of this process.
  public var environment: [String: String]?
  /// Path of what it reads on standard input.
  public var input = "/dev/null"
  /// Folder in which the program starts; nil for that of this process.
  public var folder: String?
  /// Time after which the program is ended with all that it has started; nil for never.
  public var timeout: Duration?
  /// Bytes kept of each output.
  public var mostBytes = 1 << 20

  public init(_ program: String, _ arguments: [String] = []) { (self.program, self.arguments) = (program, arguments) }

  /// Runs the program and waits for its end.
  ///
  /// - Throws: where it could not be started, for want of the program or of room for a process.
  public func run() throws(Failure) -> Outcome {
    let output = try pipe(), errors = try pipe()
    defer { for descriptor in [output.read, errors.read] { close(descriptor) } }
    let child: pid_t
    do throws(Failure) {
      child = try spawn(output: output.write, errors: errors.write)
    } catch {
      for descriptor in [output.write, errors.write] { close(descriptor) }
      throw error
    }
    for descriptor in [output.write, errors.write] { close(descriptor) }
    return collect(child, Reader(output.read, most: mostBytes), Reader(errors.read, most: mostBytes))
  }

  func failure(_ number: Int32) -> Failure { Failure(program: program, reason: String(cString: strerror(number))) }

  private func pipe() throws(Failure) -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard Foundation.pipe(&ends) == 0 else { throw failure(errno) }
    // Programs that other threads start meanwhile are not to hold them open.
    for descriptor in ends { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  func spawn(output: Int32, errors: Int32) throws(Failure) -> pid_t {
    #if os(Linux)
    var (files, attributes) = (posix_spawn_file_actions_t(), posix_spawnattr_t())
    #else
    var (files, attributes): (posix_spawn_file_actions_t?, posix_spawnattr_t?) = (nil, nil)
    #endif
    posix_spawn_file_actions_init(&files)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&files)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, input, O_RDONLY, 0)
    if let folder { _ = isthmus_spawn_in_folder(&files, folder) }
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO)
    // As a shell would start it: signals as the system handles them, none blocked. A group of its own can be ended as a whole.
    var (handled, blocked) = (sigset_t(), sigset_t())
    sigemptyset(&blocked)
    sigemptyset(&handled)
    for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD, SIGXFSZ] { sigaddset(&handled, signal) }
    posix_spawnattr_setsigdefault(&attributes, &handled)
    posix_spawnattr_setsigmask(&attributes, &blocked)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETPGROUP))

    let variables = (environment ?? ProcessInfo.processInfo.environment).map { "\($0.key)=\($0.value)" }
    var child = pid_t()
    let status = Self.withCStrings([program] + arguments) { arguments in
      Self.withCStrings(variables) { variables in posix_spawnp(&child, program, &files, &attributes, arguments, variables) }
    }
    guard status == 0 else { throw failure(status) }
    return child
  }

  private static func withCStrings<T>(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> T) -> T {
    let pointers = texts.map { strdup($0) }
    defer { pointers.forEach { free($0) } }
    return body(pointers + [nil])
  }

  /// Reads both streams and waits, until the program has ended or its time is up.
  private func collect(_ child: pid_t, _ output: Reader, _ errors: Reader) -> Outcome {
    var (output, errors) = (output, errors)
    let deadline = timeout.map { ContinuousClock.now + $0 }
    var (status, isTimedOut, hasEnded) = (Int32(0), false, false)
    while !hasEnded {
      // A program of its own may hold the streams open after it has ended, and it may close them long before; so both are looked at.
      var polled = [output, errors].filter(\.isOpen).map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      if polled.isEmpty { usleep(1000) } else { _ = poll(&polled, nfds_t(polled.count), 20) }
      hasEnded = waitpid(child, &status, WNOHANG) == child
      for entry in polled where entry.revents != 0 {
        if entry.fd == output.descriptor { output.read() } else { errors.read() }
      }
      if !hasEnded, !isTimedOut, let deadline, ContinuousClock.now > deadline {
        isTimedOut = true
        kill(-child, SIGKILL)
      }
    }
    output.drain()
    errors.drain()
    return Outcome(end: isTimedOut ? .timeout : Self.end(status), output: output.bytes, errors: errors.bytes)
  }

  /// What `waitpid` says of a program that has ended.
  static func end(_ status: Int32) -> End {
    let signal = status & 0x7f
    return signal == 0 ? .exit(status >> 8 & 0xff) : .signal(signal)
  }

  /// One stream of the program.
  private struct Reader {
    let descriptor: Int32
    let most: Int
    private(set) var bytes: [UInt8] = []
    private(set) var isOpen = true

    init(_ descriptor: Int32, most: Int) { (self.descriptor, self.most) = (descriptor, most) }

    /// What is there; blocks where nothing is and the stream is open.
    mutating func read() {
      var buffer = [UInt8](repeating: 0, count: 1 << 14)
      let count = Foundation.read(descriptor, &buffer, buffer.count)
      if count > 0 {
        bytes += buffer.prefix(min(count, most - bytes.count))
      } else if count == 0 || errno != EINTR {
        isOpen = false
      }
    }

    /// What is left, without waiting for more.
    mutating func drain() {
      var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      while isOpen, poll(&polled, 1, 0) > 0 { read() }
    }
  }
}
