import Results

/// What earlier starts of this run have recorded.
struct RecordedUnits {
  private var steps: [String: [Record]] = [:]
  private var ends: [String: Record] = [:]

  init(_ records: [Record]) {
    for record in records {
      guard let key = Self.key(record) else { continue }
      if record.string("kind") == "end" { ends[key] = record }
      if record.string("kind") == "step" { steps[key, default: []].append(record) }
    }
  }

  /// The lines of one unit's steps.
  func steps(of unit: BottleneckPlan.Unit) -> [Record] { steps[unit.key] ?? [] }

  /// Whether every step up to `step` is recorded. A checkpoint of an older version does not know its records; with a step that is lost a
  /// run that goes on would miss what was reached there.
  func isWhole(_ unit: BottleneckPlan.Unit, to step: Int) -> Bool {
    Set(steps(of: unit).compactMap { $0.number("step") }.filter { $0 <= Double(step) }).count == step + 1
  }

  /// Ended for a reason of its own, or after at least `steps` steps.
  func isComplete(_ unit: BottleneckPlan.Unit, steps: Int) -> Bool {
    guard let end = ends[unit.key] else { return false }
    return end.string("status") != "finished" || (end.number("steps") ?? 0) >= Double(steps)
  }

  private static func key(_ record: Record) -> String? {
    guard let comparison = record.string("comparison"), let chain = record.string("bottlenecks"), let fraction = record.number("kappa"),
      let draw = record.integer("draw")
    else { return nil }
    return "\(comparison) \(chain == "inf" ? record.string("baseline") ?? chain : chain) \(fraction) \(draw)"
  }
}

extension BottleneckPlan.Unit {
  /// The name of the network without bottlenecks that this one is compared with.
  var baselineName: String { baselineOf <= 1 ? "inf" : "inf/\(baselineOf)" }

  /// What tells this run from the others of its plan.
  var key: String { "\(comparison.rawValue) \(chain.widths.isEmpty ? baselineName : chain.description) \(fraction) \(draw)" }

  /// What tells its initial functions from others: runs at other rates begin alike.
  var startName: String { "draw/\(draw)/\(chain.widths.isEmpty ? baselineName : chain.description)" }
}
