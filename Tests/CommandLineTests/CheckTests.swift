import Foundation
import TestSupport
import Testing

@Suite struct CheckTests {
  /// Its lines come one by one, so that a file tells how far a check of minutes is.
  @Test func eachOperationIsToldWhenItIsDone() throws {
    let invocation = try Invocation(["check", "--device", "reference", "--precision", "float32", "--filter", "gemm nn"])
    let lines = invocation.output.split(separator: "\n")
    #expect(invocation.exitCode == 0 && invocation.errors.isEmpty, "\(invocation.testDescription)")
    #expect(lines.first?.hasPrefix("conformance: ") == true && lines.first?.contains("on reference float32") == true)
    #expect(lines.dropFirst().first?.hasPrefix("  gemm: ") == true, "\(invocation.output)")
    #expect(lines.last?.contains("worst ratio") == true)

    let output = try TemporaryFolder()
    let process = try Invocation.start(["check", "--device", "reference", "--precision", "float64"], in: output.url, output: output.url)
    let deadline = ContinuousClock.now + .seconds(60)
    func written() throws -> String { try String(contentsOf: output.url.appending(path: "output"), encoding: .utf8) }
    while try !written().contains("  gemm: "), process.isRunning, ContinuousClock.now < deadline { Thread.sleep(forTimeInterval: 0.02) }
    #expect(process.isRunning, "all came at the end")
    process.interrupt()
    process.waitUntilExit()
  }

  @Test func whatIsRequiredHasToBeThere() throws {
    let filter = ["--filter", "fillNormal", "--precision", "float32"]
    let present = try Invocation(["check", "--require", "cpu,reference"] + filter)
    #expect(present.exitCode == 0 && present.output.contains("on cpu float32") && present.output.contains("on reference float32"))
    for arguments in [["--require", "cpu,opencl"], ["--all"], ["--require", "opencl"], ["--all", "--require", "opencl"]] {
      let missing = try Invocation(
        ["check"] + arguments + filter, variables: ["OCL_ICD_VENDORS": "/nowhere/", "OCL_ICD_FILENAMES": "none"])
      #expect(missing.exitCode == 1, "\(arguments): \(missing.testDescription)")
      #expect(
        missing.errors.contains("missing: opencl:0: ") && missing.errors.contains("error: missing: opencl:0"), "\(missing.testDescription)")
    }
    let beyond = try Invocation(["check", "--require", "cpu,opencl:99"] + filter)
    #expect(beyond.exitCode == 1 && beyond.errors.contains("missing: opencl:99"), "\(beyond.testDescription)")
    let misspelt = try Invocation(["check", "--require", "cpu,opencll"] + filter)
    #expect(misspelt.exitCode == 64 && misspelt.errors.contains("got 'opencll'"), "\(misspelt.testDescription)")
    #expect(try Invocation(["check", "--device", "cpu", "--require", "cpu"]).exitCode == 64)
  }

  @Test func resultsAreWrittenAsJUnit() throws {
    let folder = try TemporaryFolder()
    let check = ["check", "--require", "reference,opencl:99", "--filter", "gemm nn", "--junit", "report.xml"]
    let invocation = try Invocation(check, in: folder.url)
    #expect(invocation.exitCode == 1 && invocation.errors.contains("error: missing: opencl:99"), "\(invocation.testDescription)")
    let text = try String(contentsOf: folder.url.appending(path: "report.xml"), encoding: .utf8)
    for part in [
      #"<testsuite name="reference float64""#, #"<testsuite name="reference float32""#, #"<testsuite name="opencl:99""#,
      #"classname="isthmus.reference.float64.gemm""#, #"<error message="there are only cpu,"#,
    ] {
      #expect(text.contains(part), "\(part) in\n\(text.prefix(2000))")
    }
    let nowhere = try Invocation(["check", "--device", "reference", "--junit", "missing/report.xml"], in: folder.url)
    #expect(nowhere.exitCode == 1 && nowhere.errors.contains("missing/report.xml cannot be written") && nowhere.output.isEmpty)
  }
}
