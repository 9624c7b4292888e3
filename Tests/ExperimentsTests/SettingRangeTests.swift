import ArgumentParser
import Compute
import Experiments
import Foundation
import Results
import Sizes
import Testing

/// Every number that a user may set has a range, which the help states and which is checked before anything is done.
@Suite struct SettingRangeTests {
  /// Numbers that overflow what they are multiplied with, are none, or are written as other languages write them.
  static let beyond = [
    "9223372036854775807", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "1e23", "1e308", "1e400", "-1e30",
    "nan", "inf", "-inf", "0x10", "1_000", "1:30", "٣",
  ]

  @Test func everyNumberStatesItsRange() throws {
    for experiment in ExperimentCatalog.all { try statesItsRanges(experiment) }
  }

  private func statesItsRanges<E: Experiment>(_ experiment: E.Type) throws {
    // An option whose name is long has its help in the next line.
    let lines = "\n\(E.Settings.helpMessage(columns: 10_000))".components(separatedBy: "\n  --").map { "--\($0)" }
    for (name, value) in try E.values(of: E.Settings.parse([])) {
      switch value {
      case .number, .integer:
        let line = try #require(lines.first { $0.hasPrefix("--\(name) ") }, "\(E.name) --\(name)")
        #expect(line.contains("(from ") || line.contains("(above "), "\(line)")
      default: continue
      }
    }
  }

  /// Text that no range holds ends in an error that names the option, or is taken by a setting that is no number; it never traps.
  @Test(arguments: beyond) func numbersBeyondEveryRangeAreRefused(_ text: String) throws {
    for experiment in ExperimentCatalog.all { try refuses(text, experiment) }
  }

  private func refuses<E: Experiment>(_ text: String, _ experiment: E.Type) throws {
    for (name, value) in try E.values(of: E.Settings.parse([])) {
      let isNumber =
        switch value {
        case .number, .integer: true
        default: false
        }
      do {
        let read = try E.values(of: E.Settings.parse(["--\(name)=\(text)"]))
        // Seeds take every integer of 64 bits, and targets may be as large as their squares can be told.
        let found = String(describing: read[name])
        #expect(!isNumber || ["seed", "target-scale"].contains(name), "\(E.name) --\(name)=\(text) was read as \(found)")
      } catch {
        #expect(E.Settings.message(for: error).contains("--\(name)"), "\(E.name) --\(name)=\(text): \(E.Settings.message(for: error))")
      }
    }
  }

  static let refusals = [
    ("--train=1", "--train: expected a whole number from 2 to 10000000, got '1'."),
    ("--rate-fraction=1", "--rate-fraction: expected a number above 0 and below 1, got '1'."),
    ("--bias-variance=-1", "--bias-variance: expected a number from 0 to 10000000000, got '-1'."),
    ("--own-fractions=0.1,2", "--own-fractions: expected numbers above 0 and below 1 with commas between them, at most 1000, got '0.1,2'."),
    ("--draws=1e3", "expected a whole number from 1 to 100000."),
    ("--steps=99999999999999999999", "--steps: expected a whole number from 1 to 100000000, got '99999999999999999999'."),
    ("--memory=lots", "expected an amount from 1 B to 1000 TB, such as 8GB or 500MiB."),
  ]

  @Test(arguments: refusals) func theMessageSaysRangeAndValue(_ argument: String, _ message: String) {
    let error = #expect(throws: (any Error).self) { try BottleneckSettings.parse([argument]) }
    #expect(error.map { BottleneckSettings.message(for: $0).contains(message) } ?? false, "\(error.map(BottleneckSettings.message) ?? "")")
  }

  /// Settings that a program changes are checked as those of a command line.
  @Test func valuesSetByAProgramAreChecked() throws {
    var settings = try BottleneckSettings.parse([])
    settings.train = 1
    #expect(throws: ExperimentError.invalidSetting(name: "train", expected: "a whole number from 2 to 10000000", got: "1")) {
      try settings.checkAll()
    }
    settings.train = 2
    try settings.checkAll()
  }

  @Test func listsKeepTheirTextAndOrder() {
    let list: NumberList<Int> = "8, 2,8,1"
    #expect(list.values == [8, 2, 1])
    #expect(list.text == "8, 2,8,1")
    for text in ["", ",", "1,", "1,,2", "1;2", "1,x"] { #expect(NumberList<Int>(settingText: text).values.isEmpty, "\(text)") }
    #expect(NumberList<Double>(settingText: ".5,1e-3,+2").values == [0.5, 1e-3, 2])
  }

  @Test func blocksThatAreNotThereAreNoneToSymmetrise() throws {
    func check(_ arguments: String...) throws { try BottleneckSettings.parse(arguments).checkAll() }
    try check("--bottlenecks=1,2,inf", "--symmetrised=1")
    try check("--bottlenecks=1x1", "--symmetrised=0,2")
    for arguments in [
      ["--bottlenecks=1,inf", "--symmetrised=7"], ["--bottlenecks=1,1x1", "--symmetrised=2"], ["--bottlenecks=inf", "--symmetrised=1"],
    ] {
      let error = #expect(throws: ExperimentError.self) { try BottleneckSettings.parse(arguments).checkAll() }
      #expect(error?.description.hasPrefix("--symmetrised: ") ?? false, "\(arguments): \(String(describing: error))")
    }
  }

  /// Products of settings are refused before a list of them fills memory.
  @Test func moreRunsThanCanBeListedAreRefused() throws {
    let engine = try Recorded.engine()
    let settings = try Recorded.settings(["--bottlenecks", "1,2,4", "--draws", "100000"])
    #expect(throws: ExperimentError.self) { try Bottleneck.plan(settings, on: engine, passEngine: engine) }
    let lazy = try LazyFeatureSettings.parse(["--draws", "100000"])
    #expect(throws: ExperimentError.self) { try lazy.checkAll() }
  }

  @Test func sizesEndAtTheLargest() {
    #expect(Size(1 << 40) * Size(1 << 40) == .largest)
    #expect(Size.largest + 1 == .largest)
    #expect(Size(3) - 5 == 0)
    #expect(Size.product([1 << 30, 1 << 30, 8]) == .largest)
    #expect(Size.product([5, 0, Int.max]) == 0)
    #expect(Size(-4) == 0)
    #expect(Size(estimate: 1e30) == .largest && Size(estimate: .nan) == .largest && Size(estimate: 2.1) == 3)
    #expect(Int(saturating: -1e300) == .min && Int(saturating: 0x1p63) == .max && Int(saturating: -2.9) == -2)
  }
}
