import Foundation
import Results
import TestSupport
import Testing

/// Runs from the command line: recorded, identified by their settings, continued after a crash.
@Suite struct RunTests {
  /// A run of a second or less.
  private static let tiny =
    ["run", "bottleneck", "--device", "cpu", "--train", "20", "--test", "20", "--draws", "1"]
    + ["--bottlenecks", "1,inf", "--feature-width", "64"]

  private func onlyRun(in folder: URL) throws -> RunSummary {
    let runs = RunListing.runs(in: folder.appendingPathComponent("results"))
    #expect(runs.count == 1)
    return try #require(runs.first)
  }

  @Test func writesAFinishedRun() throws {
    let folder = try TemporaryFolder()
    let invocation = try Invocation(Self.tiny + ["--steps", "5", "--no-plots"], in: folder.url)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    let run = try onlyRun(in: folder.url)
    #expect(run.state == .finished)
    #expect(invocation.output.contains("results: results/bottleneck/\(run.run) (table.txt, table.csv)"), "\(invocation.testDescription)")

    let manifest = try Manifest.read(run.directory)
    #expect(manifest.parameters["train"] == 20 && manifest.parameters["steps"] == 5 && manifest.parameters["tolerance"] == 0.01)
    #expect(manifest.identity["steps"] == nil && manifest.identity["draws"] == nil && manifest.identity["backend"] == "cpu")
    #expect(manifest.seeds["draws"] == 1 && manifest.precision == "float64" && !manifest.sourceRevision.isEmpty)
    #expect(manifest.versions["isthmus"] != nil && !manifest.dataChecksums.isEmpty)
    #expect(manifest.versions["openblas"]?.contains("OpenBLAS") == true, "\(manifest.versions)")
    let ends = try RunRecords.read(run.directory).filter { $0.string("kind") == "end" }
    #expect(Set(ends.compactMap { $0.string("bottlenecks") }) == ["1", "inf"])

    let table = try String(contentsOf: run.directory.appendingPathComponent("table.txt"), encoding: .utf8)
    #expect(table.contains("speed-up") && invocation.output.contains(table.trimmingCharacters(in: .newlines)))
  }

