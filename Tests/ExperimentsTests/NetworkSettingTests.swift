import Experiments
import Foundation
import Results
import TestSupport
import Testing
import YAMLFiles

/// A network from a file, and a learning rate as such, in place of the settings that say the same.
@Suite struct NetworkSettingTests {
  /// The network of the default settings with one bottleneck.
  private static let net = """
    inputs: 64
    blocks:
      - hidden: [&erf {activation: erf, weightVariance: 2.25, biasVariance: 0.25}, *erf, *erf]
        outputs: 4
      - {hidden: [*erf], outputs: 1}
    """
  private static let same = ["--compare", "same", "--twin", "none", "--steps", "8"]

  private func path(_ text: String, in folder: TemporaryFolder, name: String = "net.yaml") throws -> String {
    let url = folder.url.appendingPathComponent(name)
    try Data(text.utf8).write(to: url)
    return url.path
  }

  @Test func aFileGivesTheRunOfTheSettingsThatSayTheSame() throws {
    let folder = try TemporaryFolder(), engine = try Recorded.engine(), path = try path(Self.net, in: folder)
    let own = try Recorded.run(Recorded.settings(Self.same + ["--bottlenecks", "1,2,inf"]), on: engine)
    let filed = try Recorded.settings(Self.same + ["--network", path, "--bottlenecks", "1,2,inf"])
    let got = try Recorded.run(filed, on: engine)
    let isEqual = got == own
    #expect(isEqual && Recorded.ends(own).count == 3)
    let widths = try Recorded.run(Recorded.settings(Self.same + ["--network", path, "--bottlenecks", "network"]), on: engine)
    #expect(Set(Recorded.ends(widths).compactMap { $0.string("bottlenecks") }) == ["4", "inf"])
  }

  /// Layers that no settings name, two bottlenecks, blocks of several depths.
  @Test func anyNetworkOfTheLanguageRuns() throws {
    let folder = try TemporaryFolder()
    let path = try path(
      """
      inputs: 64
      blocks:
        - layers: [{dense: 99, weightVariance: 2}, relu, {dense: 7}, tanh, {dense: 3}]
        - hidden: [erf, erf]
          outputs: 2
        - {hidden: [{activation: erf, biasVariance: 0.1}], outputs: 1}
      """, in: folder)
    let records = try Recorded.run(
      Recorded.settings(Self.same + ["--network", path, "--bottlenecks", "network,1x1,inf"]), on: Recorded.engine())
    #expect(Set(Recorded.ends(records).compactMap { $0.string("bottlenecks") }) == ["3x2", "1x1", "inf"])
    #expect(Recorded.ends(records).allSatisfy { $0.string("baseline") == "inf/2" && $0.string("status") == "finished" })
  }

  /// A run is identified by what a file says and not by its name; the manifest's text makes the network again.
  @Test func theContentOfTheFileIsTheRunsIdentity() throws {
    let folder = try TemporaryFolder(), path = try path(Self.net, in: folder)
    let other = try self.path("# the same\n" + Self.net, in: folder, name: "other.yaml")
    let wider = try self.path(Self.net.replacingOccurrences(of: "outputs: 4", with: "outputs: 5"), in: folder, name: "wider.yaml")
    func identity(_ network: String) throws -> JSONValue? {
      try Bottleneck.identity(of: Recorded.settings(["--network", network]))["network"]
    }
    let own = try #require(try identity(path))
    #expect(try identity(other) == own && identity(own.plain) == own)
    #expect(try identity(wider) != own)
    let without = try Bottleneck.identity(of: Recorded.settings([]))
    #expect(without["network"] == nil && without["rate"] == nil && without["theta"] == .null && without["at"] == nil)
  }

