import Foundation
import IsthmusCommand
import TestSupport
import Testing
import WideKernels

/// A mistake in a variable of the environment is told, and chooses no other device.
@Suite struct EnvironmentTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    let variable: String
    let value: String
    let expected: String
    var testDescription: String { "\(variable)=\(value)" }
  }

  static let mistakes = [
    Mistake(variable: "ISTHMUS_THREADS", value: "0", expected: "a whole number from 1 to 1024"),
    Mistake(variable: "ISTHMUS_THREADS", value: "two", expected: "a whole number from 1 to 1024"),
    Mistake(variable: "ISTHMUS_THREADS", value: "1000000", expected: "a whole number from 1 to 1024"),
    Mistake(variable: "ISTHMUS_CPU", value: "AVX2", expected: "one of baseline, avx2, avx512"),
    Mistake(variable: "ISTHMUS_OPENCL_TILES", value: "cpu", expected: "gpu or processor"),
    Mistake(variable: "ISTHMUS_OPENCL_LIBRARY", value: "/nowhere/libOpenCL.so", expected: "a library of OpenCL"),
    Mistake(variable: "ISTHMUS_OPENCL_LIBRARY", value: "/tmp", expected: "a library of OpenCL"),
    Mistake(variable: "ISTHMUS_KERNELS", value: "/nowhere", expected: "a folder that holds every kernel file"),
    Mistake(variable: "ISTHMUS_TILES", value: "/dev/null", expected: "or off"),
    Mistake(variable: "ISTHMUS_TILES", value: "no", expected: "or off"),
    Mistake(variable: "ISTHMUS_PROGRAM_CACHE", value: "/dev/null/programs", expected: "or off"),
  ]

  @Test(arguments: mistakes) func aMistakeIsAnError(_ mistake: Mistake) throws {
    let folder = try TemporaryFolder()
    try Points.write([1, 2, 3, 4], shape: [2, 2], to: folder.url.appending(path: "x.npy"))
    try folder.write("net.yaml", "hidden: [erf]\noutputs: 1\n")
    for command in ["kernel --network net.yaml --x x.npy --out k", "devices"] {
      let invocation = try Invocation(
        command.split(separator: " ").map(String.init), in: folder.url, variables: [mistake.variable: mistake.value])
      #expect(invocation.exitCode == 1, "\(command): \(invocation.testDescription)")
      #expect(
        invocation.errors.hasPrefix("error: \(mistake.variable) is '\(mistake.value)'") && invocation.errors.contains(mistake.expected),
        "\(command): \(invocation.testDescription)")
    }
    // A command that does not use it goes on.
    #expect(try Invocation(["list", "activations"], variables: [mistake.variable: mistake.value]).exitCode == 0)
  }

  /// With nothing else to compute on, the reference would take hours.
  @Test func noOtherDeviceIsTakenWhereOpenCLIsMissingToo() throws {
    let invocation = try Invocation(
      ["run", "bottleneck", "--train", "20", "--test", "10", "--plan"], variables: ["ISTHMUS_THREADS": "0", "OCL_ICD_VENDORS": "none"])
    #expect(invocation.exitCode == 1 && invocation.errors.hasPrefix("error: ISTHMUS_THREADS is '0'"), "\(invocation.testDescription)")
  }

  @Test func aRunIsToldAtItsStartOfWhatItNeedsAtItsEnd() throws {
    let folder = try TemporaryFolder()
    let run = "run bottleneck --train 20 --test 10 --steps 2 --bottlenecks 1 --draws 1 --device cpu".split(separator: " ").map(String.init)
    for variable in ["ISTHMUS_GNUPLOT", "ISTHMUS_LAPACK"] {
      let invocation = try Invocation(run, in: folder.url, variables: [variable: "/nowhere/at-all"])
      #expect(invocation.exitCode == 1 && invocation.errors.contains(variable), "\(invocation.testDescription)")
    }
    #expect(folder.files.isEmpty)
  }

  @Test func aNameThatNothingReadsIsTold() throws {
    let near = try Invocation(["list", "data"], variables: ["ISTHMUS_THREAD": "2"])
    #expect(
      near.exitCode == 1 && near.errors.contains("ISTHMUS_THREAD is not known; did you mean ISTHMUS_THREADS"), "\(near.testDescription)")
    let far = try Invocation(["list", "data"], variables: ["ISTHMUS_HOME": "/opt/isthmus"])
    #expect(
      far.exitCode == 0 && far.errors.hasPrefix("warning: the environment variable ISTHMUS_HOME is not known"), "\(far.testDescription)")
    #expect(EnvironmentVariables.known.nearest(to: "ISTHMUS_TITLES") == "ISTHMUS_TILES")
    #expect(EnvironmentVariables.known.nearest(to: "ISTHMUS_DEVICE") == nil)
  }

  /// Every variable that anything here reads is known to the program and has its line on the page, and the page names no other.
  @Test func thePageHasEveryVariable() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let places = ["Sources", "Tests", "Benchmarks", "Scripts", ".ci", "Makefile", "Package.swift"]
    var read: Set<String> = []
    for place in places {
      let url = root.appending(path: place)
      let below = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
      for file in below + [url] {
        guard file.lastPathComponent != "EnvironmentTests.swift", let text = try? String(contentsOf: file, encoding: .utf8) else {
          continue
        }
        // In quotes where Swift, C or Python read them; bare in scripts. Macros of C headers are neither.
        let isCode = ["swift", "c", "h", "py"].contains(file.pathExtension)
        let names =
          isCode ? text.matches(of: /["'](ISTHMUS_[A-Z_]+)["']/).map(\.output.1) : text.matches(of: /\b(ISTHMUS_[A-Z_]+)/).map(\.output.1)
        read.formUnion(names.map(String.init))
      }
    }
    let page = try String(contentsOf: root.appending(path: "Documentation/environment.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
    let documented = Set(rows.flatMap { $0.split(separator: "|")[0].matches(of: /`(ISTHMUS_[A-Z_]+)`/).map { String($0.output.1) } })
    #expect(read.count > 15)
    #expect(documented == read, "only on the page: \(documented.subtracting(read)); not there: \(read.subtracting(documented))")
    #expect(Set(EnvironmentVariables.known) == read)
  }
}
