/// Numbers in row-major order, kept as the file has them where that takes less room than doubles.
///
/// An image file of bytes takes an eighth of the room of its doubles, and a run rarely uses all of its points.
package enum PointStorage: Sendable {
  /// Bytes, as pixels are stored.
  case bytes([UInt8])
  /// Numbers in float32.
  case floats([Float])
  /// Numbers in float64.
  case doubles([Double])

  /// Count of the stored numbers.
  package var count: Int {
    switch self {
    case .bytes(let bytes): bytes.count
    case .floats(let floats): floats.count
    case .doubles(let doubles): doubles.count
    }
  }

  /// Every number, `[count]`.
  package var all: [Double] {
    switch self {
    case .bytes(let bytes): bytes.map(Double.init)
    case .floats(let floats): floats.map(Double.init)
    case .doubles(let doubles): doubles
    }
  }

  /// The number at a position, which must be in range.
  package subscript(position: Int) -> Double {
    switch self {
    case .bytes(let bytes): Double(bytes[position])
    case .floats(let floats): Double(floats[position])
    case .doubles(let doubles): doubles[position]
    }
  }

  /// The numbers at some positions, which must be in range.
  func numbers(_ positions: Range<Int>) -> [Double] {
    func doubles<Element>(_ elements: [Element], _ double: (Element) -> Double) -> [Double] {
      [Double](unsafeUninitializedCapacity: positions.count) { buffer, count in
        for index in 0..<positions.count { buffer.initializeElement(at: index, to: double(elements[positions.lowerBound + index])) }
        count = positions.count
      }
    }
    return switch self {
    case .bytes(let bytes): doubles(bytes) { Double($0) }
    case .floats(let floats): doubles(floats) { Double($0) }
    case .doubles(let numbers): Array(numbers[positions])
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
    return map(gather, gather, gather)
  }

  /// One of `width` columns.
  func column(_ column: Int, of width: Int) -> PointStorage {
    func pick<Element>(_ elements: [Element]) -> [Element] { stride(from: column, to: elements.count, by: width).map { elements[$0] } }
    return map(pick, pick, pick)
  }

  /// Elements with the first dimension fastest (Fortran order), put in the order with the last dimension fastest.
  func rowMajor(shape: [Int]) -> PointStorage {
    guard shape.count > 1, count > 0 else { return self }
    func reorder<Element: BitwiseCopyable>(_ elements: [Element]) -> [Element] {
      elements.withUnsafeBufferPointer { stored in
        [Element](unsafeUninitializedCapacity: elements.count) { ordered, count in
          FortranOrder(shape: shape).forEachPair { ordered.initializeElement(at: $0, to: stored[$1]) }
          count = elements.count
        }
      }
    }
    return map(reorder, reorder, reorder)
  }

  private func map(_ bytes: ([UInt8]) -> [UInt8], _ floats: ([Float]) -> [Float], _ doubles: ([Double]) -> [Double]) -> PointStorage {
    switch self {
    case .bytes(let numbers): .bytes(bytes(numbers))
    case .floats(let numbers): .floats(floats(numbers))
    case .doubles(let numbers): .doubles(doubles(numbers))
    }
  }

  /// Position of the first NaN or infinity.
  package var firstNotFinite: Int? {
    switch self {
    case .bytes: nil
    case .floats(let floats): Self.firstNotFinite(floats)
    case .doubles(let doubles): Self.firstNotFinite(doubles)
    }
  }

  /// Finds the first number that is none by blocks, whose sum times zero is zero otherwise: that needs no branch for each.
  private static func firstNotFinite<Number: BinaryFloatingPoint>(_ numbers: [Number]) -> Int? {
    for first in stride(from: 0, to: numbers.count, by: 1024) {
      let block = numbers[first..<min(first + 1024, numbers.count)]
      var sums: (Number, Number, Number, Number) = (0, 0, 0, 0)
      var index = block.startIndex
      while index + 4 <= block.endIndex {
        sums.0 += block[index] * 0
        sums.1 += block[index + 1] * 0
        sums.2 += block[index + 2] * 0
        sums.3 += block[index + 3] * 0
        index += 4
      }
      while index < block.endIndex {
        sums.0 += block[index] * 0
        index += 1
      }
      if sums.0 + sums.1 + sums.2 + sums.3 != 0 { return block.firstIndex { !$0.isFinite } }
    }
    return nil
  }

  /// Position of the first number that is no class label: no whole number in `0...Dataset.largestLabel`.
  var firstThatIsNoLabel: Int? {
    func isLabel(_ number: Double) -> Bool { Int(exactly: number).map((0...Dataset.largestLabel).contains) ?? false }
    return switch self {
    case .bytes: nil
    case .floats(let floats): floats.firstIndex { !isLabel(Double($0)) }
    case .doubles(let doubles): doubles.firstIndex { !isLabel($0) }
    }
  }

  /// The numbers as class labels, or nil if one is none.
  var labels: [Int]? {
    guard firstThatIsNoLabel == nil else { return nil }
    return switch self {
    case .bytes(let bytes): bytes.map(Int.init)
    case .floats(let floats): floats.map { Int($0) }
    case .doubles(let doubles): doubles.map { Int($0) }
    }
  }
}

/// Where the elements of an array lie in Fortran order and in C order.
private struct FortranOrder {
  let shape: [Int]
  private static let tile = 32

  /// Calls `body` for every element, with its position in C order and in Fortran order.
  ///
  /// The first and the last dimension go in tiles, so that of either order a line of the cache is used as a whole.
  func forEachPair(_ body: (_ row: Int, _ column: Int) -> Void) {
    let (first, last) = (shape[0], shape[shape.count - 1])
    let middle = shape[1..<(shape.count - 1)]
    let between = middle.reduce(1, *)
    for index in 0..<between {
      // The middle dimensions, the last of them fastest in C order, the first fastest in Fortran order.
      var (rest, reversed, stride) = (index, 0, between)
      for size in middle.reversed() {
        stride /= size
        reversed += rest % size * stride
        rest /= size
      }
      for i in Swift.stride(from: 0, to: first, by: Self.tile) {
        for j in Swift.stride(from: 0, to: last, by: Self.tile) {
          for row in i..<min(i + Self.tile, first) {
            for column in j..<min(j + Self.tile, last) {
              body((row * between + index) * last + column, (column * between + reversed) * first + row)
            }
          }
        }
      }
    }
  }
}
