import BackendCatalog
import Compute
import Experiments
import Foundation
import Results
import Testing

/// The experiment from settings to records.
@Suite struct BottleneckTests {
  private func settings(_ extra: [String]) throws -> BottleneckSettings { try Recorded.settings(extra) }
  private func run(_ settings: BottleneckSettings, on engine: Engine) throws -> [Record] { try Recorded.run(settings, on: engine) }
  private func engine() throws -> Engine { try Recorded.engine() }
  private func ends(_ records: [Record]) -> [Record] { Recorded.ends(records) }

  /// Draws are made on the host, so every backend runs the same networks: equal steps, losses to rounding.
  @Test func backendsGiveTheSameTable() throws {
    let settings = try settings(["--bottlenecks", "1,2,2x2,inf", "--compare", "same", "--rate-fraction", "0.05"])
    let reference = try run(settings, on: Engine(BackendCatalog.backend(named: "reference")))
    #expect(ends(reference).count == 5, "three chains and two networks without bottlenecks")
    let insensitive = Set(ends(reference).filter { ($0.number("amplification") ?? 0) <= 100 }.compactMap { $0.string("bottlenecks") })
    #expect(insensitive.count >= 3, "too few insensitive draws to compare: \(insensitive)")
    let others = BackendCatalog.all().compactMap { try? $0.backend.get() }.filter {
      $0.device.precisions.contains(.float64) && $0.device.backend != "reference"
    }
    #expect(!others.isEmpty, "no backend to compare with the reference")
    for backend in others {
      var compared = 0
      let records = try run(settings, on: Engine(backend))
      #expect(records.count == reference.count)
      for (got, expected) in zip(records, reference) where insensitive.contains(expected.string("bottlenecks") ?? "") {
        let place = "\(backend.device.identifier), d = \(expected.string("bottlenecks") ?? ""), step \(expected.number("step") ?? -1)"
        for key in ["step", "steps", "steps50", "steps10", "steps1"] {
          #expect(got.number(key) == expected.number(key), "\(key) on \(place)")
        }
        #expect(got.numbers("rank") == expected.numbers("rank"), "\(place)")
        for key in ["trainLoss", "testLoss"] {
          guard let loss = expected.number(key) else { continue }
          let other = try #require(got.number(key), "\(key) on \(place)")
          // Roundings of 1e-16 amplified by at most 100, and by K(U,U)'s condition of about 100.
          #expect(abs(other - loss) <= 1e-9 * loss, "\(key) on \(place): \(other) against \(loss)")
          compared += 1
        }
      }
      #expect(compared > 100, "\(compared) losses on \(backend.device.identifier)")
    }
  }

  @Test func everyRecordHasWhatTheFiguresNeed() throws {
    let records = try run(settings(["--bottlenecks", "2,inf"]), on: engine())
    let steps = records.filter { $0.string("kind") == "step" && $0.string("bottlenecks") == "2" }
    #expect(steps.allSatisfy { $0.number("trainLoss") != nil && $0.numbers("rank")?.count == 1 && $0.number("bound") != nil })
    #expect(steps.contains { $0.number("kernelChange") ?? 0 > 0 && $0.number("alignment") != nil && $0.number("testError") != nil })
    let same = ends(records).filter { $0.string("comparison") == "same" && $0.string("bottlenecks") == "2" }
    #expect(!same.isEmpty && same.allSatisfy { $0.number("amplification") != nil }, "the comparison at one rate has a twin by default")
    #expect(Set(ends(records).compactMap { $0.string("comparison") }) == ["same", "own"])
  }

