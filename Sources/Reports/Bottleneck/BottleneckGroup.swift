import Statistics
import StudyRecords

/// Networks compared with one another: what one panel of a figure and one part of the table show.
struct BottleneckGroup {
  /// One network at the rate chosen for it.
  struct Entry {
    let label: BottleneckLabel
    let rate: TrainingRate
    /// Draws by increasing number.
    let draws: [BottleneckRun]

    /// The recorded network to compare with, else the wide network of the same depth.
    var baseline: BottleneckLabel { draws.compactMap(\.baseline).first ?? label.baseline }

    /// Whether the network's loss was computed at any step, and not by steps: so it can be only without bottlenecks.
    var isSolved: Bool { label.isInfinite && !draws.isEmpty && draws.allSatisfy(\.isSolved) }

    /// Steps over draws to each of the fractions; not reached counts as more than any number.
    var steps: [Quartiles] {
      BottleneckFields.fractions.indices.map { index in Quartiles(draws.map { $0.steps(index) }) }
    }
  }

  let comparison: BottleneckFields.Comparison
  /// Rate of all entries; nil where each has its own.
  let rate: TrainingRate?
  /// Entries in the order of their labels.
  let entries: [Entry]

  var title: String {
    switch comparison {
    case .same: "One rate for all" + (rate.map { " (\($0.name))" } ?? "")
    case .own: "Each at its own best rate"
    }
  }

  /// Median steps of the network without bottlenecks over those of `entry`, to each of the fractions; nil where either is not reached.
  func speedUps(of entry: Entry) -> [Double?] {
    Self.speedUps(of: entry, over: entries.first { $0.label == entry.baseline })
  }

  static func speedUps(of entry: Entry, over other: Entry?) -> [Double?] {
    let others = other?.steps
    return entry.steps.enumerated().map { index, own in
      guard let median = own.median, median > 0 else { return nil }
      return others?[index].median.map { $0 / median }
    }
  }
}

extension BottleneckRuns {
  /// `same` once for each rate that occurs, then `own` with the best rate of each network.
  var groups: [BottleneckGroup] {
    let sameRates = Set(runs.keys.filter { $0.comparison == .same }.map(\.rate)).sorted { $0.number < $1.number }
    let same = sameRates.map { rate in
      let labels = Set(runs.keys.filter { $0.comparison == .same && $0.rate == rate }.map(\.label)).sorted()
      let entries = labels.map { BottleneckGroup.Entry(label: $0, rate: rate, draws: draws(.same, $0, rate)) }
      return BottleneckGroup(comparison: .same, rate: rate, entries: entries)
    }
    var ownLabels = Set(runs.keys.filter { $0.comparison == .own }.map(\.label))
    guard !ownLabels.isEmpty else { return same }
    ownLabels.formUnion(runs.keys.map(\.label).filter(\.isInfinite))
    let own = ownLabels.sorted().compactMap { label in
      bestRate(of: label).map { rate in
        BottleneckGroup.Entry(label: label, rate: rate, draws: ownDraws(label, rate))
      }
    }
    return same + [BottleneckGroup(comparison: .own, rate: nil, entries: own)]
  }

  /// The rate at which a network does best in the comparison `own`: the smallest median number of steps to 1 % of the initial
  /// loss, ties by those to 0.1 %, 10 % and 50 %, then by fewest diverged draws, then the smaller rate. Nil without records.
  ///
  /// Not reached counts as more than any number. For a wide network the rates of `same` compete too: its own rate is the one
  /// that all share there, by definition.
  package func bestRate(of label: BottleneckLabel) -> TrainingRate? {
    let rates = Set(runs.keys.filter { $0.label == label && ($0.comparison == .own || label.isInfinite) }.map(\.rate))
    func cost(_ rate: TrainingRate) -> [Double] {
      let draws = ownDraws(label, rate)
      let medians = [2, 3, 1, 0].map { index in Quartiles(draws.map { $0.steps(index) }).median ?? .infinity }
      return medians + [Double(draws.filter(\.isDiverged).count), rate.number]
    }
    return rates.map { (cost: cost($0), rate: $0) }.min { $0.cost.lexicographicallyPrecedes($1.cost) }?.rate
  }

  private func ownDraws(_ label: BottleneckLabel, _ rate: TrainingRate) -> [BottleneckRun] {
    let own = draws(.own, label, rate)
    return own.isEmpty && label.isInfinite ? draws(.same, label, rate) : own
  }
}
