/// Reads what `RunIndexWriter` wrote, in one pass: with 10,000 runs half a million numbers.
struct RunIndexReader {
  private let bytes: [UInt8]
  private var position: Int
  private var values: [JSONValue] = []
  private var settings: [JSONValue.Member] = []

  /// The index that `bytes` give; nil for anything that was not written so.
  static func read(_ bytes: [UInt8]) -> RunIndex? {
    guard let end = bytes.firstIndex(of: 0x0A), bytes[...end].elementsEqual(RunIndexWriter.heading(of: bytes[(end + 1)...]))
    else { return nil }
    var reader = RunIndexReader(bytes: bytes, position: end + 1)
    return reader.index()
  }

  private init(bytes: [UInt8], position: Int) { (self.bytes, self.position) = (bytes, position) }

  private mutating func index() -> RunIndex? {
    guard let counts = numbers(), counts.count == 3, counts.allSatisfy({ $0 <= bytes.count }) else { return nil }
    for _ in 0..<counts[0] {
      guard let line = line(), let value = try? JSONValue(parsing: bytes[line]) else { return nil }
      values.append(value)
    }
    for _ in 0..<counts[1] {
      guard let pair = numbers(), pair.count == 2, let name = text(pair[0]), let value = value(pair[1]) else { return nil }
      settings.append(JSONValue.Member(name, value))
    }
    var index = RunIndex()
    index.entries.reserveCapacity(Int(counts[2]))
    for _ in 0..<counts[2] {
      guard let fields = numbers(), let (name, entry) = run(fields) else { return nil }
      index.entries[name] = entry
    }
    return position == bytes.count ? index : nil
  }

  private func run(_ fields: [UInt64]) -> (RunName, RunIndex.Entry)? {
    guard fields.count >= 15, let experiment = text(fields[0]), let run = text(fields[1]),
      let status = text(fields[2]).flatMap({ Manifest.Status(rawValue: $0) }), let reason = optionalText(fields[3]),
      let started = text(fields[4]), let ended = optionalText(fields[5]), let device = text(fields[6]), let precision = text(fields[7]),
      let records = Int(exactly: fields[8])
    else { return nil }
    var own: [JSONValue.Member] = []
    own.reserveCapacity(fields.count - 15)
    for number in fields[15...] {
      guard number < settings.count else { return nil }
      own.append(settings[Int(number)])
    }
    let stamp = ManifestStamp(
      size: fields[9], inode: fields[10], modified: .init(seconds: fields[11], nanoseconds: fields[12]),
      changed: .init(seconds: fields[13], nanoseconds: fields[14]))
    let facts = ManifestFacts(
      status: status, reason: reason, started: started, ended: ended, device: device, precision: precision,
      records: records == 0 ? nil : records - 1, settings: own)
    return (RunName(experiment: experiment, run: run), RunIndex.Entry(stamp: stamp, facts: facts))
  }

  private func value(_ number: UInt64) -> JSONValue? { number < values.count ? values[Int(number)] : nil }

  private func text(_ number: UInt64) -> String? { value(number)?.string }

  /// The text that may be missing; nil where the number is wrong.
  private func optionalText(_ number: UInt64) -> String?? {
    if number == 0 { return .some(nil) }
    guard let text = text(number - 1) else { return nil }
    return .some(text)
  }

  /// The next line without its line feed.
  private mutating func line() -> Range<Int>? {
    guard let end = bytes[position...].firstIndex(of: 0x0A) else { return nil }
    defer { position = end + 1 }
    return position..<end
  }

  /// The numbers of the next line.
  private mutating func numbers() -> [UInt64]? {
    var numbers: [UInt64] = []
    numbers.reserveCapacity(64)
    var number: UInt64 = 0, digits = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case 0x30...0x39:
        let (product, isLarge) = number.multipliedReportingOverflow(by: 10)
        let (sum, isLarger) = product.addingReportingOverflow(UInt64(byte - 0x30))
        guard !isLarge, !isLarger else { return nil }
        (number, digits) = (sum, digits + 1)
      case 0x20, 0x0A:
        guard digits > 0 else { return nil }
        numbers.append(number)
        if byte == 0x0A { return numbers }
        (number, digits) = (0, 0)
      default: return nil
      }
    }
    return nil
  }
}
