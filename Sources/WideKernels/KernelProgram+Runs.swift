extension KernelProgram {
  /// Neighbouring steps that come `repeats` times.
  public struct Run: Sendable {
    /// The steps that are repeated.
    public var program: KernelProgram
    /// How often the steps come.
    public var repeats: Int
    /// Activations of the whole program before this run.
    public var firstLevel: Int
  }

  /// Number of activations among the steps.
  public var activationCount: Int { steps.count { if case .activation = $0 { true } else { false } } }

  /// The program in parts: the longest repetitions of at most eight steps, and what stands between them once.
  ///
  /// - Parameter fewest: repetitions from which on steps are a run of their own.
  /// - Returns: one run at least, without steps where there are none.
  public func runs(repeating fewest: Int) -> [Run] {
    guard !steps.isEmpty else { return [Run(program: self, repeats: 1, firstLevel: 0)] }
    let texts = steps.map { KernelProgram(steps: [$0]).description }
    var runs: [Run] = []
    var (single, next) = (0, 0)
    func append(_ range: Range<Int>, repeats: Int) {
      guard !range.isEmpty else { return }
      let levels = KernelProgram(steps: Array(steps[..<range.lowerBound])).activationCount
      runs.append(Run(program: KernelProgram(steps: Array(steps[range])), repeats: repeats, firstLevel: levels))
    }
    while next < steps.count {
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

  /// How often the steps of one period from `start` on come one after the other.
  private func repeats(of period: Int, from start: Int, in texts: [String]) -> Int {
    guard start + period <= texts.count else { return 0 }
    let same = texts.indices.dropFirst(start + period).prefix { texts[$0] == texts[$0 - period] }.count
    return 1 + same / period
  }
}
