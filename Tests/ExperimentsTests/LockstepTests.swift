import Compute
import Datasets
import Experiments
import Foundation
import Learning
import Results
import Testing

/// Lockstep, memory and checkpoints of the experiment: none of them changes a number.
@Suite struct LockstepTests {
  private static let several = ["--bottlenecks", "1,2,2x2,inf", "--draws", "2", "--own-fractions", "0.1,0.3", "--depth", "5"]

  @Test func aKilledRunGoesOnWithTheSameNumbers() throws {
    let engine = try Recorded.engine()
    let folder = Recorded.temporaryFolder()
    let killed = URL(fileURLWithPath: folder.path + "-killed")
    defer { for url in [folder, killed] { try? FileManager.default.removeItem(at: url) } }
    let settings = try Recorded.settings(Self.several + ["--checkpoint-seconds", "0.01"])
    let whole = try Recorded.run(settings, on: engine, in: folder, progress: Recorded.Killer(after: 17, folder: folder))
    let before = try RunRecords.read(Recorded.store(settings, in: killed).directory).count
    let checkpoint = try #require(try Recorded.store(settings, in: killed).readCheckpoint("chains-1-0"))
    let step = try LockstepCheckpoint.all(of: "chains-1", in: Recorded.store(settings, in: killed)).map(\.step)
    #expect(!checkpoint.arrays.isEmpty && step.count == 1 && step[0] > 10 && step[0] <= 17, "\(step)")
    let resumed = try Recorded.run(settings, on: engine, in: killed)
    #expect(before < resumed.count, "nothing was left to do")
    let losses = Recorded.losses(whole)
    #expect(losses.count > 100 && Recorded.losses(resumed) == losses)
    for key in ["steps50", "steps10", "amplification", "finalTestError", "bestTestError", "lambdaMaxEnd"] {
      func values(_ records: [Record]) -> [String: Double] {
        Recorded.ends(records).reduce(into: [:]) {
          $0["\($1.string("comparison") ?? "") \($1.string("bottlenecks") ?? "") \($1.number("kappa") ?? 0) \($1.number("draw") ?? 0)"] =
            $1.number(key)
        }
      }
      #expect(!values(whole).isEmpty && values(resumed) == values(whole), "\(key)")
    }
  }

  @Test func moreStepsGoOnFromTheCheckpoint() throws {
    let engine = try Recorded.engine()
    let folder = Recorded.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let extra = ["--bottlenecks", "2,inf", "--compare", "same", "--stop-at", "0"]
    _ = try Recorded.run(Recorded.settings(extra + ["--steps", "10"]), on: engine, in: folder)
    #expect(try LockstepCheckpoint.all(of: "chains-1", in: Recorded.store(Recorded.settings(extra), in: folder)).map(\.step) == [10])
    let extended = try Recorded.run(Recorded.settings(extra), on: engine, in: folder)
    let whole = try Recorded.run(Recorded.settings(extra), on: engine)
    func chain(_ records: [Record]) -> [String: Double] { Recorded.losses(records).filter { $0.key.hasPrefix("same 2 ") } }
    #expect(chain(extended) == chain(whole) && chain(whole).count == 31)
    let again = try Recorded.run(Recorded.settings(extra), on: engine, in: folder)
    #expect(again.count == extended.count, "a complete run was computed again")
    let more = try Recorded.run(Recorded.settings(extra + ["--draws", "2"]), on: engine, in: folder)
    #expect(chain(more).count == 62 && chain(more).merging(chain(whole)) { $1 } == chain(more), "another draw changed the first")
  }

