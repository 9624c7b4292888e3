import Foundation

/// How a script talks to a program that it times: one JSON object a line, requests on standard input, answers on standard output;
/// numbers in files, little-endian in row-major order.
public enum Exchange {
  public enum Failure: Error, CustomStringConvertible {
    case usage(String)
    case size(file: String, expected: Int, got: Int)
    case request(String)

    public var description: String {
      switch self {
      case .usage(let text): "expected: \(text)"
      case .size(let file, let expected, let got): "\(file): expected \(expected) bytes, got \(got)."
      case .request(let text): "not a request here: \(text)"
      }
    }
  }

  /// Calls `body` with every request until standard input ends, and sends what it returns.
  public static func serve<Request: Decodable>(_ type: Request.Type, body: (Request) throws -> [String: String]) throws {
    while let line = readLine() { try answer(body(JSONDecoder().decode(type, from: Data(line.utf8)))) }
  }

  public static func answer(_ fields: [String: String]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    try FileHandle.standardOutput.write(contentsOf: encoder.encode(fields) + Data("\n".utf8))
  }

  /// Bytes of exactly `count` numbers.
  public static func bytes<T: BitwiseCopyable>(_ file: URL, of count: Int, _ type: T.Type) throws -> Data {
    let data = try Data(contentsOf: file, options: .mappedIfSafe)
    let expected = count * MemoryLayout<T>.stride
    guard data.count == expected else { throw Failure.size(file: file.lastPathComponent, expected: expected, got: data.count) }
    return data
  }

  /// Numbers of a float32 or float64 file as float64.
  public static func numbers(_ file: URL, count: Int, isSingle: Bool) throws -> [Double] {
    func all<T: BitwiseCopyable>(_ type: T.Type, _ convert: (T) -> Double) throws -> [Double] {
      try bytes(file, of: count, type).withUnsafeBytes { bytes in
        (0..<count).map { convert(bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.stride, as: T.self)) }
      }
    }
    return isSingle ? try all(Float.self, Double.init) : try all(Double.self) { $0 }
  }

  /// Writes numbers as float32 or float64.
  public static func write(_ values: [Double], isSingle: Bool, to file: URL) throws {
    func all<T: BitwiseCopyable>(_ values: [T]) throws { try values.withUnsafeBytes { Data($0) }.write(to: file) }
    if isSingle { try all(values.map(Float.init)) } else { try all(values) }
  }
}
