import Foundation

/// What the program promises for every input.
enum Verdict {
  /// 0 done, 1 failed, 64 not understood, 75 to be continued.
  private static let exitCodes: Set<Int32> = [0, 1, 64, 75]

  /// - Returns: what the program did wrong; nil where nothing.
  static func fault(of child: Child, in sandbox: Sandbox) -> String? {
    switch child.end {
    case .tooSlow: return "did not end in time"
    case .signal(let signal): return "ended by signal \(signal)"
    case .exit(let code):
      guard exitCodes.contains(code) else { return "exit code \(code)" }
      let message = String(decoding: child.errors, as: UTF8.self)
      let isExplained = message.split(separator: "\n").contains { $0.hasPrefix("error: ") && $0.count > "error: ".count }
      if code != 0, !isExplained { return "exit code \(code) without a message" }
    }
    for (name, data) in [("output", child.output), ("errors", child.errors)] {
      guard let text = String(validating: data, as: UTF8.self) else { return "standard \(name) is not UTF-8" }
      if let scalar = text.unicodeScalars.first(where: steers) { return "U+\(String(scalar.value, radix: 16)) on standard \(name)" }
    }
    return sandbox.damage
  }

  /// Whether a terminal does more with `scalar` than show it.
  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control: scalar != "\n"
    case .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}
