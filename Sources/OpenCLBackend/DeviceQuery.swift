import DeviceProperties

/// A question that `clGetDeviceInfo` or `clGetPlatformInfo` answers, and how the bytes of its answer are read.
package struct DeviceQuery: Sendable {
  /// What the bytes of an answer are.
  package enum Form: Sendable {
    /// Characters to the first zero.
    case text
    /// Words with spaces or semicolons between them.
    case words
    /// An unsigned integer of the answer's size, with its unit.
    case number(String = "")
    /// A size of memory.
    case bytes
    /// Any number but 0 for yes.
    case flag
    /// A number that identifies something.
    case hexadecimal
    /// `size_t` each.
    case sizes
    /// Names of bits from the lowest on.
    case bits([String])
    /// Names of the values 0, 1, 2 …
    case choice([String])
    /// 10 bits of major, 10 of minor and 12 of patch version.
    case version
    /// A version and a name of 64 bytes each.
    case versions
    /// Bytes that identify something.
    case identity
    /// `CL_DEVICE_PARTITION_EQUALLY` and its likes, each the size of a pointer.
    case partitions
  }

  /// Name in the standard.
  package let name: String
  /// Code in the headers.
  package let code: UInt32
  let form: Form

  package init(_ name: String, _ code: UInt32, _ form: Form) { (self.name, self.code, self.form) = (name, code, form) }

  /// The answer as a value; nil where the bytes cannot be one.
  package func value(_ answer: [UInt8]) -> DeviceProperty.Value? {
    switch form {
    case .text: return .text(Self.text(answer))
    case .words: return .list(Self.text(answer).split { $0 == " " || $0 == ";" }.map(String.init))
    case .number(let unit): return Self.integer(answer).map { .number($0, unit: unit) }
    case .bytes: return Self.integer(answer).map { .bytes($0) }
    case .flag: return Self.integer(answer).map { .flag($0 != 0) }
    case .hexadecimal: return Self.integer(answer).map { .text("0x" + String($0, radix: 16)) }
    case .sizes: return .numbers(Self.parts(answer, MemoryLayout<Int>.size).compactMap(Self.integer))
    case .bits(let names): return Self.integer(answer).map { .list(Self.bits($0, names)) }
    case .choice(let names):
      return Self.integer(answer).map { .text($0 < UInt64(names.count) ? names[Int($0)] : "unknown (\($0))") }
    case .version: return Self.integer(answer).map { .text(Self.version($0)) }
    case .versions:
      return .list(
        Self.parts(answer, 68).compactMap { part in
          Self.integer(part.prefix(4)).map { "\(Self.text(part.dropFirst(4))) \(Self.version($0))" }
        })
    case .identity: return .text(answer.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    case .partitions:
      let names = ["equally", "by counts", "by affinity domain"]
      return .list(
        Self.parts(answer, MemoryLayout<Int>.size).compactMap(Self.integer).filter { $0 != 0 }.map { value in
          0x1086...0x1088 ~= value ? names[Int(value) - 0x1086] : "0x" + String(value, radix: 16)
        })
    }
  }

  private static func text(_ bytes: some Sequence<UInt8>) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

  /// Little-endian, as every host that this program is built for.
  private static func integer(_ bytes: some Collection<UInt8>) -> UInt64? {
    guard 1...8 ~= bytes.count else { return nil }
    return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  private static func parts(_ bytes: [UInt8], _ size: Int) -> [ArraySlice<UInt8>] {
    stride(from: 0, through: bytes.count - size, by: size).map { bytes[$0..<$0 + size] }
  }

  private static func bits(_ value: UInt64, _ names: [String]) -> [String] {
    (0..<64).filter { value >> $0 & 1 == 1 }.map { $0 < names.count ? names[$0] : "bit \($0)" }
  }

  private static func version(_ value: UInt64) -> String { "\(value >> 22 & 0x3FF).\(value >> 12 & 0x3FF).\(value & 0xFFF)" }
}
