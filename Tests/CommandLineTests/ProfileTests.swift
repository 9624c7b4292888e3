import Foundation
import Results
import TestSupport
import Testing

/// `isthmus run --profile`.
@Suite struct ProfileTests {
  private static let steps = 6
  private static let run =
    ["run", "bottleneck", "--device", "cpu", "--train", "40", "--test", "20", "--draws", "2", "--bottlenecks", "1,2", "--compare", "same"]
    + ["--feature-width", "64", "--steps", "\(steps)", "--stop-at", "0", "--no-plots", "--json"]

  private func run(_ arguments: [String], in folder: TemporaryFolder) throws -> (json: JSONValue, run: RunSummary) {
    let invocation = try Invocation(arguments, in: folder.url)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    let run = try #require(RunListing.runs(in: folder.url.appendingPathComponent("results")).first)
    return (try JSONValue(parsing: Data(invocation.output.utf8)), run)
  }

  @Test func theRunAndItsRecordsAreTheSame() throws {
    let (plainFolder, folder) = (try TemporaryFolder(), try TemporaryFolder())
    let (plain, profiled) = (try run(Self.run, in: plainFolder), try run(Self.run + ["--profile"], in: folder))
    #expect(profiled.run.run == plain.run.run)
    #expect(try RunRecords.read(profiled.run.directory) == RunRecords.read(plain.run.directory))
    #expect(plain.json["profile"] == nil && !plainFolder.files.contains { $0.contains("profile") })
  }

  @Test func everySecondIsInOnePart() throws {
    let folder = try TemporaryFolder()
    let (json, profiled) = try run(Self.run + ["--profile"], in: folder)
    let profile = try #require(json["profile"])
    let lines = try #require(profile["lines"]?.array)
    func ownLines(of part: String) -> [JSONValue] { lines.filter { $0["part"]?.string == part } }
    func seconds(_ lines: [JSONValue]) -> Double { lines.reduce(0) { $0 + ($1["seconds"]?.double ?? .nan) } }

    let (total, wall) = (try #require(profile["seconds"]?.double), try #require(json["seconds"]?.double))
    #expect(total > 0 && total < wall)
    // Sums of a few hundred terms.
    #expect(abs(seconds(lines.filter { $0["operation"]?.string != "all" }) - total) <= 1e-9 * total)
    #expect(ownLines(of: "step").first?["calls"]?.double == Double(Self.steps))
    let parts = [
      "Θ_0 product", "read passes", "initial functions", "write passes", "solves", "when to look", "pivot growth", "loss and backward",
    ]
    for part in parts {
      let own = ownLines(of: "step/\(part)")
      #expect(seconds(own.filter { $0["operation"]?.string == "all" }) > 0, "\(part)")
      #expect(own.contains { ($0["calls"]?.double ?? 0) > 0 && $0["operation"]?.string != "all" }, "\(part) has operations")
    }
    #expect(!ownLines(of: "test points/read passes").isEmpty && !ownLines(of: "first block").isEmpty)

    let csv = try String(contentsOf: profiled.directory.appendingPathComponent("profile.csv"), encoding: .utf8)
    #expect(csv.split(separator: "\r\n").count == lines.count + 1)
    let text = try String(contentsOf: profiled.directory.appendingPathComponent("profile.txt"), encoding: .utf8)
    #expect(text.contains("FLOP/s in float64") && text.contains("  Θ_0 product") && text.contains("pairs/s"), "\(text)")
  }
}
