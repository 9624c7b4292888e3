/// Where the time of a computation went: what a `Meter` has added up.
public struct Profile: Sendable {
  /// Names of nested parts from the outermost on; none for what belongs to no part.
  public typealias Path = [String]

  /// Calls of one operation at one precision, of one order of magnitude, in one part.
  public struct Operation: Hashable, Sendable {
    /// Parts around the call, from the outermost in.
    public let path: Path
    /// Name of the operation, such as `gemm`.
    public let name: String
    /// Precision of the operation; nil for bytes that have none: allocations and transfers.
    public let precision: Precision?
    /// ⌊log₁₀⌋ of the floating-point operations of a call, of its pairs where those are not counted, of its bytes else.
    public let magnitude: Int
  }

  /// Calls, time and declared work of one operation.
  public struct Total: Sendable, Equatable {
    /// Number of calls.
    public var calls = 0
    /// Seconds that the calls took together, each up to its end on the device.
    public var seconds = 0.0
    /// Declared work of all calls.
    public var work = DeclaredWork()

    package init() {}
  }

  /// Totals by operation.
  public internal(set) var operations: [Operation: Total] = [:]
  /// How often a part was entered, and its seconds without those of the parts within it; the path of no names has all the rest.
  public internal(set) var parts: [Path: (calls: Int, seconds: Double)] = [:]

  /// Wall time in all: that of the parts together.
  public var seconds: Double { parts.values.reduce(0) { $0 + $1.seconds } }

  /// Seconds of a part with all parts within it.
  public func seconds(within path: Path) -> Double {
    parts.reduce(0) { $1.key.starts(with: path) ? $0 + $1.value.seconds : $0 }
  }

  /// Seconds of a part itself in which no operation of the device ran.
  public func hostSeconds(of path: Path) -> Double {
    let device = operations.reduce(0) { $1.key.path == path ? $0 + $1.value.seconds : $0 }
    return (parts[path]?.seconds ?? 0) - device
  }
}
