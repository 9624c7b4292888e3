import Compute
import Foundation

/// What one case took on one device at one precision.
public struct BenchmarkRow: Sendable, Codable, Equatable {
  /// Declared work of one run: additions and multiplications, pairs of kernels, multiply-adds with those nominal ones of
  /// kernels, bytes of every operand once (see `DeclaredWork`).
  public struct Work: Sendable, Codable, Equatable {
    /// Additions and multiplications.
    public var flops: Double
    /// Pairs of kernels or features.
    public var pairs: Double
    /// Instructions of a multiply-add unit, nominal ones of kernels included.
    public var multiplyAdds: Double
    /// Bytes of every operand, once.
    public var bytes: Double

    /// Takes over what a case declares.
    package init(_ work: DeclaredWork) { (flops, pairs, multiplyAdds, bytes) = (work.flops, work.pairs, work.multiplyAdds, work.bytes) }
  }

  /// Name of the operation's family.
  public let family: String
  /// What distinguishes the case within its family; may be empty.
  public let variant: String
  /// Named sizes in the order in which they are shown.
  public let sizes: [BenchmarkSize]
  /// The case's description, the same in every report.
  public let name: String
  /// Identifier of the device, as `--device` takes it.
  public let device: String
  /// Device and what it was set to, such as its threads.
  public let driver: String
  /// Precision of the numbers.
  public let precision: Precision
  /// Every timed run, in order.
  public package(set) var seconds: [Double] = []
  /// How many of the timed runs each round had, in order; nil in a report that was written before there were rounds.
  public package(set) var rounds: [Int]?
  /// Declared work of one run; nil where it did not come to that.
  public package(set) var work: Work?
  /// The least time that the device's limits allow for the declared work, operation by operation.
  public package(set) var leastSeconds: Double?
  /// How the result was judged; nil where it did not come to that.
  public internal(set) var verification: Verification?
  /// All that was allocated on the device by one preparation and one run, whether or not it was given back.
  public package(set) var allocatedBytes: Int?
  /// Largest resident set of the process while the case ran, host and device memory together where they are one; nil where unknown.
  public internal(set) var residentBytes: Int?
  /// Why the row is no result; nil in a row that counts.
  public internal(set) var failure: String?

  /// A row of a case, not yet measured.
  package init(_ benchmark: BenchmarkCase, device: DeviceDescription, _ precision: Precision) {
    family = benchmark.family
    variant = benchmark.variant
    sizes = benchmark.sizes
    name = benchmark.description
    self.device = device.identifier
    driver = device.driver
    self.precision = precision
  }

  /// Whether the row counts.
  public var passed: Bool { failure == nil }
  /// Seconds of the quickest run; nil without runs.
  public var minimum: Double? { seconds.min() }
  /// Median seconds of a run; nil without runs.
  public var median: Double? { Self.median(seconds) }

  private static func median(_ seconds: some Collection<Double>) -> Double? {
    guard !seconds.isEmpty else { return nil }
    let sorted = seconds.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  /// Where the middle time lies; nil with too few rounds, or none.
  public var interval: RoundInterval? {
    var rest = seconds[...]
    return RoundInterval(
      (rounds ?? []).compactMap { count in
        defer { rest = rest.dropFirst(count) }
        return Self.median(rest.prefix(count))
      })
  }

  /// Declared work over the median; two operations for each multiply-add, nominal ones of kernels included.
  public var flopsPerSecond: Double? { rate(work.map { 2 * $0.multiplyAdds }) }
  /// Declared pairs over the median time.
  public var pairsPerSecond: Double? { rate(work?.pairs) }
  /// Declared bytes over the median time.
  public var bytesPerSecond: Double? { rate(work?.bytes) }
  /// The least possible time over the median.
  public var shareOfRoofline: Double? {
    guard let leastSeconds, let median else { return nil }
    return leastSeconds / median
  }

  private func rate(_ amount: Double?) -> Double? {
    guard let amount, let median, amount > 0 else { return nil }
    return amount / median
  }
}
