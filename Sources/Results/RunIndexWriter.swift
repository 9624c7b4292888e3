/// The text of a `RunIndex`: a line that names it, one with three counts, then so many lines of JSON values, of settings and of runs.
///
/// ```
/// isthmus-run-index 1 CRC-32 OF ALL THAT FOLLOWS
/// VALUES SETTINGS RUNS
/// "bottleneck"                 a value, in JSON; the lines after these name it by its number, from 0
/// 17 18                        a setting: its name and its value
/// 0 1 0 0 2 3 …                a run: fields as in `append`, then the numbers of its settings
/// ```
struct RunIndexWriter {
  private var values: [String: Int] = [:]
  private var valueLines: [UInt8] = []
  private var settings: [Pair: Int] = [:]
  private var settingLines: [UInt8] = []
  private var runLines: [UInt8] = []

  private struct Pair: Hashable {
    let name, value: Int
  }

  static func bytes(of index: RunIndex) -> [UInt8] {
    var writer = RunIndexWriter()
    for (name, entry) in index.entries.sorted(by: { ($0.key.experiment, $0.key.run) < ($1.key.experiment, $1.key.run) }) {
      writer.append(name, entry)
    }
    let counts = "\(writer.values.count) \(writer.settings.count) \(index.entries.count)\n"
    let body = Array(counts.utf8) + writer.valueLines + writer.settingLines + writer.runLines
    return RunIndexWriter.heading(of: body) + body
  }

  /// The first line.
  static func heading(of body: some Collection<UInt8>) -> [UInt8] {
    var checksum = CRC32()
    Array(body).withUnsafeBytes { checksum.update($0) }
    return Array("isthmus-run-index \(RunIndex.version) \(checksum.value)\n".utf8)
  }

  private mutating func append(_ name: RunName, _ entry: RunIndex.Entry) {
    let (stamp, facts) = (entry.stamp, entry.facts)
    let fields: [UInt64] = [
      number(.string(name.experiment)), number(.string(name.run)), number(.string(facts.status.rawValue)),
      number(optional: facts.reason), number(.string(facts.started)), number(optional: facts.ended), number(.string(facts.device)),
      number(.string(facts.precision)), facts.records.map { UInt64($0) + 1 } ?? 0, stamp.size, stamp.inode, stamp.modified.seconds,
      stamp.modified.nanoseconds, stamp.changed.seconds, stamp.changed.nanoseconds,
    ]
    let numbers = facts.settings.map { setting in
      let pair = Pair(name: Int(number(.string(setting.key))), value: Int(number(setting.value)))
      if let known = settings[pair] { return UInt64(known) }
      settings[pair] = settings.count
      settingLines += Array("\(pair.name) \(pair.value)\n".utf8)
      return UInt64(settings.count - 1)
    }
    runLines += Array((fields + numbers).map(String.init).joined(separator: " ").utf8) + [0x0A]
  }

  private mutating func number(_ value: JSONValue) -> UInt64 {
    let text = value.text
    if let known = values[text] { return UInt64(known) }
    values[text] = values.count
    valueLines += Array(text.utf8) + [0x0A]
    return UInt64(values.count - 1)
  }

  /// 0 for nil, else a value's number and 1.
  private mutating func number(optional text: String?) -> UInt64 { text.map { number(.string($0)) + 1 } ?? 0 }
}
