import Foundation

/// Seconds of one kind of work against its size, measured at some sizes.
struct SpeedCurve: Sendable, Codable, Equatable {
  /// A size and the seconds that it took.
  struct Point: Codable, Equatable, Sendable {
    var size: Double
    var seconds: Double
  }

  /// What was measured, in ascending order of sizes.
  private(set) var points: [Point]

  init(_ points: [Point]) { self.points = points.sorted { $0.size < $1.size } }

  /// Whether sizes, which ascend, and times are positive numbers, at least one of each.
  var isSound: Bool {
    !points.isEmpty && points.allSatisfy { $0.size > 0 && $0.size.isFinite && $0.seconds > 0 && $0.seconds.isFinite }
      && zip(points, points.dropFirst()).allSatisfy { $0.size < $1.size }
  }

  /// Seconds of work of a size: as long as the least one below that, in proportion beyond the largest, between two a power of the size.
  func seconds(_ size: Double) -> Double {
    guard let first = points.first, let last = points.last else { return 0 }
    guard size > first.size else { return first.seconds }
    guard let next = points.firstIndex(where: { $0.size >= size }) else { return last.seconds * size / last.size }
    let (a, b) = (points[next - 1], points[next])
    return a.seconds * pow(b.seconds / a.seconds, log(size / a.size) / log(b.size / a.size))
  }
}
