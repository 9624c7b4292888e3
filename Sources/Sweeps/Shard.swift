/// One of several equal parts of a sweep: the runs whose places leave one remainder. Every run is in exactly one of N shards.
public struct Shard: Equatable, Sendable {
  /// Which part, from 1.
  public let index: Int
  /// Number of parts.
  public let count: Int

  /// All of a sweep.
  public static let whole = Shard(index: 1, count: 1)

  private init(index: Int, count: Int) { (self.index, self.count) = (index, count) }

  /// Reads `I/N`.
  ///
  /// - Throws: `SweepError.invalidShard`.
  public init(_ text: String) throws(SweepError) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1, 1...count ~= index else { throw .invalidShard(text) }
    (self.index, self.count) = (index, count)
  }

  /// Whether a run belongs to it.
  ///
  /// - Parameter place: of the run in the plan, from 1.
  public func contains(_ place: Int) -> Bool { (place - 1) % count == index - 1 }
}
