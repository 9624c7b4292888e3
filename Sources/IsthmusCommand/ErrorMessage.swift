import ArgumentParser
import PrintableText

/// The message of an error for people.
enum ErrorMessage {
  /// Printable. An error of the command line is followed by its usage; another is one line, and below it what another program wrote.
  ///
  /// - Parameter arguments: as they were parsed: messages about the command line repeat them.
  /// - Returns: nil for an error that has said all there is.
  static func text(of error: any Error, arguments: [String]) -> String? {
    let full = IsthmusCommand.fullMessage(for: error), label = "Error: "
    guard !full.isEmpty else { return nil }
    let text = full.hasPrefix(label) ? String(full.dropFirst(label.count)) : full
    guard IsthmusCommand.exitCode(for: error) != .validationFailure else {
      return "error: " + usage(ExperimentHelp.completed(text, of: arguments), arguments)
    }
    return "error: " + (error is any ExplainedError ? error.message : text.printable(limit: 4000))
  }

  /// The line feeds of a message about the command line are ArgumentParser's; those of an argument in it are not.
  private static func usage(_ text: String, _ arguments: [String]) -> String {
    let values = arguments.flatMap { argument in
      [argument] + argument.split(separator: "=", maxSplits: 1).map(String.init)
    }
    // Longer ones first: a value may be part of another. By bytes: within a text a first or last character may join its neighbour.
    let bytes = Set(values).filter { $0 != $0.printable }.sorted { $0.utf8.count > $1.utf8.count }.reduce(Array(text.utf8)) { text, value in
      text.replacing(Array(value.utf8), with: Array(value.printable(limit: 400).utf8))
    }
    return String(decoding: bytes, as: UTF8.self).printableLines
  }
}
