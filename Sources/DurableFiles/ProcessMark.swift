import Foundation

/// Names a process of a host in a file, so that others can tell later whether it may still be alive: `HOST_NAMESPACE_PROCESS_START`.
public struct ProcessMark: Equatable, Sendable {
  /// Name of the host, without its domain.
  public let host: String
  /// Number of the process in its namespace.
  public let process: Int32
  /// Process numbers are those of one namespace of a host: a container has its own.
  private let namespace: String
  /// Start of the process in ticks since the host started, since numbers are used again; 0 where unknown.
  private let start: UInt64

  /// The mark of this process.
  public static let own = ProcessMark()

  private init() {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    let bytes = name.prefix { $0 != 0 && $0 != 0x2E }.map { UInt8(bitPattern: $0) }
    let letters = String(decoding: bytes, as: UTF8.self).filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    host = String(letters.prefix(40))
    namespace = ((try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")) ?? "").filter(\.isNumber)
    process = getpid()
    start = ProcessMark.start(of: process)
  }

  /// Reads a mark that `text` gave; nil for other texts.
  public init?(parsing text: some StringProtocol) {
    let fields = text.split(separator: "_", omittingEmptySubsequences: false)
    guard fields.count == 4, let process = Int32(fields[2]), process > 0, let start = UInt64(fields[3]) else { return nil }
    (host, namespace, self.process, self.start) = (String(fields[0]), String(fields[1]), process, start)
  }

  /// The mark as it stands in files: `HOST_NAMESPACE_PROCESS_START`.
  public var text: String { "\(host)_\(namespace)_\(process)_\(start)" }

  /// Whether the process may be alive: false only where it ran here and is gone.
  public var mayBeAlive: Bool {
    guard (host, namespace) == (ProcessMark.own.host, ProcessMark.own.namespace) else { return true }
    guard kill(process, 0) == 0 || errno != ESRCH else { return false }
    let now = ProcessMark.start(of: process)
    return start == 0 || now == 0 || start == now
  }

  /// Field 22 of `/proc/PROCESS/stat`; names with spaces and brackets end at the last bracket.
  private static func start(of process: Int32) -> UInt64 {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8), let end = text.lastIndex(of: ")") else {
      return 0
    }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? UInt64(fields[19]) ?? 0 : 0
  }
}