  @Test func depthHasItsOwnTable() throws {
    let folder = try TemporaryFolder()
    let arguments = Self.tiny.map { $0 == "bottleneck" ? "bottleneck-depth" : $0 == "1,inf" ? "1,1x1" : $0 }
    let invocation = try Invocation(arguments + ["--steps", "5", "--no-plots", "--json"], in: folder.url)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(invocation.output.utf8)) as? [String: Any])
    let rows = try #require(json["table"] as? [[String: Any]], "\(invocation.testDescription)")
    #expect(rows.allSatisfy { $0.keys.contains("speedUpOverOne10") })
    #expect(Set(rows.compactMap { $0["bottlenecks"] as? String }) == ["1", "1x1", "inf", "inf/2"])
    #expect(try onlyRun(in: folder.url).experiment == "bottleneck-depth")
  }

  @Test func scalingHasItsOwnTable() throws {
    let folder = try TemporaryFolder()
    try folder.write("scaling.yaml", "experiment: bottleneck-scaling\npoints: [20, 30]\nscales: 10\ntest: 20\nbottlenecks: 1\ndraws: 1\n")
    let arguments = ["run", "scaling.yaml", "--device", "cpu", "--feature-width", "64", "--steps", "5", "--no-plots", "--json"]
    let invocation = try Invocation(arguments, in: folder.url)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(invocation.output.utf8)) as? [String: Any])
    let rows = try #require(json["table"] as? [[String: Any]], "\(invocation.testDescription)")
    #expect(rows.compactMap { $0["points"] as? Double } == [20, 20, 30, 30])
    let narrow = rows.filter { $0["bottlenecks"] as? String == "1" }
    #expect(narrow.count == 2 && narrow.allSatisfy { $0["secondsPerStep"] as? Double ?? 0 > 0 })
    let run = try onlyRun(in: folder.url)
    let manifest = try Manifest.read(run.directory)
    #expect(run.experiment == "bottleneck-scaling" && manifest.parameters["points"] == "20,30" && manifest.parameters["train"] == nil)
    #expect(manifest.identity["points"] == nil && manifest.identity["bottlenecks"] == "1")
  }

  /// Defaults, then what --paper stands for, then what the user gives.
  @Test func paperSettingsGiveWayToGivenOnes() throws {
    let folder = try TemporaryFolder()
    func plan(_ arguments: [String]) throws -> String {
      let invocation = try Invocation(["run", "linear-acceleration", "--device", "cpu", "--plan"] + arguments, in: folder.url)
      #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
      return invocation.output
    }
    #expect(try plan([]).contains("20 draws") && plan(["--paper"]).contains("200 draws"))
    let own = try plan(["--draws", "7", "--paper"])
    #expect(own.contains("7 draws") && own.contains("d = 1, 2, 4, 8, 16, 64, 256,"))
  }

  @Test func linearAccelerationHasItsOwnTable() throws {
    let folder = try TemporaryFolder()
    let arguments = [
      "run", "linear-acceleration", "--device", "cpu", "--draws", "2", "--target-norms", "10", "--bottlenecks", "1", "--spectrum", "0",
      "--start", "raw", "--depths", "2", "--widths", "16", "--steps", "10", "--regression-points", "10", "--no-plots", "--json",
    ]
    let invocation = try Invocation(arguments, in: folder.url)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(invocation.output.utf8)) as? [String: Any])
    let table = try #require(json["table"] as? [String: Any], "\(invocation.testDescription)")
    let rows = try #require(table["speedUps"] as? [[String: Any]])
    #expect(rows.count == 1 && rows.first?["speedUp"] as? Double ?? 0 > 2)
    let text = try String(contentsOf: onlyRun(in: folder.url).directory.appendingPathComponent("table.txt"), encoding: .utf8)
    #expect(text.contains("end-to-end rule, largest deviation") && text.contains("d = 1"))
  }

  /// At rates among which the best is sought many runs diverge, by design.
  @Test func runsThatDivergedAreToldInOneLine() throws {
    let folder = try TemporaryFolder()
    let arguments = Self.tiny + ["--bottlenecks", "1,1x1", "--own-fractions", "0.9,0.95", "--steps", "60", "--draws", "2", "--no-plots"]
    let invocation = try Invocation(arguments, in: folder.url)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    let ends = try RunRecords.read(onlyRun(in: folder.url).directory).filter { $0.string("kind") == "end" }
    let diverged = ends.filter { $0.string("status") == "diverged" }
    #expect(diverged.count > 1, "a test of nothing")
    let lines = invocation.errors.split(separator: "\n").filter { $0.contains("diverged") }
    #expect(lines.count == 1 && lines[0].hasPrefix("\(diverged.count) runs diverged: "), "\(invocation.testDescription)")
    for fraction in Set(diverged.compactMap { $0.number("kappa") }) {
      #expect(lines[0].contains("\(diverged.count { $0.number("kappa") == fraction }) at rate fraction \(fraction)"))
    }
  }

  @Test func extendsWithMoreSteps() throws {
    let folder = try TemporaryFolder()
    for steps in ["3", "6"] {
      let invocation = try Invocation(Self.tiny + ["--steps", steps, "--no-plots", "--quiet"], in: folder.url)
      #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    }
    let run = try onlyRun(in: folder.url)
    #expect(try Manifest.read(run.directory).continued.count == 1)
    let last = try RunRecords.read(run.directory).filter { $0.string("bottlenecks") == "1" && $0.number("kappa") == 0.1 }
      .compactMap { $0.number("step") }.max()
    #expect(last == 6)
  }

  @Test func equalSettingsInYAMLAreTheSameRun() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "tiny.yaml",
      """
      experiment: bottleneck
      device: cpu
      train: 20
      test: 20
      draws: 1
      bottlenecks: [1, inf]
      feature-width: 64
      target-scale: 3
      """)
    func plan(_ arguments: [String]) throws -> [String: Any] {
      let invocation = try Invocation(arguments + ["--plan", "--json"], in: folder.url)
      #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
      return try #require(try JSONSerialization.jsonObject(with: Data(invocation.output.utf8)) as? [String: Any])
    }
    let options = try plan(Self.tiny + ["--target-scale", "3"])["run"] as? String
    #expect(try plan(["run", "tiny.yaml"])["run"] as? String == options)
    #expect(try plan(["run", "bottleneck", "--settings", "tiny.yaml"])["run"] as? String == options)
    #expect(try plan(["run", "--settings=tiny.yaml"])["run"] as? String == options)
    // The command line wins; steps do not make another run, a seed does.
    #expect(try plan(["run", "tiny.yaml", "--target-scale", "10"])["run"] as? String == plan(Self.tiny)["run"] as? String)
    #expect(try plan(["run", "tiny.yaml", "--steps", "7"])["run"] as? String == options)
    #expect(try plan(["run", "tiny.yaml", "--seed", "7"])["run"] as? String != options)
    #expect(folder.files == ["tiny.yaml"], "a plan writes nothing")
  }

  /// An experiment's own defaults, a file of settings, the command line: the later wins.
  @Test func ownDefaultsGiveWay() throws {
    let folder = try TemporaryFolder()
    try folder.write("depth.yaml", "experiment: bottleneck-depth\ntrain: 30\nbottlenecks: [1, 1x1]\n")
    func lines(_ arguments: [String]) throws -> String {
      let invocation = try Invocation(["run"] + arguments + ["--device", "cpu", "--feature-width", "64", "--plan"], in: folder.url)
      #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
      return invocation.output
    }
    let own = try lines(["bottleneck-depth"])
    #expect(own.contains("digits: 400 training") && own.contains("bottlenecks 1, 1x1, 1x1x1, 2, 2x2, 2x2x2;") && own.contains("5 draws"))
    let file = try lines(["depth.yaml"])
    #expect(file.contains("digits: 30 training") && file.contains("bottlenecks 1, 1x1;") && file.contains("5 draws"))
    let user = try lines(["depth.yaml", "--train", "20", "--draws=2"])
    #expect(user.contains("digits: 20 training") && user.contains("bottlenecks 1, 1x1;") && user.contains("2 draws"))
    #expect(try lines(["bottleneck-depth", "--train=20"]).contains("digits: 20 training"))
    #expect(folder.files == ["depth.yaml"], "a plan writes nothing")
  }

  @Test func printsJSONAlone() throws {
    let folder = try TemporaryFolder()
    let invocation = try Invocation(Self.tiny + ["--steps", "3", "--no-plots", "--json"], in: folder.url)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(invocation.output.utf8)) as? [String: Any])
    #expect(json["run"] as? String == (try onlyRun(in: folder.url)).run)
    #expect((json["table"] as? [[String: Any]])?.isEmpty == false && (json["seconds"] as? Double ?? 0) > 0)
  }

  @Test func staysFinishedWithoutGnuplot() throws {
    let folder = try TemporaryFolder()
    // An empty PATH holds no gnuplot.
    let output = try TemporaryFolder()
    let process = try Invocation.start(Self.tiny + ["--steps", "3"], in: folder.url, output: output.url, environment: ["PATH": ""])
    process.waitUntilExit()
    let errors = try String(contentsOf: output.url.appendingPathComponent("errors"), encoding: .utf8)
    #expect(process.terminationStatus == 0 && errors.contains("apt-get install gnuplot"), "\(errors)")
    #expect(try onlyRun(in: folder.url).state == .finished)
  }

  @Test func saysThatLAPACKIsMissing() throws {
    let (folder, output) = (try TemporaryFolder(), try TemporaryFolder())
    let environment = ProcessInfo.processInfo.environment.merging(["ISTHMUS_LAPACK": "/missing/liblapack.so"]) { _, new in new }
    let process = try Invocation.start(
      Self.tiny + ["--steps", "3", "--no-plots"], in: folder.url, output: output.url, environment: environment)
    process.waitUntilExit()
    let errors = try String(contentsOf: output.url.appendingPathComponent("errors"), encoding: .utf8)
    #expect(process.terminationStatus == 1, "\(errors)")
    #expect(errors.contains("/missing/liblapack.so") && errors.contains("libopenblas0"), "\(errors)")
  }
}
