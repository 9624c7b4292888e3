import Foundation
import Reports
import Results
import TestSupport

/// Files of a run of the experiment `bottleneck` with invented numbers of a plausible shape.
enum InventedRun {
  static let seed: UInt64 = 11

  private struct Settings: Encodable {
    let data = "digits", train = 50, draws = 3, steps = 4000
  }

  /// Writes the run below `folder` and returns its directory.
  static func write(in folder: URL) throws -> URL {
    let store = try ResultsStore.open(
      try RunDescription(
        experiment: "bottleneck", identity: ["seed": seed], parameters: Settings()), in: folder)
    var random = SplitMix64(seed: seed)
    for comparison in ["same", "own"] {
      for (name, speed) in [("1", 6.0), ("2", 5), ("4", 3.5), ("16", 2.2), ("2x2", 7), ("inf", 1), ("inf/2", 0.9)] {
        for kappa in comparison == "same" ? [0.1] : [0.25, 0.5] {
          for draw in 0..<3 {
            let factor = name.hasPrefix("inf") ? 1 : Double.random(in: 0.6...1.5, using: &random)
            try run(store, comparison, name, draw, kappa, speed: speed * factor * (comparison == "own" ? 4 * kappa : 1))
          }
        }
      }
    }
    try representation(store, &random)
    let table = try RunReport.bottleneck.table(of: store.directory)
    try store.writeTable(table.page, numbers: table.numbers, json: table.json)
    try store.finish()
    return store.directory
  }

  private static func run(_ store: ResultsStore, _ comparison: String, _ name: String, _ draw: Int, _ kappa: Double, speed: Double) throws {
    let isWide = name.hasPrefix("inf"), baseline = name == "2x2" || name == "inf/2" ? "inf/2" : "inf"
    var reached: [Double: Double] = [:], step = 0.0, errors: [Double] = []
    while step <= 4000 {
      let t = step * speed / 40
      let loss = isWide ? 1 / (1 + t) : 0.8 / (1 + t * t / 4) + 0.2 * exp(-t / 10)
      for fraction in [0.5, 0.1, 0.01, 0.001] where loss <= fraction && reached[fraction] == nil { reached[fraction] = step }
      errors.append(0.02 + 0.3 * loss + 0.01 * Double(draw) + (isWide ? 0.02 : 0))
      var record: Record = [
        "kind": "step", "comparison": .string(comparison), "bottlenecks": .string(name), "baseline": .string(baseline),
        "draw": .number(Double(draw)), "kappa": .number(kappa), "step": .number(step), "trainLoss": .number(50 * loss),
        "testLoss": .number(60 * loss), "testError": .number(errors.last ?? 0), "initialLoss": 50,
      ]
      if !isWide {
        record["kernelChange"] = .number(2 * (1 - loss) / speed.squareRoot())
        record["alignment"] = .number(0.1 + 0.6 * (1 - loss))
        record["amplification"] = .number(draw == 2 && name == "1" ? 1e4 : 10 * t / (1 + t))
        record["movement"] = .numbers([t / (1 + t)])
      }
      try store.append(record)
      if loss <= 0.0005 { break }
      step = step < 10 ? step + 1 : (step * 1.15).rounded()
    }
    func steps(_ fraction: Double) -> RecordValue { reached[fraction].map { .number($0) } ?? .null }
    try store.append([
      "kind": "end", "comparison": .string(comparison), "bottlenecks": .string(name), "baseline": .string(baseline),
      "draw": .number(Double(draw)), "kappa": .number(kappa), "status": "finished", "steps": .number(step), "steps50": steps(0.5),
      "steps10": steps(0.1), "steps1": steps(0.01), "steps0.1": steps(0.001), "finalTestError": .number(errors.last ?? 0),
      "bestTestError": .number((errors.min() ?? 0) * 0.9),
    ])
  }

  private static func representation(_ store: ResultsStore, _ random: inout SplitMix64) throws {
    let count = 400, labels = (0..<count).map { Double($0 % 10) }
    func normal() -> Double { (0..<12).map { _ in Double.random(in: 0..<1, using: &random) }.reduce(-6, +) }
    let before = (0..<2 * count).map { _ in normal() }
    var after: [Double] = []
    for label in labels {
      let angle = 0.63 * label
      after.append(3 * cos(angle) + 0.3 * normal())
      after.append(3 * sin(angle) + 0.3 * normal())
    }
    try store.writeArray("representation-labels", shape: [count], labels)
    try store.writeArray("representation-2-draw0-before", shape: [count, 2], before)
    try store.writeArray("representation-2-draw0-after", shape: [count, 2], after)
  }
}
