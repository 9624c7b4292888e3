import BackendCatalog
import Compute
import DeviceTiming
import Experiments
import Foundation
import Synchronization
import TestSupport
import Testing

/// What a device takes is measured once; plans follow from that and the settings, and ask nothing of the device.
@Suite struct DeviceSpeedTests {
  /// A device that counts what it is asked for.
  private final class CountedDevice: BackendWrapper {
    let backend: any Backend
    private let count = Atomic(0)
    var asked: Int { count.load(ordering: .relaxed) }

    init() throws { backend = try BackendCatalog.backend() }

    func allocate(byteCount: Int) throws(ComputeError) -> any DeviceBuffer {
      count.add(1, ordering: .relaxed)
      return try backend.allocate(byteCount: byteCount)
    }

    func perform(_ job: BackendJob) throws(ComputeError) {
      count.add(1, ordering: .relaxed)
      try backend.perform(job)
    }
  }

  /// Of the device of these tests, in float64.
  private static let speeds = Result { try DeviceSpeeds.measured(on: Recorded.engine()) }

  private static let data = "gaussian:features=10,degree=2,count=2000,seed=3"
  private static let small: [String: String] = [
    "bottleneck": "--train 60 --test 30 --steps 30 --draws 1", "bottleneck-depth": "--train 60 --test 30 --steps 30 --draws 1",
    "bottleneck-scaling": "--points 30,60 --test 30 --steps 30 --draws 1", "finite-width": "--widths 24,48 --draws 2 --steps 12",
    "lazy-feature": "--data \(data) --train 40 --test 60 --widths 12 --alphas 1,1e4 --draws 2 --components 4 --kernels both",
    "linear-acceleration": "--widths 64 --draws 2", "multilinearity": "--networks 2+2,3 --widths 8,16 --members 2",
  ]

  private func plan<E: Experiment>(_ experiment: E.Type, _ extra: String = "", on engine: Engine) throws -> any ExperimentPlan {
    let own = try #require(Self.small[E.name], "no small settings of \(E.name)")
    let arguments = E.defaultArguments + "\(own) \(extra)".split(separator: " ").map(String.init)
    return try E.plan(E.Settings.parse(arguments), on: PlannedDevice(engine, passEngine: engine, speeds: Self.speeds.get()))
  }

  @Test func noPlanAsksAnythingOfTheDevice() throws {
    for experiment in ExperimentCatalog.all {
      let device = try CountedDevice()
      let plan = try plan(experiment, on: Engine(device))
      #expect(plan.estimatedSeconds > 0 && plan.estimatedSeconds.isFinite && !plan.summary.isEmpty, "\(experiment.name)")
      #expect(device.asked == 0, "\(experiment.name) asked for \(device.asked) jobs or memory")
    }
  }

  @Test func plansOfEqualSettingsAreEqual() throws {
    let engine = try Recorded.engine()
    for experiment in ExperimentCatalog.all {
      #expect(try plan(experiment, on: engine).summary == plan(experiment, on: engine).summary, "\(experiment.name)")
    }
  }

  /// Work of n times as many steps is that of n runs, but for what begins and ends one.
  @Test func twiceTheStepsTakeTwiceTheTime() throws {
    let engine = try Recorded.engine()
    func ratio<E: Experiment>(_ experiment: E.Type, _ extra: String = "") throws -> Double {
      try plan(E.self, "--steps 4000 \(extra)", on: engine).estimatedSeconds
        / plan(E.self, "--steps 2000 \(extra)", on: engine).estimatedSeconds
    }
    let ratios = [
      "finite-width": try ratio(FiniteWidth.self, "--history basis"),
      "lazy-feature": try ratio(LazyFeature.self, "--method adam --kernels none"),
      "bottleneck": try ratio(Bottleneck.self, "--bottlenecks 2 --feature-width 64"),
    ]
    for (name, ratio) in ratios { #expect(ratio > 1.8 && ratio < 2.05, "\(name): \(ratio)") }
    // An exact history grows with the steps.
    #expect(try ratio(FiniteWidth.self, "--history exact") > 2.5)
  }

  @Test func whatWasMeasuredIsKept() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let store = DeviceSpeedStore(folder: folder.url.appending(path: "speeds"))
    func speeds(_ program: String = "1") throws -> (speeds: DeviceSpeeds, asked: Int, warnings: [String]) {
      let device = try CountedDevice()
      var warnings: [String] = []
      let speeds = try store.speeds(of: [Engine(device)], program: program) { warnings.append($0) }
      return (speeds, device.asked, warnings)
    }
    let first = try speeds(), second = try speeds()
    #expect(first.asked > 0 && second.asked == 0 && first.speeds == second.speeds && first.warnings + second.warnings == [])
    #expect(try speeds("2").asked > 0, "another program has speeds of its own")

    // Damaged in any way it is measured again, and then in order.
    let files = try FileManager.default.contentsOfDirectory(at: folder.url.appending(path: "speeds"), includingPropertiesForKeys: nil)
    let whole = try String(contentsOf: #require(files.first), encoding: .utf8)
    for damaged in ["{", "", whole.replacing("\"seconds\" : ", with: "\"seconds\" : -")] {
      for file in files { try Data(damaged.utf8).write(to: file) }
      let again = try speeds()
      #expect(again.asked > 0 && again.warnings.count == 1 && again.warnings[0].contains("is no table of speeds"), "\(again.warnings)")
      #expect(try speeds().asked == 0)
    }
  }

  @Test func whereNothingCanBeKeptItIsMeasuredWithAWarning() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    try Data().write(to: folder.url.appending(path: "file"))
    let device = try CountedDevice()
    var warnings: [String] = []
    let store = DeviceSpeedStore(folder: folder.url.appending(path: "file/speeds"))
    let speeds = try store.speeds(of: [Engine(device)], program: "1") { warnings.append($0) }
    #expect(device.asked > 0 && !warnings.isEmpty && warnings.allSatisfy { $0.contains("file/speeds") }, "\(warnings)")
    #expect(speeds != DeviceSpeeds())
    #expect(try DeviceSpeedStore(folder: nil).speeds(of: [Engine(device)], program: "1") { warnings.append($0) } != DeviceSpeeds())
  }

  /// Both precisions of a device are in one file; what is there is not measured again.
  @Test func aSecondPrecisionIsAdded() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let store = DeviceSpeedStore(folder: folder.url.appending(path: "speeds")), device = try CountedDevice()
    let engine = try Engine(device), coarse = try engine.with(precision: .float32)
    func asked(_ engines: [Engine]) throws -> Int {
      let before = device.asked
      _ = try store.speeds(of: engines, program: "1") { Issue.record("\($0)") }
      return device.asked - before
    }
    #expect(try asked([engine]) > 0)
    #expect(try asked([engine, coarse]) > 0)
    #expect(try asked([coarse, engine]) == 0)
  }
}
