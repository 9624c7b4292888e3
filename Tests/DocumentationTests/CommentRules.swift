import Foundation

/// What a doc comment must have, in rules that a program can check.
struct CommentRules {
  private let requirements: [String: Set<String>]
  private let properties: [String: Set<String>]
  private let conformances: [String: Set<String>]

  init(_ scanner: SourceScanner) {
    func labels(_ isWanted: (Declaration) -> Bool) -> [String: Set<String>] {
      Dictionary(grouping: scanner.declarations.filter(isWanted), by: \.owner).mapValues { Set($0.map(\.label)) }
    }
    requirements = labels(\.isRequirement)
    properties = labels { ["let", "var"].contains($0.kind) && !$0.isLocal }
    conformances = scanner.conformances
  }

  /// Members whose requirement the standard library, Foundation, Testing or ArgumentParser documents.
  private static let standardNames: Set<String> = [
    "description", "debugDescription", "testDescription", "errorDescription", "hash", "encode", "body", "run", "validate", "configuration",
    "wrappedValue", "projectedValue", "rawValue", "allCases", "makeIterator", "next", "defaultValueDescription", "allValueStrings",
  ]
  private static let standardLabels: Set<String> = [
    "from", "rawValue", "nilLiteral", "booleanLiteral", "integerLiteral", "floatLiteral", "stringLiteral", "arrayLiteral",
    "dictionaryLiteral", "argument", "wrappedValue",
  ]

  /// Whether a public declaration needs a comment of its own and has none.
  ///
  /// None is needed by what only satisfies a requirement that is documented where it is declared, by operators, by options whose help
  /// says it, by fields of records, whose meaning says it, and by initialisers that take values of stored properties under their names: the properties say what they are.
  func lacksComment(_ declaration: Declaration) -> Bool {
    guard declaration.isPublic, declaration.comment.isEmpty, !declaration.hasHelp else { return false }
    let isOperator = !(declaration.name.first.map { $0.isLetter || $0 == "_" } ?? false)
    if declaration.signature.contains("= Field<") { return false }
    if isOperator || Self.standardNames.contains(declaration.name) { return false }
    if declaration.kind == "init" {
      if Self.standardLabels.contains(String(declaration.label.dropFirst("init(".count))) { return false }
      let parameters = declaration.signature.matches(of: /[(,]\s*(?:_ )?(?:\w+ )?(\w+):/).map { String($0.output.1) }
      if Set(parameters).isSubset(of: properties[declaration.owner] ?? []) { return false }
    }
    guard !declaration.isRequirement else { return true }
    return !protocols(of: declaration.owner).contains { requirements[$0]?.contains(declaration.label) ?? false }
  }

  /// Names of the protocols that a type conforms to, with those that they refine, and its own.
  private func protocols(of type: String) -> Set<String> {
    var (found, open): (Set<String>, [String]) = ([], [type])
    while let name = open.popLast() {
      if found.insert(name).inserted { open += conformances[name] ?? [] }
    }
    return found
  }

  /// Words with which a first line is a part of a sentence whose head is the name below: prepositions, pronouns, "nil where …".
  private static let loneWords: Set<String> = [
    "Of", "With", "Without", "From", "To", "By", "In", "For", "At", "On", "After", "Before", "Until", "Beside", "Besides", "Per", "Within",
    "Below", "Above", "Over", "Under", "Between", "As", "Like", "Into", "Onto", "Than", "Through", "During", "Since", "Toward", "Towards",
    "Against", "Beyond", "It", "Its", "They", "Their", "Them", "Such", "Nil", "nil", "`nil`", "Empty", "False", "True", "`true`", "`false`",
    "Else", "Otherwise", "Likewise", "Ditto", "Same", "Or", "And", "But", "Also", "Not", "Only", "Then", "So", "If", "When", "Whereas",
    "Whose", "Whom", "While", "Because", "Although", "Again", "Must", "May", "Can", "Is", "Are", "Has",
  ]
  private static let questions: Set<String> = ["What", "How", "Why", "Which", "Whether", "Where"]
  private static let pronouns: Set<String> = ["it", "its", "they", "them", "their"]
  private static let demonstratives: Set<String> = ["this", "that", "these", "those"]
  private static let verbs: Set<String> = ["is", "are", "was", "were", "has", "have"]

  /// Whether a first line makes no sense alone: "Of a `Meter`.", "The same with derivatives.", "Where it starts.".
  static func isFragment(_ line: String) -> Bool {
    let words = line.split(separator: " ").prefix(3).map { $0.trimmingCharacters(in: CharacterSet(charactersIn: ",:;.")) }
    guard let first = words.first else { return true }
    let second = words.dropFirst().first ?? "", third = words.dropFirst(2).first ?? ""
    if loneWords.contains(first) || (first == "The" && second == "same") { return true }
    if demonstratives.contains(first.lowercased()) { return verbs.union(["of"]).contains(second) }
    return questions.contains(first) && (pronouns.contains(second) || (demonstratives.contains(second) && verbs.contains(third)))
  }

  /// Whether a comment begins with a field and has no first line at all: enough for what is not public, and for initialisers, of
  /// which the type's name says what they make.
  static func isFieldAlone(_ line: String) -> Bool {
    ["- Parameter", "- Returns", "- Throws", "- Precondition", "- Note", "Throws:", "Returns:", "Precondition:", "Parameter "].contains {
      line.hasPrefix($0)
    }
  }

  /// Whether the comment's first line does not say what the declaration is.
  func hasFragment(_ declaration: Declaration) -> Bool {
    guard let line = declaration.comment.first else { return false }
    return Self.isFieldAlone(line) ? declaration.isPublic && declaration.kind != "init" : Self.isFragment(line)
  }
}
