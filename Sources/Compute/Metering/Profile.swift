/// Where the time of a computation went: what a `Meter` has added up.
public struct Profile: Sendable {
  /// Names of nested parts from the outermost on; none for what belongs to no part.
  public typealias Path = [String]

  /// Calls of one operation at one precision, of one order of magnitude, in one part.
  public struct Operation: Hashable, Sendable {
    public let path: Path
    public let name: String
    /// Nil for bytes that have none: allocations and transfers.
    public let precision: Precision?
    /// ⌊log₁₀⌋ of the floating-point operations of a call, of its pairs where those are not counted, of its bytes else.
    public let magnitude: Int
  }

  public struct Total: Sendable, Equatable {
    public var calls = 0
    public var seconds = 0.0
    public var work = DeclaredWork()
  }

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
