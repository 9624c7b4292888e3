import Compute
import FiniteNetworks
import Results
import Sizes

/// Runs the measurements of a plan that are not recorded yet.
struct MultilinearityExecution {
  private let plan: MultilinearityPlan
  private let context: RunContext
  private let recorded: Set<String>

  init(_ plan: MultilinearityPlan, _ context: RunContext) {
    self.plan = plan
    self.context = context
    recorded = Set(
      context.store.existing.compactMap { record in
        guard record.string("kind") == "end", let network = record.string("network"), let width = record.number("width"),
          let part = record.string("part"), let member = record.number("member")
        else { return nil }
        return Self.key(network, width, part, member)
      })
  }

  private static func key(_ network: String, _ width: Double, _ part: String, _ member: Double) -> String {
    "\(network) \(width) \(part) \(member)"
  }

  func run() throws {
    var work: [(unit: MultilinearityPlan.Unit, members: [Int])] = []
    for unit in plan.units {
      let missing = (0..<plan.settings.members).filter {
        !recorded.contains(Self.key("\(unit.kind)", Double(unit.width), unit.part.rawValue, Double($0)))
      }
      let wave = plan.wave(unit)
      for start in stride(from: 0, to: missing.count, by: wave) {
        work.append((unit, Array(missing[start..<min(start + wave, missing.count)])))
      }
    }
    let progress = WorkProgress(
      total: work.reduce(0) { $0 + plan.seconds($1.unit, members: $1.members.count) }, context.progress)
    for (unit, members) in work {
      let name = "network \(unit.kind), width \(unit.width)"
      let measurement = try Measurement(
        members, checkpoint: "\(unit.kind)-\(unit.width)-\(unit.part)", context,
        WorkClock(progress, name: name, seconds: plan.seconds(unit, members: members.count)))
      let measured = try measure(unit, members, measurement)
      // A measurement is recorded as a whole, with lines that say so at its end.
      for record in measured { try append(record, unit) }
      for member in members {
        try append(["kind": "end", "part": .string(unit.part.rawValue), "member": .number(Double(member))], unit)
      }
      try measurement.finish()
    }
    context.progress.update(fraction: 1, activity: "done", rate: "")
  }

  private func measure(_ unit: MultilinearityPlan.Unit, _ members: [Int], _ measurement: Measurement) throws -> [Record] {
    switch unit.part {
    case .norms:
      try SpectralNorms(plan.settings, unit.kind, width: unit.width, members: members, on: context.engine).derivatives(measurement)
    case .blocks: try SpectralNorms(plan.settings, unit.kind, width: unit.width, members: members, on: context.engine).blocks(measurement)
    case .training:
      try MultilinearTraining(plan.settings, unit.kind, width: unit.width, members: members, on: context.engine).run(measurement)
    }
  }

  private func append(_ record: Record, _ unit: MultilinearityPlan.Unit) throws {
    var line: Record = ["kind": record["kind"] ?? .null, "network": .string("\(unit.kind)"), "width": .number(Double(unit.width))]
    for field in record.fields { line[field.key] = field.value }
    try context.store.append(line)
  }
}
