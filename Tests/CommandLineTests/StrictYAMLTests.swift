import Foundation
import IsthmusCommand
import TestSupport
import Testing
import YAMLFiles

/// Files of settings and of networks are read in one strict way, and every fault is told with its line.
@Suite struct StrictYAMLTests {
  /// A file and what its message must say after the file's name.
  struct Fault: CustomTestStringConvertible, Sendable {
    let text: String
    let message: String
    var testDescription: String { "\(text.prefix(60))" }

    init(_ text: String, _ message: String) { (self.text, self.message) = (text, message) }
  }

  private static func layer(_ weight: String) -> String { "hidden:\n  - {activation: relu, weightVariance: \(weight)}\noutputs: 1\n" }

  static let networks =
    ["1:30", "1_000", "010", "0x1F", "0o17", ".inf", "-.inf", ".nan", "yes", "'2'", "1e999", "~"].map {
      Fault(layer($0), ":2: 'weightVariance': expected ")
    } + [
      Fault(layer("-1"), ":2: network: weightVariance must be a finite number > 0"),
      Fault("hidden: [relu]\noutputs: 1\noutputs: 2\n", ":3: 'outputs' is given twice."),
      Fault("hidden: [relu]\noutputs: 1.5\n", ":2: 'outputs': expected "),
      Fault("hidden: [relu]\n---\noutputs: 1\n", ":2: expected one document, found another one."),
      Fault("hidden: [!!str relu]\noutputs: 1\n", ":1: '"),
      Fault("hidden: [relu]\n? [a, b]\n: 1\n", ":2: expected a name before the colon"),
      Fault("a: &a {x: 1}\n? *a\n: 1\n", ":2: expected a name before the colon"),
      Fault("hidden: *nobody\n", ":1: '*nobody' stands for nothing before it."),
      Fault("", ": the file is empty"),
      Fault(
        String(repeating: "[", count: 200) + String(repeating: "]", count: 200), ":1: lists and names lie deeper in each other than 32."),
      Fault(String(repeating: "[", count: 100_000), ":1: "),
      Fault(bomb, ": there are more than 20000 values, with what aliases stand for."),
      Fault(String(repeating: "#", count: 1 << 21), " cannot be read: it is longer than the 1048576 bytes"),
    ]

  /// Ten to the tenth values in ten lines.
  private static let bomb =
    "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
    + (1..<10).map { level in "a\(level): &a\(level) [\([String](repeating: "*a\(level - 1)", count: 10).joined(separator: ","))]\n" }
    .joined()

  @Test(arguments: networks) func aNetworkIsRefused(_ fault: Fault) throws {
    let folder = try TemporaryFolder()
    try folder.write("net.yaml", fault.text)
    let path = folder.url.appendingPathComponent("net.yaml").path
    let error = #expect(throws: YAMLFileError.self) { try NetworkFile(path) }
    let message = error?.description ?? ""
    #expect(message.hasPrefix(path) && message.contains(fault.message), "\(message)")
    #expect(message.count < path.count + 300, "\(message)")
  }

  static let settings = [
    Fault(
      "experiment: bottleneck\ntrain: 1_000\n", ":2: The value '1_000' is invalid for '--train <train>': expected a whole number from 2"),
    Fault("experiment: bottleneck\nsteps: 1:30\n", ":2: The value '1:30' is invalid for '--steps <steps>'"),
    Fault("experiment: bottleneck\ntarget-scale: .inf\n", ":2: The value '.inf' is invalid"),
    Fault("experiment: bottleneck\ntarget-scale: 0x1F\n", ":2: The value '0x1F' is invalid"),
    Fault("experiment: bottleneck\n\ndraws: -1\n", ":3: --draws: expected a whole number from 1 to 100000, got '-1'."),
    Fault("experiment: bottleneck\nprecision: float16\n", ":2: The value 'float16' is invalid for '--precision <precision>'"),
    Fault("experiment: bottleneck\ntrain: 20\ntrain: 30\n", ":3: 'train' is given twice."),
    Fault("experiment: bottleneck\nresults: ''\n", ":2: 'results': expected a value"),
    Fault("experiment: bottleneck\nbottlenecks: {a: 1}\n", ":2: 'bottlenecks': expected a value or a list of values"),
  ]

  @Test(arguments: settings) func settingsAreRefused(_ fault: Fault) throws {
    let folder = try TemporaryFolder()
    try folder.write("settings.yaml", fault.text)
    let path = folder.url.appendingPathComponent("settings.yaml").path
    let error = #expect(throws: (any Error).self) { try SettingsFile.expand(["run", path]) }
    #expect("\(error.map { "\($0)" } ?? "")".hasPrefix(path + fault.message), "\(String(describing: error))")
  }

  /// What YAML 1.2 and this program mean alike is read: aliases of values, quotes, every spelling of decimal numbers.
  @Test func whatIsMeantIsRead() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "net.yaml",
      """
      hidden:
        - &wide {activation: erf, weightVariance: 2.25, biasVariance: .25}
        - *wide
        - {activation: "relu", weightVariance: +1.5e0, biasVariance: 5.}
      outputs: 2 # a comment
      """)
    let file = try NetworkFile(folder.url.appendingPathComponent("net.yaml").path)
    #expect(try file.blocks[0].denseLayers().map(\.map.weightVariance) == [2.25, 2.25, 1.5, 1])
    #expect(try file.blocks[0].denseLayers().map(\.map.biasVariance) == [0.25, 0.25, 5, 0])
    try folder.write("settings.yaml", "\u{FEFF}experiment: bottleneck\nbottlenecks: [1, 2x2, inf]\ndraws: '3'\n")
    let expanded = try SettingsFile.expand(["run", folder.url.appendingPathComponent("settings.yaml").path])
    #expect(expanded.contains("--bottlenecks=1,2x2,inf") && expanded.contains("--draws=3"), "\(expanded)")
  }
}

/// What happens to a command line before it is parsed.
@Suite struct ArgumentsTests {
  @Test(arguments: [
    (["--a", "-1"], ["--a=-1"]), (["--a", "-1,2", "--b"], ["--a=-1,2", "--b"]), (["--a", "-.5"], ["--a=-.5"]),
    (["--a", "-inf"], ["--a=-inf"]), (["--a", "-1e3"], ["--a=-1e3"]), (["--a=1", "-1"], ["--a=1", "-1"]), (["-h"], ["-h"]),
    (["--a", "--b"], ["--a", "--b"]), (["--", "--a", "-1"], ["--", "--a", "-1"]), (["--a=x="], ["--a=x="]),
  ])
  func negativeValuesAreJoinedToTheirOptions(_ arguments: [String], _ expected: [String]) throws {
    #expect(try Arguments.prepared(arguments) == expected)
  }

  @Test func emptyValuesAreRefused() {
    #expect(throws: CommandLineError.emptyValue(option: "--out")) { try Arguments.prepared(["kernel", "--out", ""]) }
    #expect(throws: CommandLineError.emptyValue(option: "--out")) { try Arguments.prepared(["kernel", "--out="]) }
    #expect(throws: CommandLineError.emptyValue(option: nil)) { try Arguments.prepared(["plot", ""]) }
  }
}
