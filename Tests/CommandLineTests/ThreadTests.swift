import Foundation
import TestSupport
import Testing

/// How many threads compute, and that it changes no number.
@Suite struct ThreadTests {
  private func threads(_ variables: [String: String] = [:], under command: [String] = []) throws -> (count: Int, reason: String) {
    let output: String
    if command.isEmpty {
      output = try Invocation(["devices", "--json"], variables: variables).output
    } else {
      let process = Process(), pipe = Pipe()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = command + [try Invocation.program().path, "devices", "--json"]
      process.environment = ProcessInfo.processInfo.environment.merging(variables) { _, new in new }
      process.standardOutput = pipe
      try process.run()
      output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
    }
    let devices = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]]
    let cpu = try #require(devices?.first { $0["identifier"] as? String == "cpu" }, "\(output)")
    return (try #require(cpu["threads"] as? Int), try #require(cpu["threadsReason"] as? String))
  }

  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/taskset"), "needs /usr/bin/taskset"))
  func theProcessorsOfTheProcessDecide() throws {
    let allowed = try threads(under: ["taskset", "-c", "0"])
    #expect(allowed.count == 1)
    if ProcessInfo.processInfo.processorCount > 1 { #expect(allowed.reason.contains("1 of")) }
    #expect(try threads(["SLURM_CPUS_PER_TASK": "1"]).count == 1)
    let chosen = try threads(["SLURM_CPUS_PER_TASK": "1", "ISTHMUS_THREADS": "3"])
    #expect(chosen.count == 3 && chosen.reason.contains("ISTHMUS_THREADS"))
  }

  /// Also the factorisations of the host, whose library rounds otherwise with another number of threads.
  @Test func anyNumberGivesTheSameRecords() throws {
    let run =
      "run bottleneck --train 60 --test 20 --bottlenecks 1,2,inf --draws 1 --steps 5 --device cpu --no-plots --quiet --compare same"
    func records(_ more: [String], _ variables: [String: String] = [:]) throws -> Data {
      let folder = try TemporaryFolder()
      let invocation = try Invocation(run.split(separator: " ").map(String.init) + more, in: folder.url, variables: variables)
      #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
      let path = try #require(folder.files.first { $0.hasSuffix("records.jsonl") })
      return try Data(contentsOf: folder.url.appending(path: path))
    }
    let expected = try records(["--threads", "1"])
    #expect(try records(["--threads", "3"]) == expected)
    #expect(try records([], ["ISTHMUS_THREADS": "2"]) == expected)
    #expect(!expected.isEmpty)
  }

  @Test func aNumberThatCannotBeIsRefused() throws {
    for (arguments, message) in [
      ("check --threads 0", "--threads: expected 1 to 1024, got '0'"),
      ("kernel --threads 1025 --network n --x x --out k", "expected 1 to 1024"),
      ("bench --threads 1,2000", "--threads: expected numbers from 1 to 1024"),
      ("check --device reference --threads 2", "--threads is about the device cpu; here reference computes"),
    ] {
      let invocation = try Invocation(arguments.split(separator: " ").map(String.init))
      #expect(invocation.exitCode == 64 && invocation.errors.contains(message), "\(arguments): \(invocation.testDescription)")
    }
  }

  /// As another user with room for one process: everything is computed on one thread, and it can be stopped.
  @Test func withoutAThreadCommandsAreWholeAndCanBeStopped() throws {
    guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv") else {
      return print("threads: not root, or no setpriv; a run that can start no thread is not covered")
    }
    let folder = try TemporaryFolder()
    chmod(folder.url.path, 0o777)
    func start(_ command: String, output: URL) throws -> Process {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
      // A user whom nobody else here uses, so that no other process counts.
      process.arguments =
        ["--reuid=54321", "--clear-groups", "prlimit", "--nproc=1", "--"]
        + "\(try Invocation.program().path) \(command) --threads 4".split(separator: " ").map(String.init)
      process.environment = ["PATH": "/usr/bin:/bin", "HOME": "/nowhere", "ISTHMUS_REVISION": "tests"]
      for name in ["output", "errors"] { try Data().write(to: output.appending(path: name)) }
      process.standardOutput = try FileHandle(forWritingTo: output.appending(path: "output"))
      process.standardError = try FileHandle(forWritingTo: output.appending(path: "errors"))
      try process.run()
      return process
    }
    let files = try TemporaryFolder()
    func errors() -> String { (try? String(contentsOf: files.url.appending(path: "errors"), encoding: .utf8)) ?? "" }
    func end(_ process: Process, within seconds: Int) -> Bool {
      let deadline = ContinuousClock.now + .seconds(seconds)
      while process.isRunning, ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.05) }
      defer { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }
      return !process.isRunning
    }
    let run =
      "run bottleneck --train 40 --test 20 --bottlenecks 1 --draws 1 --compare same --twin none --no-plots "
      + "--results \(folder.url.path)/results"
    let whole = try start("\(run) --steps 3", output: files.url)
    #expect(end(whole, within: 60))
    #expect(whole.terminationStatus == 0, "\(errors())")
    #expect(errors().contains("1 of 4 threads could be started"), "\(errors())")

    // Its files are written by threads of their own where there are any.
    try "hidden: [relu]\noutputs: 1\n".write(to: folder.url.appending(path: "net.yaml"), atomically: true, encoding: .utf8)
    let place = folder.url.path
    let kernel = try start("kernel --network \(place)/net.yaml --data digits --train 900 --device cpu --out \(place)/k", output: files.url)
    #expect(end(kernel, within: 60), "kernel hangs")
    #expect(kernel.terminationStatus == 0, "\(errors())")

    let long = try start("\(run) --steps 1000000 --stop-at 0", output: files.url)
    Thread.sleep(forTimeInterval: 1.5)
    #expect(long.isRunning, "\(errors())")
    long.terminate()
    #expect(end(long, within: 10), "SIGTERM did not end it")
  }
}
