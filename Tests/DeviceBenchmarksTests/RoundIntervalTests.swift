import DeviceBenchmarks
import Foundation
import Results
import TestSupport
import Testing

@Suite struct RoundIntervalTests {
  /// Among all ways in which the values of so many rounds can lie below or above a point, those whose interval holds it.
  @Test(arguments: 5...14) func theCoverageIsThatOfAllSigns(_ rounds: Int) throws {
    var held = 0
    var interval: RoundInterval?
    for signs in 0..<(1 << rounds) {
      // Distinct, and on their own side of 0.
      let values = (0..<rounds).map { (round: Int) -> Double in
        let isAbove = (signs >> round) & 1 == 1
        return isAbove ? Double(round + 1) : -Double(round + 1)
      }
      interval = RoundInterval(values)
      if try #require(interval).seconds.contains(0) { held += 1 }
    }
    let coverage = try #require(interval?.coverage)
    #expect(coverage == Double(held) / Double(1 << rounds) && coverage >= RoundInterval.leastCoverage, "\(rounds): \(held)")
    // A narrower one would cover less than it must.
    let rank = try #require(interval?.rank)
    let inside = rank + 1..<max(rank + 1, rounds - rank)
    let narrower = (0..<(1 << rounds)).count { (signs: Int) in inside.contains(signs.nonzeroBitCount) }
    #expect(Double(narrower) / Double(1 << rounds) < RoundInterval.leastCoverage, "\(rounds)")
  }

  @Test func fewRoundsHaveNone() {
    #expect(RoundInterval([1, 2, 3, 4]) == nil && RoundInterval([]) == nil)
    #expect(RoundInterval([3, 1, 2, 5, 4])?.seconds == 1...5 && RoundInterval([3, 1, 2, 5, 4])?.median == 3)
    #expect(RoundInterval((1...8).map(Double.init))?.seconds == 2...7)
  }

  /// All orders of the rounds of two reports, counted one by one.
  @Test(arguments: [(5, 5), (5, 7), (8, 5), (8, 8)]) func theChanceIsThatOfAllOrders(_ old: Int, _ new: Int) throws {
    var (above, orders) = (0, 0)
    var chance = 0.0
    for places in 0..<(1 << (old + new)) where places.nonzeroBitCount == new {
      let values = Dictionary(grouping: 0..<(old + new)) { (place: Int) in (places >> place) & 1 }
      let other = try #require(RoundInterval((values[0] ?? []).map { Double($0 + 1) }))
      let own = try #require(RoundInterval((values[1] ?? []).map { Double($0 + 1) }))
      if own.seconds.lowerBound > other.seconds.upperBound { above += 1 }
      (orders, chance) = (orders + 1, own.chanceOfLyingAbove(other))
    }
    #expect(abs(chance - Double(above) / Double(orders)) < 1e-12, "\(old), \(new): \(above) of \(orders)")
  }

  /// Noise as machines have it: a factor for each round, whose logarithm is normal, and runs of which some take much longer.
  private struct Machine {
    var random: SplitMix64
    /// Standard deviation of the logarithm of a round's factor.
    var scatter: Double
    /// How often a run takes three times as long.
    var spikes = 0.1

    mutating func normal() -> Double {
      let (u, v) = (Double.random(in: 0..<1, using: &random), Double.random(in: 0..<1, using: &random))
      return (-2 * log(1 - u)).squareRoot() * cos(2 * .pi * v)
    }

    /// Seconds of runs, round by round, of what takes `seconds` on a quiet machine.
    mutating func measure(_ seconds: Double, rounds: Int = 5, runs: Int = 4) -> [[Double]] {
      (0..<rounds).map { _ in
        let factor = exp(scatter * normal())
        return (0..<runs).map { _ in
          seconds * factor * (1.002 + 0.001 * normal()) * (Double.random(in: 0..<1, using: &random) < spikes ? 3 : 1)
        }
      }
    }
  }

  private static func comparison(_ new: [[[Double]]], with old: [[[Double]]], bound: Double) throws -> BenchmarkComparison {
    try BenchmarkComparison(ReportFile.report(new), with: ReportFile.report(old), bound: bound)
  }

  /// Alarms although nothing changed, counted over seeds, against the probability that is stated. Runs of one round share its factor, so that
  /// what takes them for independent is alarmed nearly always.
  @Test(arguments: [0.02, 0.3]) func falseAlarmsAreAsRareAsStated(_ scatter: Double) throws {
    var (slower, faster, undivided) = (0, 0, 0)
    let seeds = 4000
    for seed in 0..<seeds {
      var machine = Machine(random: SplitMix64(seed: UInt64(seed)), scatter: scatter)
      let (old, new) = (machine.measure(1e-3), machine.measure(1e-3))
      let change = try #require(try Self.comparison([new], with: [old], bound: 1).changes.first)
      #expect(change.falseAlarm == 1.0 / 252)
      if change.verdict == .slower { slower += 1 }
      if change.verdict == .faster { faster += 1 }
      let (first, second) = (machine.measure(1e-3, rounds: 1, runs: 20)[0], machine.measure(1e-3, rounds: 1, runs: 20)[0])
      let singles = try Self.comparison([second.map { [$0] }], with: [first.map { [$0] }], bound: 1)
      if [.slower, .faster].contains(singles.changes.first?.verdict) { undivided += 1 }
    }
    // 15.9 of either kind are expected, with a standard deviation of 4.0; four of these on either side.
    #expect(abs(slower - 16) <= 16 && abs(faster - 16) <= 16, "seeds 0..<\(seeds): \(slower) slower, \(faster) faster")
    #expect(undivided > seeds / 2, "\(undivided)")
  }

