import Figures

/// Formats of figures as an option names them: `svg,pdf`.
struct FigureFormats: Sendable {
  var list = FigureFormat.usual

  static let help = "Formats of figures, separated by commas: \(names.joined(separator: ", ")) (default: \(usual))."

  /// Reads the value of an option.
  static func parse(_ text: String) throws -> FigureFormats {
    let list = try text.split(separator: ",", omittingEmptySubsequences: false).map { name throws(CommandLineError) in
      guard let format = FigureFormat(rawValue: String(name)) else { throw CommandLineError.unknownFormat(String(name), known: names) }
      return format
    }
    return FigureFormats(list: list)
  }

  private static let names = FigureFormat.allCases.map(\.rawValue)
  private static let usual = FigureFormat.usual.map(\.rawValue).joined(separator: ",")
}
