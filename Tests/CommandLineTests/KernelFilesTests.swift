import Foundation
import TestSupport
import Testing

/// What lies in the folder of `isthmus kernel` when it is stopped, fails, or shares its folder.
@Suite struct KernelFilesTests {
  private static let yaml = "hidden: [{activation: relu, weightVariance: 2}, relu, relu]\noutputs: 1\n"

  /// `count` points of three numbers.
  private static func folder(points count: Int) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try folder.write("block.yaml", yaml)
    let values = (0..<3 * count).map { Double($0 * 7919 % 1009) / 500 - 1 }
    try Points.write(values, shape: [count, 3], to: folder.url.appendingPathComponent("x.npy"))
    return folder
  }

  private static func files(_ folder: TemporaryFolder, _ out: String) -> [String] { folder.files.filter { $0.hasPrefix(out + "/") } }

  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func aStoppedKernelLeavesNothing(_ signal: Int32) throws {
    // The reference takes long for so many.
    let folder = try Self.folder(points: 3000)
    let output = try TemporaryFolder()
    let process = try Invocation.start(
      ["kernel", "--network", "block.yaml", "--x", "x.npy", "--out", "out", "--device", "reference"], in: folder.url, output: output.url)
    let deadline = ContinuousClock.now + .seconds(30)
    while Self.files(folder, "out").count < 2, process.isRunning, ContinuousClock.now < deadline { usleep(2000) }
    #expect(Self.files(folder, "out").allSatisfy { $0.hasSuffix(".partial") } && Self.files(folder, "out").count == 2, "\(folder.files)")
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 128 + signal)
    #expect(Self.files(folder, "out") == [], "signal \(signal)")
    #expect(try String(contentsOf: output.url.appendingPathComponent("errors"), encoding: .utf8).contains("interrupted; unfinished files"))
  }

  @Test func aFileThatGrowsTooLargeIsAnErrorThatLeavesNothing() throws {
    let folder = try Self.folder(points: 300)
    let program = try #require(Invocation.executable)
    let process = Process(), errors = Pipe()
    process.executableURL = URL(fileURLWithPath: "/bin/bash")
    // 64 KiB; a kernel has 720 kB.
    process.arguments = ["-c", "ulimit -f 64; exec \"$0\" kernel --network block.yaml --x x.npy --out out --device cpu", program.path]
    process.currentDirectoryURL = folder.url
    process.standardError = errors
    try process.run()
    let text = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit && process.terminationStatus == 1, "\(text)")
    #expect(text.contains(".npy failed: File too large"), "\(text)")
    #expect(Self.files(folder, "out") == [])
  }

  /// Each file is one command's own, and both are of the same command.
  @Test func twoCommandsWithOneFolderDoNotMix() throws {
    let folder = try Self.folder(points: 400)
    try folder.write("other.yaml", Self.yaml.replacingOccurrences(of: "2", with: "3"))
    func arguments(_ network: String, _ out: String) -> [String] {
      ["kernel", "--network", network, "--x", "x.npy", "--out", out, "--device", "cpu"]
    }
    func contents(_ out: String) throws -> [Data] {
      try ["nngp", "ntk"].map { try Data(contentsOf: folder.url.appendingPathComponent("\(out)/\($0).npy")) }
    }
    for (network, out) in [("block.yaml", "first"), ("other.yaml", "second")] {
      #expect(try Invocation(arguments(network, out), in: folder.url).exitCode == 0)
    }
    let alone = try [contents("first"), contents("second")]
    #expect(alone[0][0] != alone[1][0] && alone[0][1] != alone[1][1])
    for round in 0..<6 {
      let outputs = try (0..<2).map { _ in try TemporaryFolder() }
      let processes = try zip(["block.yaml", "other.yaml"], outputs).map { network, output in
        try Invocation.start(arguments(network, "shared"), in: folder.url, output: output.url)
      }
      processes.forEach { $0.waitUntilExit() }
      #expect(processes.allSatisfy { $0.terminationStatus == 0 })
      #expect(alone.contains(try contents("shared")), "round \(round)")
    }
    #expect(Self.files(folder, "shared") == ["shared/nngp.npy", "shared/ntk.npy"])
  }

  @Test func linksAreNotWrittenThrough() throws {
    let folder = try Self.folder(points: 5)
    try folder.write("precious", "precious")
    try FileManager.default.createDirectory(at: folder.url.appendingPathComponent("out"), withIntermediateDirectories: true)
    for name in ["nngp.npy", ".ntk.npy.partial"] {
      try FileManager.default.createSymbolicLink(
        at: folder.url.appendingPathComponent("out/\(name)"), withDestinationURL: folder.url.appendingPathComponent("precious"))
    }
    let invocation = try Invocation(
      ["kernel", "--network", "block.yaml", "--x", "x.npy", "--out", "out", "--device", "reference"], in: folder.url)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    #expect(try String(contentsOf: folder.url.appendingPathComponent("precious"), encoding: .utf8) == "precious")
    for name in ["nngp.npy", "ntk.npy"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: folder.url.appendingPathComponent("out/\(name)").path)
      #expect(attributes[.type] as? FileAttributeType == .typeRegular, "\(name)")
    }
  }
}