  /// Waves of few runs, Θ_0 kept otherwise, the factor of Q_0 on disk: the same numbers up to what each rounds.
  @Test(arguments: [("packed", 0.0), ("recomputed", 1e-9), ("float32", 1e-3), ("packed-float32", 1e-3)])
  func memoryChangesNoNumber(_ storage: String, _ bound: Double) throws {
    let engine = try Recorded.engine()
    let extra = ["--bottlenecks", "1,2", "--draws", "2", "--compare", "same", "--rate-fraction", "0.05"]
    let whole = try Recorded.losses(Recorded.run(Recorded.settings(extra), on: engine))
    let got = try Recorded.losses(Recorded.run(Recorded.settings(extra + ["--theta-storage", storage]), on: engine))
    #expect(got.keys == whole.keys || bound > 1e-6)
    // Where kernels are rounded to float32 a run may end some steps earlier or later; most of its steps are in both.
    let shared = whole.keys.filter { got[$0] != nil }
    #expect(shared.count > 50 && 10 * shared.count >= 9 * max(whole.count, got.count), "\(shared.count) of \(whole.count), \(got.count)")
    for key in shared {
      let (loss, other) = (try #require(whole[key]), try #require(got[key]))
      #expect(abs(other - loss) <= bound * loss, "\(storage), \(key): \(other) against \(loss)")
    }
  }

  @Test func wavesChangeNoNumber() throws {
    let engine = try Recorded.engine()
    let settings = try Recorded.settings(Self.several + ["--theta-storage", "float64"])
    let whole = try Recorded.run(settings, on: engine)
    // The smallest budget that would do lets one run after another go.
    var small = settings
    small.memory = ByteCount(bytes: 1)
    let error = #expect(throws: ComputeError.self) { try Bottleneck.plan(small, on: engine, passEngine: engine) }
    guard case .budgetTooSmall(_, let needed, 1) = error else {
      Issue.record("expected the smallest budget that would do, got \(String(describing: error))")
      return
    }
    small.memory = ByteCount(bytes: needed)
    let plan = try Bottleneck.plan(small, on: engine, passEngine: engine)
    #expect(plan.summary.contains { $0.contains("waves") && $0.contains("on disk") }, "\(plan.summary)")
    small.memory = ByteCount(bytes: needed - 1)
    #expect(throws: ComputeError.self) { try Bottleneck.plan(small, on: engine, passEngine: engine) }
    small.memory = ByteCount(bytes: needed)
    let waves = try Recorded.run(small, on: engine)
    let losses = Recorded.losses(whole)
    #expect(losses.count > 100 && Recorded.losses(waves) == losses)
  }

  /// Kernels in files give the run that their network gives.
  @Test func aFirstBlockFromFilesIsTheNetworkThatItCameFrom() throws {
    let engine = try Recorded.engine()
    let folder = Recorded.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let extra = ["--bottlenecks", "2,inf", "--order", "file", "--compare", "same"]
    let settings = try Recorded.settings(extra)
    let data = try ChainData(settings, DataSource.parse(settings.data).load())
    let network = try settings.network([2], inputs: data.trainInputs.columns, outputs: 1)
    let kernels = try ProgramKernels(network.blocks[0].program, inputs: data.trainInputs.followed(by: data.testInputs), on: engine)
    let store = try Recorded.store(settings, in: folder)
    for (name, kind) in [("theta", KernelKind.ntk), ("nngp", .nngp)] {
      try store.writeArray(name, shape: [90, 90], engine.read(kernels.block(kind, rows: 0..<90, columns: 0..<90)))
    }
    let arrays = store.directory.appendingPathComponent("arrays")
    func files(_ theta: String) -> [String] {
      ["--theta", arrays.appendingPathComponent(theta).path, "--nngp", arrays.appendingPathComponent("nngp.npy").path]
    }
    let own = try Recorded.losses(Recorded.run(settings, on: engine))
    let given = try Recorded.losses(Recorded.run(Recorded.settings(extra + files("theta.npy")), on: engine))
    // One kernel with an eigenvalue far below 0, then the other: no function can be drawn from K, and with Θ training grows.
    func run(indefinite name: String, _ kind: KernelKind) throws -> [Record] {
      let values = try engine.read(kernels.block(kind, rows: 0..<90, columns: 0..<90))
      // Within Schwarz's bound, so that only the spectrum tells.
      let negated = values.enumerated().map { $0.offset % 91 == 0 ? $0.element : -$0.element }
      try store.writeArray("indefinite-\(name)", shape: [90, 90], negated)
      let paths = ["theta", "nngp"].flatMap {
        ["--\($0)", arrays.appendingPathComponent($0 == name ? "indefinite-\($0).npy" : "\($0).npy").path]
      }
      return try Recorded.run(Recorded.settings(extra + paths + ["--jitter", "0"]), on: engine)
    }
    let refusal = #expect(throws: ExperimentError.self) { try run(indefinite: "nngp", .nngp) }?.description ?? ""
    #expect(refusal.contains("indefinite-nngp.npy") && refusal.contains("least eigenvalue"), "\(refusal)")
    let statuses = try Recorded.ends(run(indefinite: "theta", .ntk)).map { $0.string("status") }
    #expect(statuses.contains("diverged"), "\(statuses)")
    #expect(own.keys == given.keys && own.count > 30)
    for (key, loss) in own { #expect(abs((given[key] ?? 0) - loss) <= 1e-9 * loss, "\(key): \(given[key] ?? 0) against \(loss)") }
    #expect(throws: (any Error).self, "rows of an unknown order") {
      try Bottleneck.plan(Recorded.settings(["--bottlenecks", "2"] + files("theta.npy")), on: engine, passEngine: engine)
    }
    #expect(throws: (any Error).self, "a shape that does not fit") {
      try Bottleneck.plan(Recorded.settings(extra + files("theta.npy") + ["--train", "50"]), on: engine, passEngine: engine)
    }
    #expect(throws: (any Error).self, "no such file") {
      try Bottleneck.plan(Recorded.settings(extra + files("none.npy")), on: engine, passEngine: engine)
    }
  }

  @Test(arguments: [("8GB", 8_000_000_000), ("1.5 MiB", 1_572_864), ("200", 200), ("3e6", 3_000_000), ("2kb", 2000)])
  func byteCountsAreRead(_ text: String, _ bytes: Int) { #expect(ByteCount(text)?.bytes == bytes) }

  @Test(arguments: ["", "GB", "-1GB", "8XB", "nan", "1e40"])
  func otherTextIsNoByteCount(_ text: String) { #expect(ByteCount(text) == nil) }
}
