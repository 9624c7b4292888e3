import Compute
import Foundation
import Results

/// Where the time of a run went, as a table for reading, as CSV and as JSON.
///
/// A part has a line `all` with everything in it, a line for each of its own operations, a line `host` for the time in which none of
/// them ran, and the parts within it.
struct ProfileReport {
  fileprivate struct Line {
    var path: Profile.Path
    var operation: String
    var precision: Precision?
    var magnitude: Int?
    var calls: Int
    var seconds: Double
    var work = DeclaredWork()
    /// What the device's limits allow; nil where they say nothing.
    var leastSeconds: Double?
  }

  private let profile: Profile
  private let limits: DeviceLimits
  private let device: DeviceDescription

  init(_ profile: Profile, _ limits: DeviceLimits, device: DeviceDescription) {
    self.profile = profile
    self.limits = limits
    self.device = device
  }

  /// What was measured and under which limits.
  var heading: String {
    let peaks = limits.multiplyAdds.sorted { $0.key.rawValue > $1.key.rawValue }.map { "\(Self.text(2 * $0.value, "FLOP/s")) in \($0.key)" }
    return "profile: \(String(format: "%.2f", profile.seconds)) s on \(device.identifier) (\(device.name)). Its limits: "
      + "\(peaks.joined(separator: ", ")), copies \(Self.text(limits.bandwidth, "B/s"))\n"
  }

  /// Table for reading: small operations of a part together.
  var text: TextTable {
    var table = TextTable(
      columns: [.init("part", .left), .init("operation", .left), .init("calls"), .init("seconds"), .init("share"), .init("rate")]
        + [.init("GB/s"), .init("of roofline")])
    for line in parts(from: []).flatMap({ readable(lines(of: $0)) }) {
      let isPart = line.operation == Self.all
      let indent = String(repeating: "  ", count: max(line.path.count - 1, 0))
      let work = line.work
      let rate = work.flops > 0 ? Self.text(work.flops / line.seconds, "FLOP/s") : Self.text(work.pairs / line.seconds, "pairs/s")
      table.append([
        isPart ? indent + (line.path.last ?? "run") : "",
        isPart ? "" : "\(line.operation)\(line.precision.map { " \($0)" } ?? "")", line.calls > 0 ? "\(line.calls)" : "",
        String(format: "%.3f", line.seconds), String(format: "%.1f %%", 100 * share(line.seconds)), work.pairs + work.flops > 0 ? rate : "",
        work.bytes > 0 ? String(format: "%.2f", work.bytes / line.seconds / 1e9) : "",
        line.leastSeconds.map { String(format: "%.0f %%", 100 * $0 / line.seconds) } ?? "",
      ])
    }
    return table
  }

  /// Table for programs: every operation by order of magnitude, empty where there is no number.
  var numbers: TextTable {
    TextTable(numbers: allLines.map(fields)) { member in
      guard case .number(let value) = member.value else { return member.value.text }
      return String(format: member.key.hasPrefix("share") ? "%.6f" : "%.6g", value)
    }
  }

  /// Limits, and the lines of `numbers` with its columns as keys.
  var json: JSONValue {
    [
      "seconds": .number(profile.seconds),
      "flopsLimit": .object(
        limits.multiplyAdds.sorted { $0.key.rawValue > $1.key.rawValue }.map { .init("\($0.key)", .number(2 * $0.value)) }),
      "bytesLimit": .number(limits.bandwidth), "lines": .array(allLines.map { .object(fields($0)) }),
    ]
  }

  private var allLines: [Line] { parts(from: []).flatMap(lines) }

  /// A part and those within it, the longest first.
  private func parts(from path: Profile.Path) -> [Profile.Path] {
    let known = Set(profile.parts.keys.filter { $0.count > path.count && $0.starts(with: path) }.map { Array($0.prefix(path.count + 1)) })
    return [path] + known.sorted { profile.seconds(within: $0) > profile.seconds(within: $1) }.flatMap(parts)
  }

  private func lines(of path: Profile.Path) -> [Line] {
    let whole = Line(path: path, operation: Self.all, calls: profile.parts[path]?.calls ?? 0, seconds: profile.seconds(within: path))
    let host = Line(path: path, operation: "host", calls: 0, seconds: profile.hostSeconds(of: path))
    let operations = profile.operations.filter { $0.key.path == path }.map { operation, total in
      Line(
        path: path, operation: operation.name, precision: operation.precision, magnitude: operation.magnitude, calls: total.calls,
        seconds: total.seconds, work: total.work, leastSeconds: limits.leastSeconds(total.work, operation.precision))
    }
    return [whole] + (operations + [host]).sorted { $0.seconds > $1.seconds }
  }

  /// Sizes of one operation together, and what takes less than a thousandth of the run in one line.
  private func readable(_ lines: [Line]) -> [Line] {
    var merged: [Line] = []
    for line in lines {
      if let index = merged.firstIndex(where: { $0.operation == line.operation && $0.precision == line.precision }) {
        merged[index].add(line)
      } else {
        merged.append(line)
      }
    }
    let small = merged.dropFirst().filter { share($0.seconds) < 1e-3 }
    var rest = Line(path: lines[0].path, operation: "others", calls: 0, seconds: 0)
    for line in small { (rest.calls, rest.seconds) = (rest.calls + line.calls, rest.seconds + line.seconds) }
    let large = merged.dropFirst().filter { share($0.seconds) >= 1e-3 }.sorted { $0.seconds > $1.seconds }
    return [merged[0]] + large + (share(rest.seconds) >= 1e-3 ? [rest] : [])
  }

  private func fields(_ line: Line) -> [JSONValue.Member] {
    func number(_ value: Double?) -> JSONValue { value.map { $0.isFinite ? .number($0) : .null } ?? .null }
    func rate(_ amount: Double) -> JSONValue { amount > 0 ? number(amount / line.seconds) : .null }
    let around = profile.seconds(within: line.operation == Self.all ? Array(line.path.dropLast()) : line.path)
    return [
      .init("part", .string(line.path.joined(separator: "/"))), .init("operation", .string(line.operation)),
      .init("precision", line.precision.map { .string($0.rawValue) } ?? .null),
      .init("magnitude", line.magnitude.map { .integer(Int128($0)) } ?? .null), .init("calls", .integer(Int128(line.calls))),
      .init("seconds", .number(line.seconds)), .init("share", number(share(line.seconds))),
      .init("shareOfPart", number(line.seconds / around)),
      .init("secondsPerCall", line.calls > 0 ? .number(line.seconds / Double(line.calls)) : .null),
      .init("flopsPerSecond", rate(line.work.flops)),
      .init("pairsPerSecond", rate(line.work.pairs)), .init("bytesPerSecond", rate(line.work.bytes)),
      .init("shareOfRoofline", number(line.leastSeconds.map { $0 / line.seconds })),
    ]
  }

  private func share(_ seconds: Double) -> Double { seconds / max(profile.seconds, .leastNonzeroMagnitude) }

  private static let all = "all"

  private static func text(_ value: Double, _ unit: String) -> String {
    for (prefix, size) in [("T", 1e12), ("G", 1e9), ("M", 1e6), ("k", 1e3)] where value >= size {
      return String(format: "%.1f \(prefix)%@", value / size, unit)
    }
    return String(format: "%.0f %@", value, unit)
  }
}

extension ProfileReport.Line {
  /// Another size of the same operation.
  fileprivate mutating func add(_ other: Self) {
    calls += other.calls
    seconds += other.seconds
    work += other.work
    leastSeconds = leastSeconds.flatMap { own in other.leastSeconds.map { own + $0 } }
  }
}
