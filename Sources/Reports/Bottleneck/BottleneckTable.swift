import Foundation
import Results
import Statistics

/// Steps to fractions of the initial loss, speed-ups and test errors of the experiment `bottleneck`, from its records.
public struct BottleneckTable: RunTable, Equatable {
  /// One network in one comparison.
  public struct Row: Equatable, Sendable {
    /// Learning rates of the comparison.
    public let comparison: BottleneckRuns.Comparison
    /// Bottlenecks of the network.
    public let bottlenecks: BottleneckLabel
    /// The label of the network that the speed-up refers to.
    public let baseline: String
    /// κ, the learning rate over the stability limit.
    public let kappa: Double
    /// Number of draws.
    public let draws: Int
    /// Draws that diverged.
    public let diverged: Int
    /// Steps over draws, to 50, 10, 1 and 0.1 % in turn; not reached counts as more than any number.
    public let steps: [Quartiles]
    /// Median steps of the baseline over median steps of this network, for 50, 10, 1 and 0.1 %; nil where either is not reached.
    public let speedUps: [Double?]
    /// Fractions of wrong answers, over draws that have one.
    public let finalTestError: Quartiles
    /// Least fractions of wrong answers at any step, over draws that have one.
    public let bestTestError: Quartiles
    /// Median over draws of the largest amplification of a perturbation.
    public let amplification: Double?
    /// Draws that amplified a perturbation more than 100 times; nil where it was not measured.
    public let sensitive: Int?
  }

  /// Amplification above which a draw counts as sensitive.
  public static let sensitivityThreshold = 100.0

  /// `same` by rate, then `own`; within each by label.
  public let rows: [Row]

  /// The table of a run's records.
  public static func make(from records: [Record]) throws(RecordFault) -> BottleneckTable { BottleneckTable(try BottleneckRuns(records)) }

  /// The table of runs that were read.
  public init(_ runs: BottleneckRuns) {
    rows = runs.groups.flatMap { group in group.entries.map { Row($0, in: group) } }
  }
}

extension BottleneckTable.Row {
  fileprivate init(_ entry: BottleneckGroup.Entry, in group: BottleneckGroup) {
    func steps(_ entry: BottleneckGroup.Entry) -> [Quartiles] {
      BottleneckRun.fractions.indices.map { index in Quartiles(entry.draws.map { $0.steps(index) }) }
    }
    let own = steps(entry), baseline = group.baseline(of: entry).map(steps)
    let amplifications = entry.draws.compactMap(\.amplification)
    comparison = group.comparison
    bottlenecks = entry.label
    self.baseline = entry.baseline
    kappa = entry.kappa
    draws = entry.draws.count
    diverged = entry.draws.filter(\.isDiverged).count
    self.steps = own
    speedUps = own.indices.map { index in
      guard let other = baseline?[index].median, let median = own[index].median, median > 0 else { return nil }
      return other / median
    }
    finalTestError = Quartiles(entry.draws.compactMap(\.finalTestError))
    bestTestError = Quartiles(entry.draws.compactMap(\.bestTestError))
    amplification = Quartiles(amplifications).median
    sensitive = amplifications.isEmpty ? nil : amplifications.filter { $0 > BottleneckTable.sensitivityThreshold }.count
  }
}