  @Test func aSlowdownBeyondTheNoiseIsFound() throws {
    for seed in 0..<200 {
      var machine = Machine(random: SplitMix64(seed: UInt64(seed)), scatter: 0.01, spikes: 0)
      let (old, equal, slow) = (machine.measure(1e-3), machine.measure(1e-3), machine.measure(1e-3 / 0.85))
      #expect(try Self.comparison([slow], with: [old], bound: 0.95).changes[0].verdict == .slower, "seed \(seed)")
      #expect(try Self.comparison([old], with: [slow], bound: 0.95).changes[0].verdict == .faster, "seed \(seed)")
      #expect(try [.equal, .undecided].contains(Self.comparison([equal], with: [old], bound: 0.9).changes[0].verdict), "seed \(seed)")
    }
  }

  @Test func verdictsFollowFromTheInterval() throws {
    func rounds(_ seconds: ClosedRange<Double>) -> [[Double]] {
      let (low, high) = (seconds.lowerBound, seconds.upperBound)
      return [low, low + 0.25 * (high - low), (low + high) / 2, high - 0.25 * (high - low), high].map { [$0, $0] }
    }
    let old = rounds(1...1.01)
    func verdict(_ new: ClosedRange<Double>) throws -> BenchmarkComparison.Verdict {
      try #require(try Self.comparison([rounds(new)], with: [old], bound: 0.9).changes.first).verdict
    }
    #expect(try verdict(1.13...1.2) == .slower, "at most 1.01 / 1.13 of the speed")
    #expect(try verdict(1.11...1.2) == .undecided)
    #expect(try verdict(0.8...0.89) == .faster)
    #expect(try verdict(1...1.02) == .equal)
    #expect(try verdict(0.8...1.3) == .undecided)
    let change = try #require(try Self.comparison([rounds(1.13...1.2)], with: [old], bound: 0.9).changes.first)
    #expect(change.interval?.lowerBound == 1 / 1.2 && change.interval?.upperBound == 1.01 / 1.13)
    let without = try Self.comparison([[[1, 2], [1]]], with: [old], bound: 0.9)
    #expect(without.changes.first?.verdict == .noInterval && without.changes.first?.interval == nil)
    #expect(try without.notes(ReportFile.report([]), ReportFile.report([])).contains { $0.hasPrefix("1 of 1 cases without interval") })
    #expect(without.json["changes"]?.array?.first?["interval"] == .null)
  }

  @Test func reportsThatContradictThemselvesAreRefused() throws {
    func read(_ edit: (String) -> String) throws {
      _ = try BenchmarkReport(json: Data(edit(ReportFile.text([[[1, 2], [3]]])).utf8))
    }
    try read { $0 }
    #expect(throws: BenchmarkReportError.roundsDoNotFit(row: "gemm 0", rounds: [2, 2], runs: 3)) {
      try read { $0.replacing("\"rounds\":[2,1]", with: "\"rounds\":[2,2]") }
    }
    #expect(throws: BenchmarkReportError.roundsDoNotFit(row: "gemm 0", rounds: [4, -1], runs: 3)) {
      try read { $0.replacing("\"rounds\":[2,1]", with: "\"rounds\":[4,-1]") }
    }
    #expect(throws: BenchmarkReportError.noTime(row: "gemm 0")) { try read { $0.replacing("3.0]", with: "\"nan\"]") } }
    #expect(throws: BenchmarkReportError.unknownVersion(2)) { try read { $0.replacing("\"version\":1", with: "\"version\":2") } }
  }

  /// A row that another program wrote before there were rounds.
  @Test func earlierReportsAreReadWithoutInterval() throws {
    let text = ReportFile.text([[[1, 2, 3, 4, 5, 6]]]).replacing(",\"rounds\":[6]", with: "")
    #expect(!text.contains("rounds"))
    let report = try BenchmarkReport(json: Data(text.utf8))
    #expect(report.rows[0].rounds == nil && report.rows[0].interval == nil && report.rows[0].median == 3.5)
  }
}

/// Reports of given times, as files have them.
enum ReportFile {
  /// - Parameter rows: for each row its rounds, for each of these the seconds of its runs.
  static func report(_ rows: [[[Double]]]) throws -> BenchmarkReport { try BenchmarkReport(json: Data(text(rows).utf8)) }

  static func text(_ rows: [[[Double]]], environment: [String: String] = [:]) -> String {
    let texts = rows.enumerated().map { index, rounds in
      let seconds = rounds.flatMap { $0 }.map { "\($0)" }.joined(separator: ",")
      let counts = rounds.map { "\($0.count)" }.joined(separator: ",")
      return #"{"family":"gemm","variant":"","sizes":[],"name":"gemm \#(index)","device":"cpu","driver":"avx2","precision":"float64","#
        + #""seconds":[\#(seconds)],"rounds":[\#(counts)]}"#
    }
    let members = environment.map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ",")
    return #"{"version":1,"date":"2026-01-01T00:00:00Z","revision":"a","environment":{\#(members)},"devices":[],"rows":["#
      + texts.joined(separator: ",") + "]}"
  }
}
