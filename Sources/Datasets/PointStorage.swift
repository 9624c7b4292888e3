/// Numbers in row-major order, kept as bytes where the file has bytes.
///
/// An image file of bytes takes an eighth of the room of its doubles, and a run rarely uses all of its points.
enum PointStorage: Sendable {
  case bytes([UInt8])
  case doubles([Double])

  var count: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .doubles(let doubles): doubles.count
    }
  }

  /// Every number, `[count]`.
  var all: [Double] {
    switch self {
    case .bytes(let bytes): bytes.map(Double.init)
    case .doubles(let doubles): doubles
    }
  }

  /// The numbers at the given rows of `width` numbers each, in the given order. Rows must be in range.
  func rows(_ rows: [Int], width: Int) -> PointStorage {
    func gather<Element>(_ elements: [Element]) -> [Element] {
      var gathered: [Element] = []
      gathered.reserveCapacity(rows.count * width)
      for row in rows { gathered.append(contentsOf: elements[row * width..<(row + 1) * width]) }
      return gathered
    }
    return switch self {
    case .bytes(let bytes): .bytes(gather(bytes))
    case .doubles(let doubles): .doubles(gather(doubles))
    }
  }

  /// Position of the first NaN or infinity.
  var firstNotFinite: Int? {
    switch self {
    case .bytes: nil
    case .doubles(let doubles): doubles.firstIndex { !$0.isFinite }
    }
  }

  /// The numbers as whole numbers in `range`, or nil if one is not.
  func integers(in range: ClosedRange<Int>) -> [Int]? {
    switch self {
    case .bytes(let bytes):
      guard bytes.allSatisfy({ range.contains(Int($0)) }) else { return nil }
      return bytes.map(Int.init)
    case .doubles(let doubles):
      var integers: [Int] = []
      integers.reserveCapacity(doubles.count)
      for number in doubles {
        guard let integer = Int(exactly: number), range.contains(integer) else { return nil }
        integers.append(integer)
      }
      return integers
    }
  }
}
