import Foundation
import TestSupport
import Testing

/// What broken OpenCL drivers do to the program: `Tests/Stubs/BrokenOpenCL.c` in front of the system's OpenCL.
@Suite struct DriverTests {
  /// The stub, and a home of its own for what the program keeps.
  private final class Stub {
    let folder: TemporaryFolder
    private var path: String { folder.url.appending(path: "broken.so").path }

    init() throws {
      folder = try TemporaryFolder()
      let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Stubs/BrokenOpenCL.c").path
      let compiler = Process()
      compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      compiler.arguments = ["cc", "-shared", "-fPIC", "-O1", "-o", path, source, "-ldl"]
      try compiler.run()
      compiler.waitUntilExit()
      try #require(compiler.terminationStatus == 0)
      try Points.write([1, 2, 3, 4], shape: [2, 2], to: folder.url.appending(path: "x.npy"))
      try folder.write("net.yaml", "hidden: [erf]\noutputs: 1\n")
    }

    func isthmus(_ line: String, _ fault: String, _ more: [String: String] = [:]) throws -> Invocation {
      try Invocation(
        line.split(separator: " ").map(String.init), in: folder.url,
        variables: [
          "ISTHMUS_OPENCL_LIBRARY": path, "STUB_FAULT": fault, "STUB_LOG": folder.url.appending(path: "log").path,
          "XDG_CACHE_HOME": folder.url.appending(path: "cache").path,
        ].merging(more) { _, new in new })
    }

    /// How many processes asked for platforms since the last time.
    func searches() throws -> Int {
      let log = folder.url.appending(path: "log")
      defer { try? FileManager.default.removeItem(at: log) }
      return Set((try? String(contentsOf: log, encoding: .utf8))?.split(separator: "\n") ?? []).count
    }
  }

  /// Why these tests cannot run here; nil where they can. Said aloud, since a test that is left out is easily forgotten.
  private static let absence: String? = {
    guard let devices = try? Invocation(["devices", "--json"]).output, devices.contains("\"opencl\"") else { return "no OpenCL device" }
    let compiler = Process()
    compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    compiler.arguments = ["cc", "--version"]
    compiler.standardOutput = FileHandle.nullDevice
    try? compiler.run()
    compiler.waitUntilExit()
    return compiler.terminationStatus == 0 ? nil : "no C compiler"
  }()

  private static let kernel = "kernel --network net.yaml --x x.npy --out k"

  /// Nor is it searched for again: the answer is kept.
  @Test(.enabled(if: absence == nil, "\(absence ?? "")"), arguments: [("crash", "crashed"), ("exit", "exit code 7")])
  func aDriverThatCrashesTakesNoOtherDeviceAlong(_ fault: String, _ reason: String) throws {
    let stub = try Stub()
    for round in 0..<2 {
      let invocation = try stub.isthmus(Self.kernel, fault)
      #expect(invocation.exitCode == 0 && invocation.errors.contains("warning: opencl:0 is left out"), "\(invocation.testDescription)")
      #expect(invocation.errors.contains(reason))
      #expect(try stub.searches() == (round == 0 ? 1 : 0), "round \(round)")
    }
    let named = try stub.isthmus("\(Self.kernel) --device opencl:0", fault)
    #expect(named.exitCode == 1 && named.errors.hasPrefix("error: ") && named.errors.contains(reason), "\(named.testDescription)")
    #expect(try stub.searches() == 1, "a device that is named is looked for again")
    let devices = try stub.isthmus("devices", fault)
    #expect(devices.exitCode == 0 && devices.output.contains("missing: opencl:0") && devices.output.contains(reason))
    #expect(try stub.isthmus("\(Self.kernel) --device cpu", fault).errors.isEmpty)
  }

  @Test(.enabled(if: absence == nil, "\(absence ?? "")")) func aDriverThatHangsIsLeftOut() throws {
    let stub = try Stub()
    let began = ContinuousClock.now
    let invocation = try stub.isthmus(Self.kernel, "hang")
    #expect(invocation.exitCode == 0 && invocation.errors.contains("did not answer in 10 s"), "\(invocation.testDescription)")
    let again = ContinuousClock.now
    #expect(try stub.isthmus(Self.kernel, "hang").exitCode == 0)
    #expect(again - began > .seconds(9) && ContinuousClock.now - again < .seconds(5), "the answer is kept")
  }

  @Test(.enabled(if: absence == nil, "\(absence ?? "")")) func oneBrokenDeviceLeavesTheOther() throws {
    let stub = try Stub()
    let devices = try stub.isthmus("devices", "context")
    #expect(devices.output.contains("missing: opencl:1") && !devices.output.contains("missing: opencl:0"), "\(devices.testDescription)")
    let good = try stub.isthmus("\(Self.kernel) --device opencl:0", "context")
    #expect(good.exitCode == 0, "\(good.testDescription)")
    let bad = try stub.isthmus("\(Self.kernel) --device opencl:1", "context")
    #expect(bad.exitCode == 1 && bad.errors.contains("CL_OUT_OF_RESOURCES"), "\(bad.testDescription)")
    let check = try stub.isthmus("check --all --filter fillNormal --precision float32", "context")
    #expect(check.exitCode == 1 && check.errors.contains("missing: opencl:1") && check.output.contains("on opencl:0"))
  }

  @Test(.enabled(if: absence == nil, "\(absence ?? "")")) func aDeviceWithoutComputeUnitsIsRefused() throws {
    let stub = try Stub()
    let invocation = try stub.isthmus("check --device opencl:0 --filter gemm", "nounits")
    #expect(invocation.exitCode == 1 && invocation.errors.contains("no compute units"), "\(invocation.testDescription)")
  }

  /// 1 % is far beyond every bound. A device that passed before does not vouch for another driver.
  @Test(.enabled(if: absence == nil, "\(absence ?? "")")) func aDeviceThatComputesWronglyIsRefused() throws {
    let stub = try Stub()
    let run = "run bottleneck --train 20 --test 10 --bottlenecks 1 --draws 1 --steps 2 --no-plots --device opencl:0 --precision float64"
    #expect(try stub.isthmus("\(Self.kernel) --device opencl:0", "none").exitCode == 0)
    for command in ["\(Self.kernel) --device opencl:0", run] {
      let invocation = try stub.isthmus(command, "wrong")
      #expect(invocation.exitCode == 1, "\(invocation.testDescription)")
      #expect(invocation.errors.contains("computes wrongly in float64") && invocation.errors.contains("isthmus check --device opencl:0"))
    }
    #expect(!stub.folder.files.contains { $0.hasPrefix("results/") && $0.hasSuffix("records.jsonl") })
  }

  /// PoCL shows no device without a place for what it compiles.
  @Test(.enabled(if: absence == nil, "\(absence ?? "")")) func aHomeThatCannotBeWrittenLeavesEveryDevice() throws {
    let stub = try Stub()
    let nowhere = ["HOME": "/proc/none", "XDG_CACHE_HOME": "/proc/none", "POCL_CACHE_DIR": "/proc/none", "TMPDIR": stub.folder.url.path]
    let invocation = try stub.isthmus("\(Self.kernel) --device opencl:0", "none", nowhere)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    if try Invocation(["devices"]).output.lowercased().contains("pocl") { #expect(invocation.errors.contains("POCL_CACHE_DIR")) }
    #expect(!stub.folder.files.contains { $0.hasPrefix("isthmus-pocl") }, "\(stub.folder.files)")
  }
}
