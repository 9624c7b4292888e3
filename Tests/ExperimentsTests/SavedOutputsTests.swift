import Compute
import Datasets
import Experiments
import Foundation
import NumPyFormat
import Results
import TestSupport
import Testing

/// F as arrays of the run: where it was asked for, and without a change of any record.
@Suite struct SavedOutputsTests {
  private static let extra = ["--bottlenecks", "2,inf", "--compare", "same", "--steps", "12", "--stop-at", "0", "--own-fractions", "0.1"]
  private static let run = "outputs-same-2-kappa0.1-draw0"

  /// A file of the first test points of a run, as the data have them.
  private func points(_ count: Int, in folder: TemporaryFolder) throws -> (path: String, values: [Double]) {
    let settings = try Recorded.settings(Self.extra)
    let selected = try Split(train: settings.train, test: settings.test, seed: settings.seed, order: settings.order)
      .select(from: DataSource.parse(settings.data).load())
    let values = Array(selected.test.inputs.prefix(64 * count))
    let url = folder.url.appendingPathComponent("points.npy")
    try Data(NPYFile.encode(values, shape: [count, 64])).write(to: url)
    return (url.path, values)
  }

  private func arrays(_ settings: BottleneckSettings, in folder: URL) throws -> (
    Set<String>, (String) throws -> (shape: [Int], values: [Double])
  ) {
    let directory = try Recorded.store(settings, in: folder).directory
    return (Set(RunArrays.names(in: directory)), { try RunArrays.read($0, in: directory) })
  }

