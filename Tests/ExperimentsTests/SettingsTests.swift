import Experiments
import Testing

/// What a manifest says of a run's settings.
@Suite struct SettingsTests {
  /// A setting whose type has no text form would be missing from the manifest and from the run's identity.
  @Test func everySettingIsAValueOfTheManifest() throws {
    for experiment in ExperimentCatalog.all { try check(experiment) }
  }

  private func check<E: Experiment>(_ experiment: E.Type) throws {
    // Every option has a line of its own in the help: "  --name <value>" or "  --name".
    let lines = E.Settings.helpMessage(columns: 400).split(separator: "\n").map { $0.drop { $0 == " " } }
    let named = Set(lines.filter { $0.hasPrefix("--") }.map { String($0.dropFirst(2).prefix { $0 != " " && $0 != "/" }) })
    let values = try E.values(of: try E.Settings.parse([]))
    #expect(Set(values.keys).union(E.replacedSettings.keys) == named.subtracting(["help"]), "\(E.name)")
  }
}
