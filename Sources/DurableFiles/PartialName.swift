import Foundation

/// The name of a file that is being written: `.NAME.HOST_NAMESPACE_PROCESS_RANDOM.partial`.
///
/// It tells whether the process that writes the file can still be alive.
struct PartialName {
  private static let suffix = ".partial"
  private let name: String
  private let host: String
  private let process: Int32
  private let random: String

  /// A name of this process that no other file has, for what is to become `name`.
  init(of name: String) {
    self.name = name
    host = PartialName.ownHost
    process = getpid()
    random = String(UInt64.random(in: .min ... .max), radix: 36)
  }

  /// Nil for other names.
  init?(parsing text: String) {
    guard text.hasPrefix("."), text.hasSuffix(PartialName.suffix) else { return nil }
    let parts = text.dropFirst().dropLast(PartialName.suffix.count).split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count > 1, let fields = parts.last?.split(separator: "_", omittingEmptySubsequences: false), fields.count == 4,
      let process = Int32(fields[2]), process > 0
    else { return nil }
    name = parts.dropLast().joined(separator: ".")
    (host, self.process, random) = (fields[0] + "_" + fields[1], process, String(fields[3]))
  }

  var text: String {
    // A name has at most 255 bytes.
    var start = name[...]
    while start.utf8.count > 150 { start.removeLast() }
    return ".\(start).\(host)_\(process)_\(random)\(PartialName.suffix)"
  }

  /// False only where the writing process ran here and is gone.
  var mayBeAlive: Bool {
    guard host == PartialName.ownHost else { return true }
    return kill(process, 0) == 0 || errno != ESRCH
  }

  /// Process numbers are those of one host and one namespace of it (a container has its own).
  private static let ownHost: String = {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let bytes = name.prefix { $0 != 0 && $0 != 0x2E }.map { UInt8(bitPattern: $0) }
    let host = String(decoding: bytes, as: UTF8.self).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    let namespace = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? ""
    return host.prefix(40) + "_" + namespace.filter(\.isNumber)
  }()
}
