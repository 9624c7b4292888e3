import Foundation

/// Reads the declarations of Swift sources line by line: no parser, but enough for sources in this repository's format.
struct SourceScanner {
  private(set) var declarations: [Declaration] = []
  /// Protocols that a type or protocol is declared to conform to, by its name.
  private(set) var conformances: [String: Set<String>] = [:]
  /// Files whose braces do not match as they are counted here, so that what was found in them means nothing.
  private(set) var unbalanced: [String] = []

  private static let modifiers: Set<Substring> = [
    "public", "open", "package", "static", "class", "final", "mutating", "nonmutating", "override", "convenience", "indirect", "lazy",
    "weak", "nonisolated", "required", "internal", "private", "fileprivate", "borrowing", "consuming", "prefix", "postfix", "unowned",
  ]
  private static let types: Set<Substring> = ["struct", "enum", "class", "protocol", "actor", "extension"]
  private static let kinds = types.union(["func", "var", "let", "init", "case", "typealias", "associatedtype", "subscript"])
  private static let helpful: Set<Substring> = ["Option", "Flag", "Argument", "OptionGroup"]

  /// What a brace opened; neither a type nor an extension has the empty kind.
  private struct Scope {
    var kind: Substring
    var name: String
    var isPublic: Bool
  }

  mutating func scan(_ text: String, file: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.trimmed }
    var (scopes, comment, commentLine, hasHelp, isText, attribute) = ([Scope](), [String](), 0, false, false, "")
    for (index, line) in lines.enumerated() {
      let isDelimiter = !line.ranges(of: "\"\"\"").count.isMultiple(of: 2)
      if isText {
        isText = !isDelimiter
        continue
      }
      if line.hasPrefix("///") {
        if comment.isEmpty { commentLine = index + 1 }
        comment.append(String(line.dropFirst(3).trimmed))
        continue
      }
      if line.hasPrefix("//") { continue }
      var found: Scope?
      if !line.isEmpty {
        let (rest, helps, isComplete) = Self.withoutAttributes(attribute.isEmpty ? line : Substring(attribute + " " + line))
        hasHelp = hasHelp || helps
        attribute = isComplete ? "" : String(rest)
        if isComplete, !rest.isEmpty {
          if let head = Self.head(rest) {
            let signature = Self.signature(rest, lines[(index + 1)...])
            found = Self.scope(head)
            if head.kind != "extension" {
              declarations.append(
                Declaration(
                  file: file, line: index + 1, kind: String(head.kind), name: head.name, signature: signature, comment: comment,
                  commentLine: commentLine, owner: scopes.last?.name ?? "", isPublic: Self.isPublic(head, in: scopes.last),
                  isRequirement: scopes.last?.kind == "protocol", hasHelp: hasHelp, isLocal: scopes.last?.kind.isEmpty ?? false))
            }
            if Self.types.contains(head.kind) { note(conformancesIn: signature, of: head.name) }
          }
          (comment, hasHelp) = ([], false)
        }
      }
      isText = isDelimiter
      for brace in Self.braces(line) {
        if brace == "{" {
          scopes.append(found ?? Scope(kind: "", name: "", isPublic: false))
          found = nil
        } else {
          _ = scopes.popLast()
        }
      }
    }
    if !scopes.isEmpty { unbalanced.append(file) }
  }

  private struct Head {
    var modifiers: [Substring]
    var kind: Substring
    var name: String
  }

  /// Modifiers, keyword and name at the beginning of a line; nil where it declares nothing.
  private static func head(_ line: Substring) -> Head? {
    var (rest, modifiers) = (line, [Substring]())
    while true {
      let word = rest.word
      guard !word.isEmpty else { return nil }
      let after = rest.dropFirst(word.count)
      let next = after.trimmed.word
      // `class` is a modifier in front of a member.
      if kinds.contains(word), word != "class" || !["func", "var", "let", "subscript"].contains(next) {
        let name = after.trimmed.drop { $0 == "`" }
        let plain = name.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
        let spelled = plain.isEmpty ? name.prefix { !" (".contains($0) } : plain
        return Head(modifiers: modifiers, kind: word, name: ["init", "subscript"].contains(word) ? String(word) : String(spelled))
      }
      guard Self.modifiers.contains(word) else { return nil }
      // `internal(set)` says nothing of reading.
      if after.first == "(" {
        rest = after.drop { $0 != ")" }.dropFirst().trimmed
      } else {
        modifiers.append(word)
        rest = after.trimmed
      }
    }
  }

  private static func isPublic(_ head: Head, in scope: Scope?) -> Bool {
    let isOpen = head.modifiers.contains { ["public", "open", "package"].contains($0) }
    guard let scope else { return isOpen }
    let isClosed = head.modifiers.contains { ["private", "fileprivate", "internal"].contains($0) }
    return switch scope.kind {
    case "": false
    case "protocol": scope.isPublic
    case "enum": isOpen || (head.kind == "case" && scope.isPublic)
    case "extension": isOpen || (scope.isPublic && !isClosed)
    default: isOpen
    }
  }

  private static func scope(_ head: Head) -> Scope? {
    guard types.contains(head.kind) else { return nil }
    let name = head.name.split(separator: ".").last.map(String.init) ?? head.name
    return Scope(kind: head.kind, name: name, isPublic: head.modifiers.contains { ["public", "open", "package"].contains($0) })
  }

  private mutating func note(conformancesIn signature: String, of name: String) {
    let head = signature.prefix { $0 != "{" }
    guard let colon = head.firstIndex(of: ":") else { return }
    let list = String(head[head.index(after: colon)...]).components(separatedBy: " where ")[0]
    let names = list.split(whereSeparator: { ",&>:".contains($0) }).compactMap { part in
      part.trimmed.prefix { $0 != "<" }.trimmed.split(separator: ".").last.map(String.init)
    }
    conformances[name.split(separator: ".").last.map(String.init) ?? name, default: []].formUnion(names)
  }

  /// A declaration up to the end of its parameters or of its list of protocols.
  private static func signature(_ line: Substring, _ following: ArraySlice<Substring>) -> String {
    var result = String(line)
    for next in following where result.count(where: { $0 == "(" }) > result.count(where: { $0 == ")" }) { result += " " + next }
    return result
  }

  /// The line after its attributes, whether one of them has help, and whether all of them end on it.
  private static func withoutAttributes(_ line: Substring) -> (rest: Substring, helps: Bool, isComplete: Bool) {
    var (rest, helps) = (line, false)
    while rest.first == "@" {
      let name = rest.dropFirst().word
      helps = helps || helpful.contains(name)
      var after = rest.dropFirst(1 + name.count)
      if after.first == "(" {
        var (depth, isText, last) = (0, false, Character(" "))
        guard
          let end = after.firstIndex(where: { character in
            defer { last = character }
            if character == "\"", last != "\\" { isText.toggle() }
            if !isText, character == "(" { depth += 1 }
            if !isText, character == ")" { depth -= 1 }
            return !isText && depth == 0
          })
        else { return (rest, helps, false) }
        after = after[after.index(after: end)...]
      }
      rest = after.trimmed
    }
    return (rest, helps, true)
  }

  /// Braces of a line outside its texts and comments.
  private static func braces(_ line: Substring) -> [Character] {
    var (result, isText, isEscaped, last) = ([Character](), false, false, Character(" "))
    for character in line {
      if isEscaped {
        isEscaped = false
      } else if isText, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isText.toggle()
      } else if !isText {
        if character == "/", last == "/" { break }
        if character == "{" || character == "}" { result.append(character) }
      }
      last = character
    }
    return result
  }
}

extension Substring {
  /// The text without spaces at its ends.
  fileprivate var trimmed: Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" || last == "\r" { text.removeLast() }
    return text
  }

  fileprivate var word: Substring { prefix { $0.isLetter || $0.isNumber || $0 == "_" } }
}
