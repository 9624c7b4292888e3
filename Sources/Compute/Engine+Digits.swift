import WideKernels

extension Engine {
  /// Refuses kernels of `x` `[1, n, w]` with `y`, or with itself, that rounding or the range of numbers would leave nothing of.
  ///
  /// Reads the variances of all points; rows and inner products only of points so long that rounding could matter.
  ///
  /// - Parameter name: of `x` in errors.
  /// - Throws: `ComputeError.vanishingKernel` where K(x, x) of a point other than 0 lies below the least normal number, `.unresolvedPair` for
  ///   the first two points that differ and are parallel up to rounding, where that changes their kernel.
  public func requireDigits(
    _ kinds: [KernelKind], _ program: CovarianceProgram, _ x: Tensor, _ y: Tensor? = nil, name: String = "x"
  ) throws(ComputeError) {
    var sets = [PointSet(name: name, points: x, variances: try variances(x))]
    if let y { sets.append(PointSet(name: "y", points: y, variances: try variances(y))) }
    for set in sets { for kind in kinds { try requireNormal(kind, program, set) } }
    try requireResolved(kinds, program, sets[0], sets.last ?? sets[0], isSymmetric: y == nil)
  }

  /// Points with what the checks ask of each.
  private struct PointSet {
    let name: String
    let points: Tensor
    let variances: [Double]
  }

  /// x_i·x_i / width in float64; where that vanishes at this precision, from the coordinates.
  private func variances(_ x: Tensor) throws(ComputeError) -> [Double] {
    var variances = try read(gramDiagonal(x))
    for row in variances.indices where variances[row] < precision.leastNormal {
      let values = try read(x.rows(row..<row + 1))
      let largest = values.reduce(0) { max($0, abs($1)) }
      guard largest > 0 else { continue }
      let squares = values.reduce(0) { $0 + ($1 / largest) * ($1 / largest) } / Double(max(values.count, 1))
      variances[row] = max(squares * largest * largest, .leastNonzeroMagnitude)
    }
    return variances
  }

  private func requireNormal(_ kind: KernelKind, _ program: CovarianceProgram, _ set: PointSet) throws(ComputeError) {
    func vanishes(_ q: Double) -> Bool { program.vanishingKernels(variance: q, below: precision.leastNormal).contains(kind) }
    guard let least = set.variances.filter({ $0 > 0 }).min(), vanishes(least) else { return }
    let limit = Self.border(set.variances) { !vanishes($0) }
    let rows = set.variances.indices.filter { set.variances[$0] > 0 && set.variances[$0] < limit }
    throw .vanishingKernel(
      kernel: kind, precision: precision, count: rows.count, of: set.variances.count, first: rows.first ?? 0, set: set.name)
  }

  private func requireResolved(
    _ kinds: [KernelKind], _ program: CovarianceProgram, _ x: PointSet, _ y: PointSet, isSymmetric: Bool
  ) throws(ComputeError) {
    let rounding = precision.unitRoundoff * (4 + Double(x.points.columns).squareRoot())
    let tolerance = program.toleratedChange(precision)
    func worst(_ q11: Double, _ q22: Double, _ q12: Double) -> (kind: KernelKind, change: Double) {
      let changes = program.changes(q11: q11, q22: q22, q12: q12, rounding: rounding)
      let all = kinds.map { (kind: $0, change: $0 == .nngp ? changes.nngp : changes.ntk) }
      return all.max { $0.change < $1.change } ?? (.ntk, 0)
    }
    // Of coinciding points, which lose most.
    func isLong(_ q: Double) -> Bool { worst(q, q, q).change > tolerance }
    let all = (x.variances + y.variances).filter { $0.isFinite && $0 > 0 }
    guard let longest = all.max(), isLong(longest) else { return }
    let limit = Self.border(all, isLong)
    func long(_ set: PointSet) -> [Int] { set.variances.indices.filter { set.variances[$0].isFinite && set.variances[$0] >= limit } }
    let (rows, columns) = (long(x), long(y))
    guard !rows.isEmpty, !columns.isEmpty else { return }
    let right = try gather(y.points, rows: columns)
    let (leftHashes, rightHashes) = (try hashes(gather(x.points, rows: rows)), try hashes(right))
    for start in stride(from: 0, to: rows.count, by: 512) {
      let part = Array(rows[start..<min(start + 512, rows.count)])
      let gram = try read(self.gram(gather(x.points, rows: part), right))
      // Of the pairs of these rows the most nearly parallel one.
      var nearest: (row: Int, column: Int, gap: Double)?
      for (i, row) in part.enumerated() {
        for (j, column) in columns.enumerated() where !isSymmetric || column > row {
          let ratio = gram[i * columns.count + j] / x.variances[row].squareRoot() / y.variances[column].squareRoot()
          let gap = max(0, 1 - ratio * ratio)
          guard gap < nearest?.gap ?? .infinity, !leftHashes[start + i].equalOrOpposite(rightHashes[j]) else { continue }
          nearest = (row, column, gap)
        }
      }
      guard let nearest else { continue }
      let (q11, q22) = (x.variances[nearest.row], y.variances[nearest.column])
      let worst = worst(q11, q22, (q11.squareRoot() * q22.squareRoot()) * (1 - nearest.gap).squareRoot())
      guard worst.change > tolerance else { continue }
      throw .unresolvedPair(
        kernel: worst.kind, precision: precision, first: "row \(nearest.row) of \(x.name)", second: "row \(nearest.column) of \(y.name)",
        change: worst.change)
    }
  }

  /// Two numbers for every row: one that equal rows share, and that of the opposite row.
  private func hashes(_ x: Tensor) throws(ComputeError) -> [RowHash] {
    let values = try read(x)
    return (0..<x.rows).map { row in
      let own = values[row * x.columns..<(row + 1) * x.columns]
      return RowHash(own: Array(own).hashValue, opposite: own.map { -$0 }.hashValue)
    }
  }

  private struct RowHash {
    let own: Int
    let opposite: Int
    func equalOrOpposite(_ other: RowHash) -> Bool { own == other.own || own == other.opposite }
  }

  /// The least of `values` at which a condition holds that holds from some number on.
  private static func border(_ values: [Double], _ holds: (Double) -> Bool) -> Double {
    let sorted = Array(Set(values)).sorted()
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low < sorted.count ? sorted[low] : .infinity
  }
}
