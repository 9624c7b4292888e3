import Results

/// The learning rate of a run of `bottleneck`, as its settings and its records say it.
package enum TrainingRate: Hashable, Sendable {
  /// A fraction κ of the limit of stability.
  case fraction(Double)
  /// The learning rate η itself.
  case absolute(Double)

  /// The number that the settings say.
  package var number: Double {
    switch self {
    case .fraction(let number), .absolute(let number): number
    }
  }

  /// κ; nil where η is given.
  package var fraction: Double? { if case .fraction(let kappa) = self { kappa } else { nil } }
  /// η, where it is given.
  package var absolute: Double? { if case .absolute(let eta) = self { eta } else { nil } }

  /// The rate in the column κ of a table: the fraction, or η with its letter.
  package var cell: String {
    switch self {
    case .fraction(let kappa): "\(kappa)"
    case .absolute(let eta): "η \(eta)"
    }
  }

  /// The rate for readers, such as `κ = 0.1`.
  package var name: String {
    switch self {
    case .fraction(let kappa): "κ = \(kappa)"
    case .absolute(let eta): "η = \(eta)"
    }
  }

  /// What a line of a run has of it.
  package var entry: Entry {
    switch self {
    case .fraction(let kappa): BottleneckFields.kappa(kappa)
    case .absolute(let eta): BottleneckFields.rate(eta)
    }
  }

  /// The rate of the run that a line is of; nil where it has none.
  ///
  /// - Throws: `RecordFault` where it is no number.
  package init?(_ record: Record) throws(RecordFault) {
    if let kappa = try record.checked(BottleneckFields.kappa) {
      self = .fraction(kappa)
    } else if let eta = try record.checked(BottleneckFields.rate) {
      self = .absolute(eta)
    } else {
      return nil
    }
  }
}
