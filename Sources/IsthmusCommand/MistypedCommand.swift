import ArgumentParser
import WideKernels

/// A word that is no command where one is expected.
enum MistypedCommand {
  /// Throws which command was meant; the parser only says that the word is unexpected.
  static func check(_ arguments: [String]) throws {
    var words = arguments[...], path = Program.name
    if words.first == "help" { words.removeFirst() }
    var command: any ParsableCommand.Type = IsthmusCommand.self
    for word in words {
      let known = command.configuration.subcommands.map { (name: $0.configuration.commandName ?? "", type: $0) }
      guard !known.isEmpty, !word.hasPrefix("-"), word != "help" else { return }
      guard let next = known.first(where: { $0.name == word }) else {
        let names = known.map { $0.name }, meant = names.nearest(to: word).map { "did you mean \($0)? Choose" } ?? "choose"
        throw ValidationError("'\(word)' is no command of \(path); \(meant) from \(names.joined(separator: ", ")).")
      }
      command = next.type
      path += " \(word)"
    }
  }
}
