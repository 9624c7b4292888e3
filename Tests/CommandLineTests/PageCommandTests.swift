import Foundation
import TestSupport
import Testing

/// Commands on the pages are commands of this program, with options that it has.
@Suite(.enabled(if: Pages.arePresent, "the pages are not beside the tests")) struct PageCommandTests {
  /// A command as the program describes itself.
  private struct Command: Decodable {
    struct Argument: Decodable {
      struct Name: Decodable { let name: String }
      let names: [Name]?
    }
    let commandName: String
    let arguments: [Argument]?
    let subcommands: [Command]?

    var options: Set<String> { Set((arguments ?? []).flatMap { $0.names ?? [] }.map(\.name)) }
    /// With those of all commands below: one of them may be what a page leaves open, or the default.
    var allOptions: Set<String> { (subcommands ?? []).reduce(options) { $0.union($1.allOptions) } }
    func subcommand(_ name: Substring) -> Command? { subcommands?.first { $0.commandName == name } }
  }

  private static func program() throws -> Command {
    struct Dump: Decodable { let command: Command }
    return try JSONDecoder().decode(Dump.self, from: Data(try Invocation(["--experimental-dump-help"]).output.utf8)).command
  }

  /// What stands behind `isthmus ` in lines of fenced blocks and in code within a paragraph, which may go on in the next line.
  private static func commands(in text: String) -> [Substring] {
    let fenced = text.matches(of: /(?m)^(?:\$ |    )?(?:[A-Z_]+=\S+ |chrt -f 10 )*isthmus (.*)$/).map(\.output.1)
    return fenced + text.matches(of: /`(?:[A-Z_]+=\S+ |chrt -f 10 )*isthmus ([^`]+)`/).map(\.output.1)
  }

  /// Made by ArgumentParser, which does not describe it.
  private static let undescribed: Set<String> = ["generate-completion-script"]

  @Test func everyCommandIsOneOfTheProgram() throws {
    let program = try Self.program()
    var seen = 0
    for (path, text) in try Pages.all() {
      for line in Self.commands(in: text) {
        let words = line.prefix { !"#|>;".contains($0) }.split { $0 == " " || $0 == "\n" }
        var command = program
        for word in words {
          guard let next = command.subcommand(word) else { break }
          command = next
        }
        guard words.first.map({ !$0.first!.isLetter || command.commandName != program.commandName }) ?? false else { continue }
        seen += 1
        for word in words where word.hasPrefix("--") {
          let name = String(word.dropFirst(2).prefix { $0.isLetter || $0.isNumber || $0 == "-" })
          #expect(
            command.allOptions.contains(name) || Self.undescribed.contains(name),
            "\(path): --\(name) is no option of \(command.commandName), in 'isthmus \(line)'")
        }
      }
    }
    #expect(seen > 100, "\(seen) commands are too few for this test to mean anything")
  }

  @Test func optionsOnThePageOfAnExperimentAreItsOwn() throws {
    let run = try #require(try Self.program().subcommand("run"))
    var seen = 0
    for experiment in run.subcommands ?? [] {
      let path = "Documentation/experiments/\(experiment.commandName).md"
      let named = try Pages.text(path).matches(of: /`--([a-z][a-z-]*)[^`]*`/).map { String($0.output.1) }
      seen += named.count
      for name in named { #expect(experiment.options.contains(name), "\(path): --\(name) is no option of \(experiment.commandName)") }
    }
    #expect(seen > 20, "\(seen) options are too few for this test to mean anything")
  }
}
