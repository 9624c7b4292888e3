import Foundation

/// Processor time that Linux's control groups grant this process, as containers and batch systems set it.
package struct ProcessorQuota {
  /// Seconds of processor time in each second: the least over the group and those that it lies in.
  package let processors: Double

  /// - Parameter root: where `proc` and the mounted groups are looked for.
  /// - Returns: nil where nothing is limited.
  package init?(root: String = "/") {
    guard let groups = Self.lines(root, "/proc/self/cgroup"), let mounts = Self.lines(root, "/proc/self/mountinfo") else { return nil }
    let quotas = groups.flatMap { group -> [Double] in
      // hierarchy:controllers:path; the one hierarchy of version 2 has number 0 and names no controllers.
      let parts = group.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { return [] }
      let isUnified = parts[0] == "0" && parts[1].isEmpty
      guard isUnified || parts[1].split(separator: ",").contains("cpu") else { return [] }
      return mounts.compactMap(Mount.init).filter { $0.isUnified == isUnified && ($0.isUnified || $0.hasProcessors) }
        .flatMap { $0.folders(of: parts[2]) }
        .compactMap { Self.quota(root, $0, isUnified: isUnified) }
    }
    guard let least = quotas.min() else { return nil }
    processors = least
  }

  /// A line of mountinfo: where a hierarchy of groups is, and which of its groups is at the top there.
  private struct Mount {
    let folder: String
    let top: String
    let isUnified: Bool
    let hasProcessors: Bool

    init?(_ line: String) {
      let fields = line.split(separator: " ").map(String.init)
      guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { return nil }
      let kind = fields[dash + 1]
      guard kind == "cgroup2" || kind == "cgroup" else { return nil }
      (top, folder, isUnified) = (fields[3], fields[4], kind == "cgroup2")
      hasProcessors = fields[dash + 3].split(separator: ",").contains("cpu")
    }

    /// The group's folder and all above it up to the mount.
    func folders(of group: String) -> [String] {
      var path = group
      // In a container the top may be the container's own group, and the path begins there or at the machine's.
      if top != "/", path == top || path.hasPrefix(top + "/") { path = String(path.dropFirst(top.count)) }
      var names = path.split(separator: "/").filter { $0 != ".." }
      var folders = [folder]
      while !names.isEmpty {
        folders.append(folder + "/" + names.joined(separator: "/"))
        names.removeLast()
      }
      return folders
    }
  }

  private static func quota(_ root: String, _ folder: String, isUnified: Bool) -> Double? {
    let numbers: [Double?]
    if isUnified {
      // `max 100000` or `150000 100000`.
      numbers = lines(root, folder + "/cpu.max")?.first?.split(separator: " ").map { Double($0) } ?? []
    } else {
      numbers = ["quota", "period"].map { lines(root, folder + "/cpu.cfs_\($0)_us")?.first.flatMap { Double($0) } }
    }
    guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0, period > 0 else { return nil }
    return quota / period
  }

  private static func lines(_ root: String, _ path: String) -> [String]? {
    guard let data = FileManager.default.contents(atPath: (root == "/" ? "" : root) + path) else { return nil }
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}
