/// The command line before it is parsed: what a parser of options would mistake.
package enum Arguments {
  /// Joins negative values to their options, as `--bias-variance -1` to `--bias-variance=-1`: the parser takes what begins with a dash
  /// for another option.
  ///
  /// - Throws: `CommandLineError.emptyValue`: an empty text is no name of a file and no number.
  package static func prepared(_ arguments: [String]) throws(CommandLineError) -> [String] {
    var prepared: [String] = []
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      if argument == "--" { return prepared + [argument] + rest }
      if argument.isEmpty { throw .emptyValue(option: prepared.last.flatMap { isOption($0) ? $0 : nil }) }
      if argument.hasPrefix("--"), argument.firstIndex(of: "=") == argument.index(before: argument.endIndex) {
        throw .emptyValue(option: String(argument.dropLast()))
      }
      guard isOption(argument), let value = rest.first, isNegative(value) else {
        prepared.append(argument)
        continue
      }
      prepared.append("\(argument)=\(value)")
      rest.removeFirst()
    }
    return prepared
  }

  /// Whether an argument is an option without its value.
  private static func isOption(_ argument: String) -> Bool { argument.hasPrefix("--") && !argument.contains("=") }

  /// -1, -.5, -1e3, -inf, or a list that begins so.
  private static func isNegative(_ text: String) -> Bool {
    guard text.hasPrefix("-") else { return false }
    let number = text.dropFirst().lowercased()
    return number.hasPrefix("inf") || number.hasPrefix("nan") || number.drop { $0 == "." }.first.map { $0.isASCII && $0.isNumber } ?? false
  }
}
