import Experiments
import Foundation
import IsthmusCommand
import Testing

/// Help says what is so, and what was meant by what is not.
@Suite struct HelpTests {
  private static let heads = SettingsSection.allCases.map { $0.rawValue.uppercased() + ":" }

  @Test func helpOfAnExperimentIsItsOwn() throws {
    func check<E: Experiment>(_ experiment: E.Type) throws {
      let text = try ExperimentHelp.text(of: E.self, columns: 100), lines = text.split(separator: "\n").map(String.init)
      let declarations = try E.declarations()
      for own in declarations {
        let label = "  --\(own.name)" + (own.valueName.map { " <\($0)>" } ?? "")
        #expect(lines.count { $0 == label || $0.hasPrefix("\(label) ") } == 1, "\(E.name) --\(own.name)")
        guard let standard = own.standard else { continue }
        // Every option that is listed is accepted, with the default that is shown.
        #expect(try SettingsFile.expand(["run", E.name, "--\(own.name)=\(standard)"]).last == "--\(own.name)=\(standard)")
      }
      let shown = text.replacing(/\s+/, with: " ")
      for own in declarations {
        if let standard = own.standard { #expect(shown.contains("default: \(standard))"), "\(E.name) --\(own.name)") }
      }
      for name in E.replacedSettings.keys { #expect(!lines.contains { $0.hasPrefix("  --\(name) ") }, "\(E.name) --\(name) is refused") }
      #expect(lines.contains { $0.hasPrefix("  --paper") } == !E.paper.isEmpty, "\(E.name)")
      let heads = lines.filter(Self.heads.contains)
      #expect(heads == Self.heads.filter(heads.contains) && heads.contains("NETWORK:") && heads.last == "RESOURCES:", "\(E.name): \(heads)")
      #expect(!lines.contains("SETTINGS:") && lines.contains("RUN:") && lines.contains("OPTIONS:"), "\(E.name)")
      #expect(text.contains("(about \(E.firstRun.seconds) s on two cores)"), "\(E.name)")
    }
    for experiment in ExperimentCatalog.all { try check(experiment) }
  }

  @Test func helpFitsTheTerminal() throws {
    for columns in [60, 80, 120] {
      let lines = try ExperimentHelp.text(of: BottleneckDepth.self, columns: columns).split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= columns || !$0.dropFirst(26).contains(" ") }, "\(columns) columns")
    }
  }

  @Test(arguments: [["run", "bottleneck-depth", "--help"], ["help", "run", "bottleneck-depth"], ["run", "bottleneck-depth", "-h"]])
  func everyWayToAskForHelpShowsIt(_ arguments: [String]) throws {
    let invocation = try Invocation(arguments)
    let text = invocation.output.replacing(/\s+/, with: " ")
    #expect(invocation.exitCode == 0 && text.contains("--train <train> Number of training points. (from 2 to 10000000; default: 400)"))
    #expect(text.contains("default: 1,1x1,1x1x1,2,2x2,2x2x2)"), "\(invocation.testDescription)")
  }

  @Test func mistakesShowTheExperimentsOwnDefault() throws {
    let invocation = try Invocation(["run", "bottleneck-scaling", "--compare", "sometimes"])
    #expect(invocation.exitCode == 64 && invocation.errors.contains("default: same)"), "\(invocation.testDescription)")
  }

  @Test(arguments: [
    (["kernl"], "kernel"), (["run", "botleneck"], "bottleneck"), (["list", "experimnts"], "experiments"), (["results", "shwo"], "show"),
    (["help", "rum"], "run"), (["help", "run", "lazy-featur"], "lazy-feature"),
  ])
  func whatWasMeantIsSaid(_ arguments: [String], _ meant: String) throws {
    let invocation = try Invocation(arguments)
    #expect(invocation.exitCode != 0 && invocation.errors.contains("did you mean \(meant)?"), "\(invocation.testDescription)")
  }

  @Test func whatPaperNeedsIsSaid() throws {
    let invocation = try Invocation(["run", "lazy-feature", "--paper", "--plan"])
    #expect(invocation.exitCode == 1 && invocation.errors.contains("--data mnist:FOLDER"), "\(invocation.testDescription)")
    #expect(try Invocation(["run", "lazy-feature", "--help"]).output.contains("needs --data too"))
    let none = try Invocation(["run", "bottleneck", "--paper", "--plan"])
    #expect(none.exitCode == 1 && none.errors.contains("no settings of a paper"), "\(none.testDescription)")
  }
}
