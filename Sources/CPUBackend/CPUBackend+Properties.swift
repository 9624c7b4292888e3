import DeviceProperties
import Foundation

extension CPUBackend {
  /// What is known of the processor and of how this backend uses it, in groups.
  public var properties: [PropertyGroup] {
    let process = ProcessInfo.processInfo
    let compute = PropertyGroup(
      "compute",
      [
        DeviceProperty("model", .text(device.name)), DeviceProperty("instructions", .text(instructionSet.rawValue)),
        DeviceProperty("available instructions", .list(Self.available.map(\.rawValue))),
        DeviceProperty("threads", .number(UInt64(threads))), DeviceProperty("reason of threads", .text(threadCount.reason)),
        DeviceProperty("processors", .number(UInt64(process.processorCount))),
        DeviceProperty("active processors", .number(UInt64(process.activeProcessorCount))),
      ])
    let memory = PropertyGroup(
      "memory",
      [
        DeviceProperty("memory", .bytes(process.physicalMemory)), DeviceProperty("page", .bytes(UInt64(max(getpagesize(), 0)))),
        DeviceProperty("caches", .list(Self.caches)),
      ])
    return [compute, memory]
  }

  /// Caches of the first processor as the system names them; none where it does not.
  private static var caches: [String] {
    let folder = "/sys/devices/system/cpu/cpu0/cache"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasPrefix("index") }.sorted().compactMap { name in
      func field(_ file: String) -> String? {
        (try? String(contentsOfFile: "\(folder)/\(name)/\(file)", encoding: .utf8))?.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      guard let level = field("level"), let type = field("type"), let size = field("size") else { return nil }
      let line = field("coherency_line_size").map { ", lines of \($0) bytes" } ?? ""
      return "L\(level) \(type.lowercased()) \(size.replacing("K", with: " KiB").replacing("M", with: " MiB"))\(line)"
        + (field("shared_cpu_list").map { ", shared by \($0)" } ?? "")
    }
  }
}