  @Test func everyRunHasFAtItsStepsAndAtTheLast() throws {
    let folder = try TemporaryFolder(), engine = try Recorded.engine()
    let points = try points(5, in: folder)
    let settings = try Recorded.settings(Self.extra + ["--save-outputs", "--output-steps", "0,4", "--at", points.path])
    let records = try Recorded.run(settings, on: engine, in: folder.url)
    let plain = try Recorded.run(Recorded.settings(Self.extra), on: engine)
    let isEqual = records == plain
    #expect(isEqual, "saved outputs changed a record")
    let (names, read) = try arrays(settings, in: folder.url)
    let further = try #require(names.first { $0.hasPrefix("outputs-points-at-") }).dropFirst("outputs-points-".count)
    #expect(try read("outputs-points-\(further)").values == points.values)
    for run in [Self.run, "outputs-same-inf-kappa0.1-draw0"] {
      for step in [0, 4, 12] {
        for (set, rows) in [("train", 60), ("test", 30), ("\(further)", 5)] {
          #expect(try read("\(run)-step\(step)-\(set)").shape == [rows, 1], "\(run), step \(step), \(set)")
        }
      }
    }
    #expect(names.filter { $0.hasPrefix("outputs-same") }.count == 18)
    // F and the targets have the loss that the records say.
    let (outputs, targets) = (try read("\(Self.run)-step4-train").values, try read("outputs-targets-train").values)
    let loss = zip(outputs, targets).reduce(0) { $0 + pow($1.0 - $1.1, 2) } / 2 / 60
    let recorded = try #require(records.first { $0.string("bottlenecks") == "2" && $0.number("step") == 4 }?.number("trainLoss"))
    #expect(abs(loss - recorded) <= 1e-12 * loss, "\(loss) against \(recorded)")
    // The further points are test points: the same function, up to the jitter of 1e-10 that keeps equal points apart.
    for run in [Self.run, "outputs-same-inf-kappa0.1-draw0"] {
      for step in [0, 4, 12] {
        let (test, at) = (try read("\(run)-step\(step)-test").values, try read("\(run)-step\(step)-\(further)").values)
        let scale = (test.map { $0 * $0 }.reduce(0, +) / 30).squareRoot()
        for index in 0..<5 { #expect(abs(test[index] - at[index]) <= 1e-3 * scale, "\(run), step \(step): \(test[index]), \(at[index])") }
      }
    }
    // The rows are those of the data.
    let positions = try read("outputs-rows-test").values
    let data = try DataSource.parse(settings.data).load()
    #expect(try data.train.subset([Int(positions[0])]).inputs == Array(points.values.prefix(64)))
  }

  /// A finished run is computed again for what it had not saved, and keeps its records; then nothing is left to do.
  @Test func savingExtendsARun() throws {
    let folder = try TemporaryFolder(), engine = try Recorded.engine()
    let before = try Recorded.run(Recorded.settings(Self.extra), on: engine, in: folder.url)
    let settings = try Recorded.settings(Self.extra + ["--save-outputs", "--output-steps", "3"])
    let after = try Recorded.run(settings, on: engine, in: folder.url)
    let keeps = after == before
    #expect(keeps, "\(before.count) records became \(after.count)")
    let (names, _) = try arrays(settings, in: folder.url)
    #expect(names.contains("\(Self.run)-step3-test") && names.contains("\(Self.run)-step12-train"))
    let watch = Watch()
    _ = try Recorded.run(settings, on: engine, in: folder.url, progress: watch)
    #expect(watch.activities == ["done"], "\(watch.activities)")
    let more = try Recorded.settings(Self.extra + ["--save-outputs", "--output-steps", "3", "--steps", "20"])
    _ = try Recorded.run(more, on: engine, in: folder.url, progress: watch)
    #expect(try arrays(more, in: folder.url).0.contains("\(Self.run)-step20-test"))
    #expect(!watch.activities.contains { $0.hasSuffix("step 12") }, "it began again: \(watch.activities)")
  }

  private final class Watch: Experiments.ProgressReporting, @unchecked Sendable {
    var activities: [String] = []
    func update(fraction: Double, activity: String, rate: String) { activities.append(activity) }
  }

  /// Killed behind a saved step, the run goes on from its checkpoint and has the numbers of one that was not.
  @Test func aKilledRunGoesOnWithItsOutputs() throws {
    let folder = try TemporaryFolder(), engine = try Recorded.engine(), results = Recorded.temporaryFolder()
    let killed = URL(fileURLWithPath: results.path + "-killed")
    defer { for url in [results, killed] { try? FileManager.default.removeItem(at: url) } }
    let points = try points(3, in: folder)
    let settings = try Recorded.settings(
      Self.extra + ["--save-outputs", "--output-steps", "0,2,9", "--at", points.path, "--checkpoint-seconds", "0.0001"])
    _ = try Recorded.run(settings, on: engine, in: results, progress: Recorded.Killer(after: 6, folder: results))
    let left = try arrays(settings, in: killed).0
    #expect(left.contains("\(Self.run)-step2-test") && !left.contains("\(Self.run)-step9-test"), "\(left)")
    let watch = Watch()
    _ = try Recorded.run(settings, on: engine, in: killed, progress: watch)
    #expect(!watch.activities.contains { $0.hasSuffix("step 3") }, "it began again: \(watch.activities)")
    let (whole, read) = try arrays(settings, in: results), (names, readAgain) = try arrays(settings, in: killed)
    #expect(names == whole && whole.count > 20)
    for name in whole { #expect(try readAgain(name).values == read(name).values, "\(name)") }
  }

  @Test(arguments: [
    (["--at", "points.npy"], "--save-outputs"), (["--output-steps", "3"], "--save-outputs"),
    (["--save-outputs", "--output-steps", "0,13"], "from 0 to 12"),
  ])
  func settingsOfNothingAreRefused(_ extra: [String], _ message: String) throws {
    let text = try Recorded.refusal(Bottleneck.self) { try Recorded.settings(Self.extra + extra) }
    #expect(text.contains(message), "\(text)")
  }

  @Test func pointsOfAnotherWidthAreRefused() throws {
    let folder = try TemporaryFolder(), path = folder.url.appendingPathComponent("narrow.npy")
    try Data(NPYFile.encode([1, 2, 3, 4], shape: [2, 2])).write(to: path)
    let text = try Recorded.refusal(Bottleneck.self) { try Recorded.settings(Self.extra + ["--save-outputs", "--at", path.path]) }
    #expect(text.contains("--at") && text.contains("64 numbers"), "\(text)")
  }

  /// Regression has no errors: its test loss stands in their place.
  @Test func regressionEndsWithItsTestLoss() throws {
    let records = try Recorded.run(
      Recorded.settings(Self.extra + ["--data", "gaussian:features=6", "--target", "regression"]), on: Recorded.engine())
    for end in Recorded.ends(records) {
      let chain = end.string("bottlenecks")
      let readings = records.filter { $0.string("bottlenecks") == chain && ($0.number("step") ?? 99) <= 12 }.compactMap {
        $0.number("testLoss")
      }
      #expect(end.number("finalTestLoss") == readings.last && readings.count > 4, "\(end)")
      #expect(try #require(end.number("bestTestLoss")) <= (readings.min() ?? 0) && end["finalTestError"] == .null)
    }
    #expect(Recorded.ends(records).count == 2)
  }
}
