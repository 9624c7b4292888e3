import Compute
import Experiments
import Foundation
import Results
import Synchronization
import Testing

/// Runs that are told to stop, again and again: every experiment ends with the numbers of an undisturbed run, and loses no step.
@Suite struct StoppedRunTests {
  /// Tells the run to stop after a number of its steps, or only to save.
  private final class Stopper: RunControl {
    private struct State {
      var left: Int
      var stepsUnderWay = 0
      var asked = 0
      var saved = 0
    }
    private let state: Mutex<State>
    private let kind: RunRequest
    private let beforeStop: @Sendable () -> Void

    init(after steps: Int, _ kind: RunRequest = .stop, beforeStop: @escaping @Sendable () -> Void = {}) {
      state = Mutex(State(left: steps))
      self.kind = kind
      self.beforeStop = beforeStop
    }

    var asked: Int { state.withLock { $0.asked } }
    var saved: Int { state.withLock { $0.saved } }
    var stepsUnderWay: Int { state.withLock { $0.stepsUnderWay } }

    func beginSteps() { state.withLock { $0.stepsUnderWay += 1 } }
    func endSteps() { state.withLock { $0.stepsUnderWay -= 1 } }

    var request: RunRequest? {
      state.withLock { state in
        state.asked += 1
        state.left -= 1
        if state.left == 0 { beforeStop() }
        return state.left == 0 || kind == .save ? kind : nil
      }
    }

    func answer(isSaved: Bool) { state.withLock { $0.saved += isSaved ? 1 : 0 } }
  }

  /// Stops the run at steps that follow from `seed`, until it is complete.
  private func expectTheSameNumbers<E: Experiment>(_ experiment: E.Type, _ arguments: [String], longest: Int, seed: UInt64) throws {
    let engine = try Recorded.engine(), settings = try E.Settings.parse(arguments)
    // Times differ between equal runs.
    func timeless(_ records: [Record]) -> [Record] { records.filter { $0.string("kind") != "cost" } }
    let counter = Stopper(after: .max)
    let whole = try timeless(Recorded.run(E.self, settings, on: engine, control: counter))
    #expect(counter.asked > 5 && counter.stepsUnderWay == 0, "\(E.name) has \(counter.asked) steps")

    let folder = Recorded.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var random = seed, asked = 0, stops = 0
    while true {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let stopper = Stopper(after: 1 + Int(random >> 33) % longest)
      defer { asked += stopper.asked }
      do {
        let records = try timeless(Recorded.run(E.self, settings, on: engine, in: folder, control: stopper))
        #expect(records == whole, "\(E.name), seed \(seed), \(stops) stops")
        break
      } catch is RunStopped {
        #expect(stopper.stepsUnderWay == 0 && stopper.saved == 1)
        stops += 1
        try #require(stops <= counter.asked, "\(E.name), seed \(seed) does not get on")
      }
    }
    #expect(stops > 1, "\(E.name), seed \(seed): nothing was stopped")
    #expect(asked == counter.asked, "\(E.name), seed \(seed): \(asked) steps with \(stops) stops, \(counter.asked) without")
    let left = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    #expect(!left.contains { $0.hasSuffix(".partial") }, "\(left)")
  }

  @Test(arguments: [1, 2] as [UInt64]) func bottleneck(_ seed: UInt64) throws {
    let arguments = Recorded.small + ["--bottlenecks", "1,2,2x2,inf", "--draws", "2", "--own-fractions", "0.1,0.3", "--steps", "20"]
    try expectTheSameNumbers(Bottleneck.self, arguments, longest: 12, seed: seed)
  }

  @Test func bottleneckBatches() throws {
    let arguments =
      Recorded.small + ["--bottlenecks", "2,inf", "--batch", "20", "--loss", "softmax", "--target", "onehot", "--compare", "same"]
    try expectTheSameNumbers(Bottleneck.self, arguments + ["--steps", "16"], longest: 8, seed: 3)
  }

  @Test func bottleneckDepth() throws {
    try expectTheSameNumbers(
      BottleneckDepth.self, Recorded.small + ["--bottlenecks", "1,1x1", "--steps", "12", "--compare", "same"], longest: 8, seed: 4)
  }

  @Test func bottleneckScaling() throws {
    let arguments = Recorded.small.dropFirst(2) + ["--bottlenecks", "1,2", "--compare", "same", "--twin", "none", "--steps", "12"]
    try expectTheSameNumbers(BottleneckScaling.self, arguments + ["--points", "30,40", "--scales", "3"], longest: 12, seed: 5)
  }

  @Test func finiteWidth() throws {
    let arguments = [
      "--bottlenecks", "2", "--widths", "24,48", "--draws", "2", "--steps", "12", "--readings", "4", "--train", "7", "--test", "4",
      "--times",
      "0,5,12",
    ]
    try expectTheSameNumbers(FiniteWidth.self, arguments, longest: 8, seed: 6)
  }

  @Test(arguments: ["flow", "sgd", "adam"]) func lazyFeature(_ method: String) throws {
    let arguments = [
      "--data", "gaussian:features=10,degree=2,count=2000,seed=3", "--preparation", "raw", "--train", "30", "--test", "20", "--widths", "8",
      "--alphas", "0.1,10", "--draws", "2", "--kernel-points", "10", "--seed", "5", "--method", method, "--batch", "10",
      "--kernels", "both", "--steps", "60",
    ]
    try expectTheSameNumbers(LazyFeature.self, arguments, longest: 60, seed: 7)
  }

  @Test func linearAcceleration() throws {
    let arguments = [
      "--target-norms", "1", "--bottlenecks", "1", "--spectrum", "0", "--draws", "2", "--depths", "1", "--regression-points", "12",
      "--regression-inputs", "3", "--widths", "16", "--steps", "20",
    ]
    try expectTheSameNumbers(LinearAcceleration.self, arguments, longest: 8, seed: 8)
  }

  @Test func multilinearity() throws {
    let arguments = "--networks 2+2,3 --widths 8 --members 2 --restarts 2 --iterations 8 --steps 10 --samples 1 --points 4"
    try expectTheSameNumbers(Multilinearity.self, arguments.split(separator: " ").map(String.init), longest: 7, seed: 9)
  }

  @Test func aRunThatSavesGoesOn() throws {
    let engine = try Recorded.engine(), settings = try Recorded.settings(["--bottlenecks", "2,inf", "--compare", "same", "--steps", "8"])
    let saver = Stopper(after: 1, .save)
    let records = try Recorded.run(Bottleneck.self, settings, on: engine, control: saver)
    #expect(saver.saved == 8 && saver.asked == 8)
    #expect(try records == Recorded.run(settings, on: engine))
  }

  /// A checkpoint that cannot be written is an error of the run, and nothing says that it was saved.
  @Test func aRunThatCannotSaveFails() throws {
    let engine = try Recorded.engine(), settings = try Recorded.settings(["--bottlenecks", "2,inf", "--compare", "same", "--steps", "8"])
    let folder = Recorded.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let directory = try Recorded.store(settings, in: folder).directory
    // A folder comes to lie in the place of the checkpoint.
    let place = directory.appendingPathComponent("checkpoint-chains-1-0.bin/x")
    let stopper = Stopper(after: 3) { try? FileManager.default.createDirectory(at: place, withIntermediateDirectories: true) }
    #expect(throws: ResultsError.self) { try Recorded.run(Bottleneck.self, settings, on: engine, in: folder, control: stopper) }
    #expect(stopper.asked == 3 && stopper.saved == 0 && stopper.stepsUnderWay == 0)
  }
}
