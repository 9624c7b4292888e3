/// A thing on which the bits of numbers depend, and that is not as it was.
public struct NumericsDifference: Equatable, Sendable {
  /// Name of the thing.
  public let name: String
  /// Value when the run was left.
  public let recorded: String
  /// Value now.
  public let present: String

  package init(name: String, recorded: String, present: String) {
    self.name = name
    self.recorded = recorded
    self.present = present
  }
}

extension Manifest {
  /// A start of the run: until the next one its records have these numerics.
  public struct Segment: Equatable, Sendable {
    /// ISO 8601.
    public let at: String
    /// Revision of the sources that the start was made with.
    public let sourceRevision: String
    /// Lines that were recorded before.
    public let records: Int
    /// What the bits of numbers depend on, by name.
    public let numerics: [String: String]
  }

  /// What the bits of the latest records depend on. Of a run of an older version what its manifest tells.
  package var numerics: [String: String] {
    if let last = segments.last { return last.numerics }
    var known: [String: String] = [:]
    known["backend"] = identity["backend"]?.string
    known["device"] = identity["device-name"]?.string
    known["driver"] = versions["driver"].map(RunDescription.withoutThreads)
    known["tiles"] = versions["tiles"] ?? RunDescription.ownTiles
    known["lapack"] = versions["openblas"]
    known["numerics"] = "1"
    return known
  }

  /// Where `present` differs. What an older version did not record is not known to differ.
  package func differences(from present: [String: String]) -> [NumericsDifference] {
    let recorded = numerics
    return present.keys.sorted().compactMap { name in
      guard let before = recorded[name], let now = present[name], before != now else { return nil }
      return NumericsDifference(name: name, recorded: before, present: now)
    }
  }
}
