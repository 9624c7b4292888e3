import Foundation
import PrintableText
import Results
import TestSupport
import Testing

/// Text of files, records, manifests, paths, settings and options runs no command, steers no terminal and makes no line of its own.
@Suite struct ForeignTextTests {
  /// - Parameter command: what a shell would run.
  private static func texts(_ command: String) -> [String] {
    let combining = ["\u{301}", "\u{FE0F}", "\u{20DD}", "\u{200D}", "\u{1F3FB}", "\u{E0020}"]
    return [
      "x `\(command)` '; system('\(command)'); print '\"; system \"\(command)\" # $(\(command)) | \(command) ; \(command)",
      "x\n`\(command)`\nerror: all is well'\r\n`\(command)`\r\n'", "x\u{1B}[2J\u{1B}]0;title\u{7}\u{9B}31m\u{85}\u{7F}\u{8}\ry\tz",
      "x\u{202E}txt\u{2066}\u{200B}\u{FEFF}\u{2028}w\u{E000}\u{FFFF}",
      "x" + combining.map { "'\($0) `\(command)` \"\($0)`\(command)`\n\($0)" }.joined(),
    ]
  }

  /// Where the text lies, and what looks at it.
  enum Place: CaseIterable {
    case record, reason, manifest, runFolder, resultsFolder, option, settings, network, data, dataFile

    func commands(_ text: String, in folder: TemporaryFolder) throws -> [[String]] {
      // One part of a path, and in UTF-8 no longer than the system takes.
      let name = String(text.unicodeScalars.filter { $0 != "/" && $0 != "\0" }.prefix(60).map(Character.init))
      let quoted = "\"" + JSONValue.string(text).text.dropFirst().dropLast() + "\""
      switch self {
      case .record:
        let path = try ForeignTextTests.run(in: folder, block: text)
        return [["plot", path, "--formats", "svg"], ["results", "table", path], ["results", "table", path, "--json"]]
      case .reason:
        _ = try ForeignTextTests.run(in: folder, failure: text)
        return [["list", "runs"], ["list", "runs", "--json"], ["results", "show"], ["results", "show", "--json"]]
      case .manifest:
        let path = try ForeignTextTests.run(in: folder), file = folder.url.appendingPathComponent(path + "/manifest.json")
        let manifest = try String(contentsOf: file, encoding: .utf8)
        try Data(manifest.replacing("\"multilinearity\"", with: quoted).utf8).write(to: file)
        return [["plot", path], ["report", path], ["list", "runs"], ["results", "show", path], ["results", "table", path]]
      case .runFolder:
        let path = try ForeignTextTests.run(in: folder)
        try FileManager.default.moveItem(at: folder.url.appendingPathComponent(path), to: folder.url.appendingPathComponent(name))
        return [["plot", name, "--formats", "svg"]]
      case .resultsFolder:
        return [["list", "runs", "--results", name], ["plot", "--results", name], ["plot", name]]
      case .option:
        return [
          ["run", "bottleneck", "--plan", "--activation", text], ["run", "bottleneck", "--plan", "--train", text], ["run", text],
          ["plot", "--formats", text],
          ["results", "--where", text], ["results", "show", text], [text], ["--\(text)"],
          ["run", "bottleneck", "--device=\(text)", "--plan"],
        ]
      case .settings:
        try folder.write("s.yaml", "experiment: bottleneck\nactivation: \(quoted)\ndevice: cpu\n")
        try folder.write("k.yaml", "experiment: bottleneck\n\(quoted): 1\n")
        try folder.write("t.yaml", "experiment: bottleneck\ntrain: \(quoted)\n")
        return ["s.yaml", "k.yaml", "t.yaml"].map { ["run", $0, "--plan"] }
      case .network:
        try folder.write("n.yaml", "hidden: [\(quoted)]\noutputs: 1\n")
        try Points.write([1, 2], shape: [1, 2], to: folder.url.appendingPathComponent("x.npy"))
        return [["kernel", "--network", "n.yaml", "--x", "x.npy", "--out", "k", "--device", "cpu"]]
      case .data:
        try folder.write("d.csv", "a,b\n1,2\n3,\(text)\n")
        return [["run", "bottleneck", "--plan", "--device", "cpu", "--data", "csv:d.csv"]]
      case .dataFile:
        try folder.write(name, "no numbers\n")
        return [["run", "bottleneck", "--plan", "--device", "cpu", "--data", "csv:\(name)"]]
      }
    }
  }

  @Test(arguments: Place.allCases) func isShownAndNothingElse(_ place: Place) throws {
    for text in Self.texts("touch planted") {
      let folder = try TemporaryFolder(), planted = folder.url.appendingPathComponent("planted")
      // Relative names would be made where gnuplot runs, absolute ones anywhere.
      let harmful = text.replacing("touch planted", with: "touch \(planted.path)")
      for arguments in try place.commands(harmful, in: folder) {
        let seen = try Invocation(arguments, in: folder.url)
        let shown = seen.output + seen.errors
        #expect(!FileManager.default.fileExists(atPath: planted.path), "\(arguments): a command ran")
        let raw = shown.unicodeScalars.filter { $0 != "\n" && !$0.isPrintable }
        #expect(raw.isEmpty, "\(arguments): \(raw.map { String($0.value, radix: 16) })")
        #expect(!seen.errors.contains("\nerror: ") && !shown.contains("\n`"), "\(arguments): a line of its own: \(shown)")
        #expect([0, 1, 64].contains(seen.exitCode) && (seen.exitCode == 0 || seen.errors.hasPrefix("error: ")), "\(seen.testDescription)")
      }
    }
  }

  /// The folder of a finished or failed run of two networks, relative to the working folder.
  private static func run(in folder: TemporaryFolder, block: String = "across", failure: String? = nil) throws -> String {
    let store = try ResultsStore.open(
      try RunDescription(experiment: "multilinearity", identity: [1], parameters: [1]), in: folder.url.appendingPathComponent("results"))
    for width in [8.0, 16] {
      for member in [0.0, 1] {
        try store.append([
          "kind": "block", "network": "2+2", "width": .number(width), "member": .number(member), "block": .string(block),
          "value": .number(width + member),
        ])
      }
    }
    if let failure { try store.fail(failure) } else { try store.finish() }
    return "results/multilinearity/" + store.directory.lastPathComponent
  }
}