  @Test(arguments: [
    ("inputs: 65", "inputs: 64", "64 inputs, as many as the data have features"),
    ("outputs: 2}", "outputs: 1}", "1 output(s)"),
  ])
  func aNetworkThatDoesNotFitTheDataIsRefused(_ wrong: String, _ right: String, _ message: String) throws {
    let folder = try TemporaryFolder(), path = try path(Self.net.replacingOccurrences(of: right, with: wrong), in: folder)
    let text = try Recorded.refusal(Bottleneck.self) { try Recorded.settings(["--network", path, "--bottlenecks", "2"]) }
    #expect(text.contains("--network") && text.contains(message), "\(text)")
  }

  @Test(arguments: [("2x2", "chains of 1"), ("network,x", "or network")])
  func bottlenecksThatTheFileHasNotAreRefused(_ bottlenecks: String, _ message: String) throws {
    let folder = try TemporaryFolder(), path = try path(Self.net, in: folder)
    let text = try Recorded.refusal(Bottleneck.self) { try Recorded.settings(["--network", path, "--bottlenecks", bottlenecks]) }
    #expect(text.contains("--bottlenecks") && text.contains(message), "\(text)")
  }

  /// What says the same is refused with its reason, and defaults of other settings make room.
  @Test func settingsThatSayTheSameAreNotGivenTogether() throws {
    for name in ["depth", "activation", "weight-variance", "theta"] {
      let error = #expect(throws: ExperimentError.self) { try Bottleneck.arguments(beneath: ["network", name], isPaper: false) }
      #expect(error == .exclusiveSettings(name: name, by: "network"))
    }
    #expect(throws: ExperimentError.exclusiveSettings(name: "rate-fraction", by: "rate")) {
      try BottleneckDepth.arguments(beneath: ["rate", "rate-fraction"], isPaper: false)
    }
    #expect(try BottleneckScaling.arguments(beneath: ["network"], isPaper: false).last == "--bottlenecks=network")
    let paper = try FiniteWidth.arguments(beneath: ["rate-fraction"], isPaper: true)
    #expect(!paper.contains { $0.hasPrefix("--rate=") } && paper.contains("--steps=300"))
  }

  /// A rate as such is that of every network, and the plan says which fraction of the limit it is.
  @Test func anAbsoluteRateIsThatOfEveryNetwork() throws {
    let engine = try Recorded.engine(), chains = ["--bottlenecks", "2,2x2,inf"]
    let fractional = try Recorded.run(Recorded.settings(Self.same + chains), on: engine)
    let end = try #require(Recorded.ends(fractional).first { $0.string("bottlenecks") == "2" })
    let rate = try #require(end.number("rate"))
    let settings = try Recorded.settings(Self.same + chains + ["--rate", "\(rate)"])
    let absolute = try Recorded.run(settings, on: engine)
    #expect(absolute.filter { $0.string("kind") == "step" }.allSatisfy { $0.number("rate") == rate && $0["kappa"] == nil })
    #expect(Recorded.ends(absolute).allSatisfy { $0.number("rate") == rate } && Recorded.ends(absolute).count == 4)
    func losses(_ records: [Record]) -> [Double] {
      records.filter { $0.string("bottlenecks") == "2" && $0.string("kind") == "step" }.compactMap { $0.number("trainLoss") }
    }
    #expect(losses(absolute) == losses(fractional) && losses(absolute).count == 9)
    let plan = try Bottleneck.plan(settings, on: engine, passEngine: engine).summary.joined(separator: "\n")
    #expect(plan.contains("rate \(rate): 0.1 of the limit of stability"), "\(plan)")
    let steep = try Bottleneck.plan(Recorded.settings(chains + ["--rate", "\(100 * rate)"]), on: engine, passEngine: engine)
    #expect(steep.summary.contains { $0.hasPrefix("warning: rate") }, "\(steep.summary)")
    let text = try Recorded.refusal(Bottleneck.self) { try Recorded.settings(["--compare", "own", "--rate", "1"]) }
    #expect(text.contains("--rate") && text.contains("own-fractions"), "\(text)")
  }
}
