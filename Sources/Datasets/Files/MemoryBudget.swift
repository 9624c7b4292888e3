import Foundation

/// What memory the process can still get, so that data that do not fit end in a message.
package struct MemoryBudget {
  /// Bytes.
  package let available: Int

  /// Asks the system now: what is free or can be freed, the group's limit (containers, Slurm) and the process's own (`ulimit -v`).
  package init() {
    var bounds: [Int] = []
    #if os(Linux)
    let counts = Self.kilobytes("/proc/meminfo")
    if let available = counts["MemAvailable"] { bounds.append(available + (counts["SwapFree"] ?? 0)) }
    bounds += Self.groupRoom()
    #endif
    if bounds.isEmpty { bounds.append(Int(clamping: ProcessInfo.processInfo.physicalMemory)) }
    if let room = Self.addressRoom() { bounds.append(room) }
    available = max(0, bounds.min() ?? 0)
  }

  package init(available: Int) { self.available = available }

  /// Checks against what the system tells now; what every machine has is not asked about.
  static func check(_ bytes: Int?, path: String) throws(DatasetError) {
    if let bytes, bytes < 1 << 24 { return }
    try MemoryBudget().check(bytes, path: path)
  }

  /// Refuses bytes for which there is no memory.
  ///
  /// - Parameter bytes: nil stands for more than any number.
  /// - Throws: `DatasetError.needsMemory`.
  package func check(_ bytes: Int?, path: String) throws(DatasetError) {
    // The rest of the program needs some too.
    guard let bytes, bytes <= available - available / 16 else {
      throw .needsMemory(path: path, bytes: bytes ?? Int.max, available: available)
    }
  }

  /// What `ulimit -v` leaves.
  private static func addressRoom() -> Int? {
    var limit = rlimit()
    #if os(Linux)
    guard getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < 1 << 62 else { return nil }
    let pages = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(separator: " ").first.flatMap { Int($0) } ?? 0
    return Int(limit.rlim_cur) - pages * sysconf(Int32(_SC_PAGESIZE))
    #else
    guard getrlimit(RLIMIT_AS, &limit) == 0, limit.rlim_cur < 1 << 62 else { return nil }
    return Int(limit.rlim_cur)
    #endif
  }

  #if os(Linux)
  private static func kilobytes(_ path: String) -> [String: Int] {
    var counts: [String: Int] = [:]
    for line in (try? String(contentsOfFile: path, encoding: .utf8))?.split(separator: "\n") ?? [] {
      let fields = line.split(whereSeparator: { $0 == " " || $0 == ":" })
      if fields.count >= 2, let count = Int(fields[1]) { counts[String(fields[0])] = count << 10 }
    }
    return counts
  }

  /// What the control groups of the process leave, version 2 and version 1.
  private static func groupRoom() -> [Int] {
    func number(_ path: String) -> Int? {
      (try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    func cached(_ folder: String) -> Int {
      let lines = (try? String(contentsOfFile: "\(folder)/memory.stat", encoding: .utf8))?.split(separator: "\n") ?? []
      return lines.compactMap { $0.hasPrefix("inactive_file ") ? Int($0.dropFirst(14)) : nil }.first ?? 0
    }
    var room: [Int] = []
    for line in (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8))?.split(separator: "\n") ?? [] {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isUnified = fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains("memory") else { continue }
      let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
      let (limit, used) = isUnified ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
      // In a container the path is the host's: what is mounted at the root counts then.
      for folder in Set([root, root + String(fields[2])]) {
        guard let limit = number("\(folder)/\(limit)"), let used = number("\(folder)/\(used)") else { continue }
        room.append(limit - used + cached(folder))
      }
    }
    return room
  }
  #endif
}
