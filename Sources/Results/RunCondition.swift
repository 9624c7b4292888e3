/// What a run must fulfil to be listed: `bottlenecks=2`, `weight-variance>1.5`, `bottlenecks~inf`, `state!=finished`, `started>=2026-11`.
///
/// Numbers are compared as numbers. Times are compared as texts, as far as the condition writes them out. `~` asks for a member of a list
/// with commas. A run that has no such setting fulfils no condition on it.
public struct RunCondition: Equatable, Sendable {
  enum Relation: String, CaseIterable {
    // Longer ones first: `<` begins `<=`.
    case notEqual = "!="
    case atMost = "<="
    case atLeast = ">="
    case equal = "="
    case less = "<"
    case more = ">"
    case contains = "~"
  }

  /// The field or setting that it asks for.
  public let name: String
  let relation: Relation
  let value: String

  /// - Throws: `ResultsError.unclearCondition`.
  public init(_ text: String) throws(ResultsError) {
    let name = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) || $0 == "-" || $0 == "_" || $0 == "." }
    let rest = text[name.endIndex...]
    guard !name.isEmpty, let relation = Relation.allCases.first(where: { rest.hasPrefix($0.rawValue) }),
      rest.count > relation.rawValue.count
    else { throw .unclearCondition(text) }
    self.init(name: String(name), relation: relation, value: String(rest.dropFirst(relation.rawValue.count)))
  }

  init(name: String, relation: Relation, value: String) { (self.name, self.relation, self.value) = (name, relation, value) }

  /// A run of that experiment.
  public static func experiment(_ name: String) -> RunCondition { RunCondition(name: "experiment", relation: .equal, value: name) }
  /// A run in that state, by its word.
  public static func state(_ name: String) -> RunCondition { RunCondition(name: "state", relation: .equal, value: name) }
  /// A run that first started at that time of ISO 8601 or later; the time may be cut short.
  public static func since(_ time: String) -> RunCondition { RunCondition(name: "started", relation: .atLeast, value: time) }
  /// A run that first started at that time of ISO 8601, within what a shortened one stands for, or before.
  public static func until(_ time: String) -> RunCondition { RunCondition(name: "started", relation: .atMost, value: time) }

  /// Whether the run fulfils it.
  public func holds(for run: RunSummary) -> Bool {
    guard let found = run[name] else { return false }
    if relation == .contains {
      return found.plain.split(separator: ",").contains { RunCondition.areEqual(String($0).trimmingSpaces, value) }
    }
    if relation == .equal || relation == .notEqual {
      return RunCondition.areEqual(found.plain, value) == (relation == .equal)
    }
    if ["started", "ended"].contains(name) {
      // A shortened time stands for all that begin with it.
      let time = String(found.plain.prefix(value.count))
      return isFulfilled(time == value ? 0 : time < value ? -1 : 1)
    }
    guard let number = found.number, let bound = JSONValue.string(value).number else { return false }
    return isFulfilled(number == bound ? 0 : number < bound ? -1 : 1)
  }

  /// - Parameter order: of the run's value against the condition's: −1, 0 or 1.
  private func isFulfilled(_ order: Int) -> Bool {
    switch relation {
    case .less: order < 0
    case .atMost: order <= 0
    case .more: order > 0
    case .atLeast: order >= 0
    case .equal, .notEqual, .contains: false
    }
  }

  private static func areEqual(_ a: String, _ b: String) -> Bool {
    if a == b { return true }
    guard let first = JSONValue.string(a).number, let second = JSONValue.string(b).number else { return false }
    return first == second
  }
}

extension String {
  fileprivate var trimmingSpaces: String { String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()) }
}
