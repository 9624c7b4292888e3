import Foundation

extension ChildProcess {
  /// Starts the program and leaves it to itself; both its outputs go to the end of a file.
  ///
  /// `timeout` and `mostBytes` have no part in it.
  /// - Throws: where the file cannot be written, or the program not be started.
  public func start(log: String) throws(Failure) -> StartedProcess {
    let descriptor = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw Failure(program: program, reason: "\(log): \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    return StartedProcess(identifier: try spawn(output: descriptor, errors: descriptor))
  }
}

/// A program under way. It goes on where nobody keeps this.
public struct StartedProcess: Sendable {
  /// Number of the process, and of the group that it leads.
  public let identifier: Int32
  private var end: ChildProcess.End?

  init(identifier: Int32) { self.identifier = identifier }

  /// How the program ended; nil while it runs. Does not wait.
  public mutating func poll() -> ChildProcess.End? {
    var status = Int32(0)
    if end == nil, waitpid(identifier, &status, WNOHANG) == identifier { end = ChildProcess.end(status) }
    return end
  }

  /// Sends it a signal, unless it is known to have ended.
  public func send(_ signal: Int32) { if end == nil { kill(identifier, signal) } }
}
