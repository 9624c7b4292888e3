extension CovarianceProgram {
  /// Neighbouring elements of a chain that come `repeats` times.
  public struct Run: Sendable {
    /// The elements that are repeated.
    public var program: CovarianceProgram
    /// How often they come.
    public var repeats: Int
    /// Pointwise nodes of the whole program before this run.
    public var firstLevel: Int
  }

  /// The program in parts: the longest repetitions of at most eight elements, and what stands between them once.
  ///
  /// - Parameter fewest: repetitions from which on elements are a run of their own.
  /// - Returns: one run at least, without elements where there are none.
  public func runs(repeating fewest: Int) -> [Run] {
    let elements = elements
    guard !elements.isEmpty else { return [Run(program: self, repeats: 1, firstLevel: 0)] }
    let texts = key.split(separator: " ")
    var runs: [Run] = []
    var (single, next) = (0, 0)
    func append(_ range: Range<Int>, repeats: Int) {
      guard !range.isEmpty else { return }
      let levels = CovarianceProgram(chain: Array(elements[..<range.lowerBound])).levelCount
      runs.append(Run(program: CovarianceProgram(chain: Array(elements[range])), repeats: repeats, firstLevel: levels))
    }
    while next < elements.count {
      let found = (1...8).lazy.map { period in (period, repeats(of: period, from: next, in: texts)) }.first { $0.1 >= max(fewest, 2) }
      guard let (period, repeats) = found else {
        next += 1
        continue
      }
      append(single..<next, repeats: 1)
      append(next..<next + period, repeats: repeats)
      next += period * repeats
      single = next
    }
    append(single..<next, repeats: 1)
    return runs
  }

  /// How often the elements of one period from `start` on come one after the other.
  private func repeats(of period: Int, from start: Int, in texts: [Substring]) -> Int {
    guard start + period <= texts.count else { return 0 }
    let same = texts.indices.dropFirst(start + period).prefix { texts[$0] == texts[$0 - period] }.count
    return 1 + same / period
  }
}
