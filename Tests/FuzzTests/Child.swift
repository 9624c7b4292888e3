import Foundation

/// The program, run once within limits of memory and time.
struct Child {
  enum End: Equatable {
    case exit(Int32)
    case signal(Int32)
    case tooSlow
  }

  let end: End
  let output: Data
  let errors: Data

  /// Bytes of address space, and of a file; seconds of a processor, and of the clock.
  private static let memory = 6 << 30, fileSize = 256 << 20, processorSeconds = 30, seconds = 60.0

  /// Waits for the end of `program`, run in `folder`; its output goes to files in `scratch`.
  init(_ program: URL, _ arguments: [String], in folder: URL, scratch: URL, environment: [String: String]) throws {
    let process = Process(), ended = DispatchSemaphore(value: 0)
    // The shell sets limits, which are inherited, and becomes the program; arguments are not text to it.
    let limits = "ulimit -v \(Child.memory >> 10); ulimit -t \(Child.processorSeconds); ulimit -f \(Child.fileSize >> 9); ulimit -c 0"
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", limits + "; exec \"$0\" \"$@\"", program.path] + arguments
    process.currentDirectoryURL = folder
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    let files = ["output", "errors"].map { scratch.appendingPathComponent($0) }
    for file in files { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: files[0])
    process.standardError = try FileHandle(forWritingTo: files[1])
    process.terminationHandler = { _ in ended.signal() }
    try process.run()
    let isInTime = ended.wait(timeout: .now() + Child.seconds) == .success
    if !isInTime {
      kill(process.processIdentifier, SIGKILL)
      ended.wait()
    }
    let status = process.terminationStatus
    end = !isInTime ? .tooSlow : process.terminationReason == .exit ? .exit(status) : .signal(status)
    output = try Data(contentsOf: files[0])
    errors = try Data(contentsOf: files[1])
  }
}
