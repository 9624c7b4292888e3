import Foundation

/// What else a machine does while something is measured, as far as its system tells.
public struct MachineLoad: Sendable {
  private let start = ContinuousClock.now
  private let busyBefore = Self.busySeconds
  private let ownBefore = Self.ownSeconds

  /// Begins to watch.
  public init() {}

  /// What a report keeps of the machine when measuring begins: `processors`, `loadAverage` of the minute before, and `governor`, the
  /// processors' policy of frequencies, where they can be read.
  public static var conditions: [String: String] {
    var conditions = ["processors": "\(ProcessInfo.processInfo.activeProcessorCount)"]
    conditions["loadAverage"] = loadAverage.map { String(format: "%.2f", $0) }
    conditions["governor"] = governor
    return conditions
  }

  /// Processors that other programs kept busy since the beginning, on average, time that a host of virtual machines took included; nil
  /// where the system does not tell.
  public var othersBusy: Double? {
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    guard let busyBefore, let busy = Self.busySeconds, elapsed > 0 else { return nil }
    return max(0, busy - busyBefore - (Self.ownSeconds - ownBefore)) / elapsed
  }

  /// What of the conditions makes times uncertain.
  ///
  /// - Parameter environment: the members of `conditions`, and `othersBusy`, in any report's environment.
  public static func warnings(_ environment: [String: String]) -> [String] {
    func number(_ key: String) -> Double? { environment[key].flatMap(Double.init).flatMap { $0.isFinite ? $0 : nil } }
    let processors = max(number("processors") ?? 1, 1)
    // One twentieth of the machine, and at least a tenth of a processor: what a quiet system does by itself.
    let tolerated = max(0.1, processors / 20)
    var warnings: [String] = []
    if let others = number("othersBusy") {
      if others > tolerated {
        warnings.append(String(format: "other programs kept %.1f of %.0f processors busy meanwhile", others, processors))
      }
    } else if let load = number("loadAverage"), load > max(0.5, processors / 4) {
      warnings.append(String(format: "the load average was %.1f on %.0f processors when measuring began", load, processors))
    }
    if let governor = environment["governor"], governor.split(separator: ",").contains(where: { $0 != "performance" }) {
      warnings.append("the frequency governor is \(governor); with performance processors keep their speed")
    }
    return warnings
  }

  private static var loadAverage: Double? {
    var averages = [0.0]
    return getloadavg(&averages, 1) == 1 ? averages[0] : nil
  }

  private static var governor: String? {
    let folder = "/sys/devices/system/cpu"
    let processors = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let governors = processors.compactMap { try? String(contentsOfFile: "\(folder)/\($0)/cpufreq/scaling_governor", encoding: .utf8) }
    let names = Set(governors.map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }).sorted()
    return names.isEmpty ? nil : names.joined(separator: ",")
  }

  /// Processor time that all programs took since the system started.
  private static var busySeconds: Double? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else { return nil }
    return busySeconds(ofStatistics: text, ticksPerSecond: Double(sysconf(Int32(_SC_CLK_TCK))))
  }

  /// Seconds of processors that are not idle.
  ///
  /// - Parameter text: `/proc/stat`, whose first line counts ticks: user, nice, system, idle, waiting for input, interrupts, soft ones,
  ///   stolen.
  package static func busySeconds(ofStatistics text: String, ticksPerSecond: Double) -> Double? {
    let fields = text.prefix { $0 != "\n" }.split(separator: " ")
    let ticks = fields.dropFirst().compactMap { Double($0) }
    guard fields.first == "cpu", ticks.count >= 8, ticksPerSecond > 0 else { return nil }
    return [0, 1, 2, 5, 6, 7].reduce(0.0) { $0 + ticks[$1] } / ticksPerSecond
  }

  private static var ownSeconds: Double {
    var time = timespec()
    guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return 0 }
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
