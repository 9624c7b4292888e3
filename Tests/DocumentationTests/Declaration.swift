/// A declaration of a Swift source with the comment above it, as far as its lines tell.
struct Declaration: Sendable {
  /// Path below `Sources`.
  var file: String
  var line: Int
  /// The keyword: `func`, `var`, `case`, ….
  var kind: String
  /// Name, `init`, `subscript` or the operator; of a list of cases the first.
  var name: String
  /// From the modifiers to the end of the parameters, on one line.
  var signature: String
  /// Lines of the doc comment without their slashes, and where they begin.
  var comment: [String]
  var commentLine: Int
  /// Name of the type, protocol or extension around it; empty at the top.
  var owner: String
  var isPublic: Bool
  /// Declared by a protocol.
  var isRequirement: Bool
  /// Under an attribute of ArgumentParser, whose help is its documentation.
  var hasHelp: Bool
  /// In a function or a closure.
  var isLocal: Bool

  /// The name, of initialisers with the first label: what a type's declaration has in common with the requirement that it satisfies.
  var label: String {
    guard kind == "init", let open = signature.firstIndex(of: "(") else { return name }
    let inner = signature[signature.index(after: open)...].drop { $0 == " " }
    return "init(" + inner.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
  }
}
