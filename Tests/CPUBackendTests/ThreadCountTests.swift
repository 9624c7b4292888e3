import CPUBackend
import Compute
import Foundation
import Synchronization
import Testing

@Suite struct ThreadCountTests {
  /// Files of a system in a folder of their own.
  private final class Root {
    let url = FileManager.default.temporaryDirectory.appending(path: "isthmus-root-\(UUID().uuidString)")
    deinit { try? FileManager.default.removeItem(at: url) }

    init(_ files: [String: String]) throws {
      for (path, text) in files {
        let file = url.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
    }
  }

  private static let unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
  private static let perController = """
    31 25 0:27 / /sys/fs/cgroup/memory rw shared:5 - cgroup cgroup rw,memory
    32 25 0:28 / /sys/fs/cgroup/cpu,cpuacct rw shared:6 - cgroup cgroup rw,cpu,cpuacct

    """

  private func quota(_ files: [String: String]) throws -> Double? {
    let root = try Root(files)
    return withExtendedLifetime(root) { ProcessorQuota(root: root.url.path)?.processors }
  }

  @Test func theLeastOfAGroupAndThoseAboveItCounts() throws {
    let group = ["proc/self/cgroup": "0::/user/job/step\n", "proc/self/mountinfo": Self.unified]
    func max(_ own: String, _ above: String) -> [String: String] {
      group.merging(["sys/fs/cgroup/user/job/step/cpu.max": own, "sys/fs/cgroup/user/cpu.max": above]) { $1 }
    }
    #expect(try quota(group) == nil)
    #expect(try quota(max("max 100000\n", "max 100000\n")) == nil)
    #expect(try quota(max("150000 100000\n", "max 100000\n")) == 1.5)
    #expect(try quota(max("max 100000\n", "50000 100000\n")) == 0.5)
    #expect(try quota(max("400000 100000\n", "300000 100000\n")) == 3)
    #expect(try quota(max("gibberish", "")) == nil)
  }

  @Test func bothVersionsAndContainersAreRead() throws {
    let files = ["proc/self/cgroup": "7:memory:/box\n5:cpu,cpuacct:/box\n1:name=systemd:/\n", "proc/self/mountinfo": Self.perController]
    func limit(_ quota: String) -> [String: String] {
      files.merging([
        "sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us": quota, "sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us": "100000\n",
      ]) { $1 }
    }
    #expect(try quota(limit("-1\n")) == nil)
    #expect(try quota(limit("250000\n")) == 2.5)
    // In a container the group at the top of the mount is the container's own, by whatever path it is called.
    let container = "30 23 0:26 /box/abc /sys/fs/cgroup ro - cgroup2 cgroup2 rw\n"
    for path in ["/", "/box/abc", "/../other"] {
      let files = ["proc/self/cgroup": "0::\(path)\n", "proc/self/mountinfo": container, "sys/fs/cgroup/cpu.max": "200000 100000\n"]
      #expect(try quota(files) == 2, "\(path)")
    }
    #expect(try quota([:]) == nil)
  }

  @Test func theLeastDecidesAndIsNamed() throws {
    let root = try Root([
      "proc/self/cgroup": "0::/\n", "proc/self/mountinfo": Self.unified, "sys/fs/cgroup/cpu.max": "50000 100000\n",
    ])
    let limited = try ThreadCount(environment: [:], root: root.url.path)
    #expect(limited.count == 1)
    if ProcessInfo.processInfo.processorCount > 1 { #expect(limited.reason.contains("control group grants the time of 0.5 of")) }
    let free = try ThreadCount(environment: [:], root: "/nowhere")
    #expect(1...ThreadCount.most ~= free.count)
    let slurm = try ThreadCount(environment: ["SLURM_CPUS_PER_TASK": "1"], root: "/nowhere")
    #expect(slurm.count == 1)
    if free.count > 1 { #expect(slurm.reason == "SLURM_CPUS_PER_TASK is 1") }
    // More than there are is no reason to take more.
    for text in ["100000", "many", "", "-3"] where text != "-3" {
      #expect(try ThreadCount(environment: ["SLURM_CPUS_PER_TASK": text], root: "/nowhere") == free, "\(text)")
    }
    #expect(try ThreadCount(environment: ["SLURM_CPUS_PER_TASK": "1", "ISTHMUS_THREADS": "7"], root: root.url.path).count == 7)
    #expect(try ThreadCount(wanted: 5, environment: ["ISTHMUS_THREADS": "7"], root: root.url.path).count == 5)
    withExtendedLifetime(root) {}
  }

  @Test(arguments: ["0", "-1", "1025", "two", "1.5", "99999999999999999999"]) func aNumberThatCannotBeIsAMistake(_ text: String) {
    let expected = ComputeError.variable(name: "ISTHMUS_THREADS", value: text, expected: "a whole number from 1 to 1024")
    #expect(throws: expected) { try ThreadCount(environment: ["ISTHMUS_THREADS": text]) }
  }

  /// Threads that the system refuses are done without: all tiles are computed, and what is missing is known.
  @Test(arguments: [1, 2]) func aPoolWorksWithTheThreadsThatItGets(_ given: Int) {
    let pool = ThreadPool(count: 4) { started in started < given ? 0 : EAGAIN }
    #expect(pool.count == given && pool.startFailure == EAGAIN)
    let done = Mutex(Set<Int>())
    pool.run(100) { tile in done.withLock { _ = $0.insert(tile) } }
    #expect(done.withLock { $0 } == Set(0..<100))
  }
}
