import BackendCatalog
import Compute
import Experiments
import FiniteNetworks
import Foundation
import LinearAlgebra
import Matrices
import Results
import Testing

/// The experiment `lazy-feature` on a small task: sign(x₁x₂) of 10 normal numbers.
@Suite struct LazyFeatureTests {
  private static let small = [
    "--data", "gaussian:features=10,degree=2,count=2000,seed=3", "--preparation", "raw", "--train", "40", "--test", "60", "--widths", "12",
    "--alphas", "0.01,1,1e4", "--draws", "2", "--kernel-points", "20", "--seed", "5", "--checkpoint-seconds", "0",
  ]

  private func settings(_ extra: [String] = []) throws -> LazyFeatureSettings { try LazyFeatureSettings.parse(Self.small + extra) }

  private func engine() throws -> Engine { try Recorded.engine() }

  private func number(_ record: Record, _ field: String) throws -> Double { try #require(record.number(field), "\(field) in \(record)") }

  @Test func everyNetworkReachesItsMarginsAndSmallAlphaMovesMost() throws {
    let records = try Recorded.run(LazyFeature.self, settings(), on: engine())
    let ends = Recorded.ends(records)
    #expect(ends.count == 6)
    for end in ends {
      #expect(end.string("status") == "converged")
      #expect(try number(end, "trainError") == 0)
      #expect(try number(end, "unsatisfied") == 0)
    }
    func median(_ alpha: Double, _ field: String) throws -> Double {
      try ends.filter { $0.number("alpha") == alpha }.map { try number($0, field) }.reduce(0, +) / 2
    }
    // Geiger et al.: |ΔΘ|/|Θ₀| falls as (√h·α)^-3/2, then as its inverse.
    #expect(try median(0.01, "kernelChange") > 100 * median(1, "kernelChange") / 10)
    #expect(try median(1e4, "kernelChange") < 1e-2)
    #expect(try median(0.01, "weightChange") > median(1, "weightChange"))
    let ensembles = records.filter { $0.string("kind") == "ensemble" }
    #expect(ensembles.count == 3)
    #expect(try ensembles.allSatisfy { try number($0, "variance") > 0 })
    #expect(records.filter { $0.string("kind") == "kernel" }.count == 2)
  }

  /// At a large √h·α a network ends where the linear model with its initial kernel does.
  @Test func lazyNetworksFollowTheirInitialKernel() throws {
    let engine = try engine()
    let settings = try settings(["--alphas", "1e7", "--draws", "1", "--kernels", "both"])
    let study = try LazyFeatureStudy(settings, on: PlannedDevice(engine, passEngine: engine))
    let data = try study.task.data(on: engine, passEngine: engine)
    let network = try FiniteNetwork(
      study.architecture(width: 12), members: study.networks.map { $0.stream(seed: settings.seed) }, on: engine)
    let start = try network.copy()
    let signs = try engine.tensor(data.trainSigns)
    let objective = try Objective(
      settings.loss, inputs: data.train, targets: signs, alpha: [1e7], offset: network.outputs(data.train), on: engine)
    let rule = GradientFlow.Rule(gradientChange: 1e-5, outputChange: 1e-2)
    var flow = try GradientFlow(network, objective, rule: rule)
    // Time of the network runs α times slower: its loss is divided by α and its function multiplied.
    var frozen = try KernelFlow(start.tangentKernel(data.train), data.trainSigns, loss: settings.loss, rule: rule, on: engine)
    func isOpen(_ f: Matrix) -> Bool { zip(f.values, data.trainSigns.values).contains { $0 * $1 < 1 } }
    while isOpen(objective.function(of: 0, flow.outputs()[0])) { try flow.advance() }
    while isOpen(frozen.outputs) { try frozen.advance() }
    let trained = objective.function(of: 0, flow.outputs()[0])
    // Euler steps of at most 1e-2 per output, on their own grids: the last ones differ by that, and everything at first order.
    #expect(Matrix.relativeDistance(trained, frozen.outputs) < 2e-2)
    #expect(abs(flow.clock.time[0] * 1e7 / frozen.clock.time[0] - 1) < 2e-2)
  }

  /// A hinge is for optimisers, its slope jumps; the frozen kernels beside them need a flow all the same.
  @Test func frozenKernelsBesideAHingeReachTheirMargins() throws {
    let settings = try settings(["--method", "adam", "--loss", "hinge", "--alphas", "1", "--draws", "1", "--batch", "0", "--steps", "3000"])
    let records = try Recorded.run(LazyFeature.self, settings, on: engine())
    let kernels = records.filter { $0.string("kind") == "kernel" }
    #expect(kernels.count == 1)
    #expect(kernels.allSatisfy { $0.string("status") == "converged" })
  }

  @Test func aKilledRunGoesOnWithTheSameNumbers() throws {
    let engine = try engine()
    for method in [["--method", "flow"], ["--method", "adam", "--batch", "10", "--loss", "hinge"]] {
      let settings = try settings(method + ["--kernels", "none", "--alphas", "0.01,1e4", "--steps", "120"])
      let whole = try Recorded.run(LazyFeature.self, settings, on: engine)
      let folder = Recorded.temporaryFolder()
      let killed = URL(fileURLWithPath: folder.path + "-killed")
      defer { for url in [folder, killed] { try? FileManager.default.removeItem(at: url) } }
      _ = try Recorded.run(LazyFeature.self, settings, on: engine, in: folder, progress: Killer(after: 40, folder: folder))
      let resumed = try Recorded.run(LazyFeature.self, settings, on: engine, in: killed)
      func values(_ records: [Record]) -> Set<String> {
        Set(
          records.filter { ["step", "end"].contains($0.string("kind")) }.map { record in
            ["kind", "status"].map { record.string($0) ?? "" }.joined(separator: " ")
              + ["alpha", "draw", "step", "time", "trainLoss", "movement", "testError", "kernelChange", "halfTime"].map {
                " \(record.number($0) ?? -1)"
              }.joined()
          })
      }
      // The killed copy had begun and not ended.
      let before = try RunRecords.read(Recorded.store(LazyFeature.self, settings, in: killed).directory).count
      #expect(before > 0)
      #expect(values(resumed) == values(whole), "\(method)")
      #expect(Recorded.ends(resumed).count == 4, "\(method)")
      #expect(Recorded.ends(resumed).allSatisfy { ($0.number("steps") ?? .infinity) <= 120 }, "\(method)")
    }
  }

  /// Copies what a kill would leave behind.
  private final class Killer: Experiments.ProgressReporting, @unchecked Sendable {
    private var left: Int
    private let folder: URL
    init(after reports: Int, folder: URL) { (left, self.folder) = (reports, folder) }

    func update(fraction: Double, activity: String, rate: String) {
      guard activity.contains("networks, step") else { return }
      left -= 1
      guard left == 0 else { return }
      try? FileManager.default.copyItem(at: folder, to: URL(fileURLWithPath: folder.path + "-killed"))
    }
  }

  @Test func convolutionalNetworksAndOptimisersTrain() throws {
    let folder = Recorded.temporaryFolder()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    // Images of 19 × 19 pixels with a bright left or right half, in the IDX format.
    let images = folder.appendingPathComponent("images"), labels = folder.appendingPathComponent("labels")
    var bytes: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 40, 0, 0, 0, 19, 0, 0, 0, 19]
    for index in 0..<40 {
      let noise = RandomStream(seed: 2, name: "image \(index)").uniforms(361)
      bytes += (0..<361).map { UInt8((($0 % 19 < 9) == (index % 2 == 0) ? 120 : 0) + 100 * noise[$0]) }
    }
    try Data(bytes).write(to: images)
    try Data([0, 0, 8, 1, 0, 0, 0, 40] + (0..<40).map { UInt8($0 % 2) }).write(to: labels)
    let settings = try LazyFeatureSettings.parse([
      "--data", "idx:\(images.path),\(labels.path)", "--network", "cnn", "--train", "20", "--test", "20", "--widths", "3", "--alphas", "1",
      "--draws", "2", "--kernels", "none",
      "--kernel-points", "5", "--method", "sgd", "--batch", "0", "--rate", "20", "--momentum", "0.5", "--loss", "squared", "--margin",
      "0.5", "--steps", "200",
    ])
    let ends = Recorded.ends(try Recorded.run(LazyFeature.self, settings, on: engine()))
    #expect(ends.count == 2)
    for end in ends { #expect(try number(end, "trainLoss") < 0.5, "\(end)") }
  }

  @Test(arguments: [
    ["--loss", "softmax"], ["--widths", "0"], ["--alphas", "1,-1"], ["--components", "11"], ["--network", "cnn"],
    ["--method", "adam", "--batch", "41"], ["--loss", "hinge"],
    ["--test", "5000"], ["--activation", "none"],
  ])
  func settingsThatCannotBeAreRefusedBeforeTheWork(_ extra: [String]) throws {
    let engine = try engine()
    #expect(throws: (any Error).self) {
      try LazyFeature.plan(
        settings(extra + (extra == ["--components", "11"] ? ["--preparation", "centred"] : [])), on: engine, passEngine: engine)
    }
  }

  /// What a method does not use is not checked against the data.
  @Test func aFlowNeedsNoBatch() throws {
    let engine = try engine()
    _ = try LazyFeature.plan(settings(["--train", "10", "--kernel-points", "5"]), on: engine, passEngine: engine)
  }

  /// Whitened components are uncorrelated and of unit variance over all points.
  @Test func principalComponentsAreWhite() throws {
    let engine = try engine()
    let settings = try settings(["--components", "4", "--preparation", "centred", "--train", "900", "--test", "900"])
    let data = try LazyFeatureTask(settings).data(on: engine, passEngine: engine)
    let x = try engine.matrix(data.train).followed(by: engine.matrix(data.test))
    for i in 0..<4 {
      for j in 0..<4 {
        let moment = (0..<x.rows).reduce(0) { $0 + x[$1, i] * x[$1, j] } / Double(x.rows)
        // 1,800 of the about 2,000 points that define them: 4 standard errors of a product of variables of unit variance.
        #expect(abs(moment - (i == j ? 1 : 0)) < 4 * (2.0 / 1800).squareRoot(), "\(i), \(j): \(moment)")
      }
    }
  }
}
