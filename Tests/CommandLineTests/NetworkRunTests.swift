import Foundation
import Results
import TestSupport
import Testing

/// Runs of a network from a file, at a rate as such, that save their functions.
@Suite struct NetworkRunTests {
  private static let net = "inputs: 64\nblocks:\n  - {hidden: [erf, erf], outputs: 3}\n  - {hidden: [erf], outputs: 1}\n"
  private static let tiny =
    ["--device", "cpu", "--train", "20", "--test", "20", "--draws", "1", "--feature-width", "64", "--steps", "4", "--no-plots"]

  private func onlyRun(in folder: URL) throws -> RunSummary {
    let runs = RunListing.runs(in: folder.appendingPathComponent("results"))
    #expect(runs.count == 1)
    return try #require(runs.first)
  }

  @Test func theManifestHoldsTheNetworkAndTheCommandThatAsksForItAgain() throws {
    let folder = try TemporaryFolder()
    try folder.write("net.yaml", Self.net)
    let invocation = try Invocation(["run", "bottleneck", "--network", "net.yaml", "--rate", "0.01"] + Self.tiny, in: folder.url)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    #expect(
      invocation.output.contains("network net.yaml") && invocation.output.contains("of the limit of stability"), "\(invocation.output)")
    let run = try onlyRun(in: folder.url), manifest = try Manifest.read(run.directory)
    #expect(manifest.parameters["network"]?["inputs"] == 64 && manifest.parameters["bottlenecks"] == "network")
    let table = try String(contentsOf: run.directory.appendingPathComponent("table.txt"), encoding: .utf8)
    #expect(table.contains("η 0.01"), "\(table)")
    let csv = try String(contentsOf: run.directory.appendingPathComponent("table.csv"), encoding: .utf8)
    #expect(csv.hasPrefix("comparison,bottlenecks,baseline,kappa,rate,draws,") && csv.contains("\nsame,3,inf,,0.01,1,"), "\(csv)")
    let shown = try Invocation(["results", "show", run.run, "--json"], in: folder.url)
    let json = try #require(try JSONSerialization.jsonObject(with: Data(shown.output.utf8)) as? [String: Any])
    #expect((json["command"] as? String)?.contains("'--network={") == true, "\(shown.testDescription)")
    // The text that the manifest holds, and the functions: the same run.
    let text = try #require(manifest.parameters["network"]?.plain)
    let again = ["run", "bottleneck", "--network", text, "--rate", "0.01", "--save-outputs"]
    let saved = try Invocation(again + Self.tiny, in: folder.url)
    #expect(saved.exitCode == 0, "\(saved.testDescription)")
    #expect(RunArrays.names(in: try onlyRun(in: folder.url).directory).contains("outputs-same-3-rate0.01-draw0-step4-test"))
  }

  @Test(arguments: [
    (["bottleneck", "--network", "net.yaml", "--depth", "3"], "--depth: --network says it"),
    (["bottleneck-depth", "--network=net.yaml", "--activation=relu"], "--activation: --network says it"),
    (["finite-width", "--rate", "1", "--rate-fraction", "0.1"], "--rate-fraction: --rate says it"),
    (["bottleneck", "--network", "none.yaml"], "none.yaml cannot be read: no such file."),
    (["bottleneck", "--network", "bad.yaml"], "bad.yaml:2: 'outputs': expected a whole number"),
    (["bottleneck", "--settings", "run.yaml", "--network", "net.yaml"], "--upper-depth: --network says it"),
  ])
  func whatSaysTheSameIsRefusedWithItsReason(_ arguments: [String], _ message: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("net.yaml", Self.net)
    try folder.write("bad.yaml", "hidden: [relu]\noutputs: many\n")
    try folder.write("run.yaml", "upper-depth: 2\n")
    let invocation = try Invocation(["run"] + arguments + ["--plan"], in: folder.url)
    #expect(invocation.exitCode != 0 && invocation.errors.contains(message), "\(invocation.testDescription)")
  }
}