  @Test(arguments: [
    ["--loss", "softmax", "--target", "onehot", "--batch", "20", "--bottlenecks", "2,inf", "--compare", "same"],
    ["--activation", "relu", "--weight-variance", "1", "--bottlenecks", "1,inf", "--compare", "same", "--steps", "8"],
    ["--activation", "tanh", "--bottlenecks", "1,inf", "--compare", "same", "--steps", "8"],
    ["--target", "random", "--upper-depth", "2", "--bottlenecks", "2,inf", "--compare", "same", "--symmetrised", "1"],
    ["--bottlenecks", "1,2", "--momentum", "0.6", "--block-rates", "0.5,1", "--draws", "2", "--own-fractions", "0.05"],
    ["--bottlenecks", "2", "--compare", "same", "--first-width", "128", "--batch", "30"],
    ["--activation", "relu,erf", "--bottlenecks", "2", "--compare", "own", "--own-fractions", "0.05", "--twin", "all"],
  ])
  func otherSettingsRunToTheirEnd(_ extra: [String]) throws {
    let records = try run(settings(extra), on: engine())
    let ends = ends(records).filter { $0.string("bottlenecks") != "inf" }
    #expect(!ends.isEmpty && ends.allSatisfy { ["finished", "converged"].contains($0.string("status") ?? "") }, "\(extra): \(ends)")
    let losses = records.filter { $0.string("kind") == "step" && $0.string("bottlenecks") != "inf" }.compactMap { $0.number("trainLoss") }
    let (first, last) = (try #require(losses.first), try #require(losses.last))
    #expect(last < first, "\(extra): no descent from \(first) to \(last)")
  }

  @Test func divergenceEndsThatRunOnly() throws {
    let records = try run(
      settings(["--bottlenecks", "1,inf", "--compare", "same", "--rate-fraction", "0.99", "--target-scale", "100"]), on: engine())
    #expect(ends(records).contains { $0.string("status") == "diverged" }, "\(ends(records))")
    #expect(ends(records).contains { $0.string("status") == "finished" })
  }

  @Test(arguments: [
    (["--bottlenecks", "0"], "bottlenecks"), (["--bottlenecks", "-2"], "bottlenecks"), (["--bottlenecks", "2x"], "bottlenecks"),
    (["--depth", "1", "--bottlenecks", "2"], "depth"), (["--train", "0"], "train"), (["--own-fractions", "2"], "own-fractions"),
    (["--tolerance", "0"], "tolerance"), (["--batch", "61"], "batch"),
    (["--activation", "erf,erf,erf", "--bottlenecks", "2"], "activation"), (["--momentum", "1"], "momentum"),
    (["--block-rates", "1"], "block-rates"), (["--block-rates", "1,x"], "block-rates"), (["--theta", "k.npy"], "theta"),
    (["--first-width", "-1"], "first-width"),
  ])
  func badSettingsNameThemselves(_ extra: [String], _ name: String) throws {
    let text = try Recorded.refusal(Bottleneck.self) { try settings(extra) }
    #expect(text.contains("--\(name)"), "\(extra): \(text)")
  }

  @Test func float32IsRefusedBelowItsTolerance() throws {
    let engine = try engine()
    let settings = try settings(["--tolerance", "1e-5"])
    let coarse = try engine.with(precision: .float32)
    #expect(throws: ExperimentError.self) { try Bottleneck.plan(settings, on: engine, passEngine: coarse) }
  }

  @Test func float32IsTheDefaultWhereFloat64IsSlow() throws {
    #expect(PassPrecision.automatic { $0 == .float64 ? 3.2 : 0.1 } == .float32)
    #expect(PassPrecision.automatic { $0 == .float64 ? 0.2 : 0.1 } == .float64)
    #expect(try PassPrecision.automatic(on: engine()) == (engine().device.isGPU ? PassPrecision.automatic(on: engine()) : .float64))
    #expect(Bottleneck.allowsFloat32Passes(try settings(["--tolerance", "1e-4"])))
    #expect(!Bottleneck.allowsFloat32Passes(try settings(["--tolerance", "1e-5"])))
  }

  @Test func theBatchScheduleVisitsEveryPointOncePerEpoch() {
    var schedule = BatchSchedule(points: 10, size: 5, stream: RandomStream(seed: 1, name: "batches"))
    let epoch = [schedule.next(), schedule.next()].compactMap { $0 }.flatMap { $0 }
    #expect(epoch.sorted() == Array(0..<10))
    var whole = BatchSchedule(points: 10, size: 0, stream: RandomStream(seed: 1, name: "batches"))
    #expect(whole.next() == nil)
  }
}
