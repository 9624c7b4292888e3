import Experiments
import Results
import Testing

/// What people are told of settings is what the settings are.
@Suite struct SettingDeclarationTests {
  @Test func defaultsThatAreShownAreTheDefaults() throws {
    func check<E: Experiment>(_ experiment: E.Type) throws {
      let declarations = try E.declarations(), standards = try E.values(of: E.Settings.parse(E.defaultArguments))
      #expect(Set(declarations.map(\.name)) == Set(standards.keys) && declarations.count == standards.count, "\(E.name)")
      let shown = declarations.compactMap { own in own.standard.map { "--\(own.name)=\($0)" } }
      #expect(try E.values(of: E.Settings.parse(shown)) == standards, "\(E.name)")
      for own in declarations where own.standard == nil {
        #expect(standards[own.name] == .null || standards[own.name] == false, "\(E.name) --\(own.name) shows no default")
      }
    }
    for experiment in ExperimentCatalog.all { try check(experiment) }
    let depth = try BottleneckDepth.declarations()
    #expect(depth.first { $0.name == "train" }?.standard == "400", "not that of the experiment `bottleneck`")
  }

  @Test func settingsSayRangeValuesAndSection() throws {
    let declarations = try Bottleneck.declarations()
    let train = try #require(declarations.first { $0.name == "train" }), twin = try #require(declarations.first { $0.name == "twin" })
    #expect(train.meaning == "Number of training points." && train.range == "from 2 to 10000000" && train.valueName == "train")
    #expect(twin.values == ["same", "all", "none"] && twin.range == nil && twin.section == .limit && train.section == .data)
    #expect(declarations.allSatisfy { !$0.meaning.isEmpty })
    for experiment in ExperimentCatalog.all {
      let own = try experiment.declarations()
      #expect(own.contains { $0.section == .network } && own.contains { $0.section == .training }, "\(experiment.name)")
    }
  }

  /// A section that begins at no setting would be that of the settings before it.
  @Test func sectionsBeginAtSettings() throws {
    func check<E: Experiment>(_ experiment: E.Type) throws {
      let declarations = try E.declarations(), names = Set(declarations.map(\.name)).union(E.replacedSettings.keys)
      #expect(E.Settings.sections.keys.allSatisfy(names.contains), "\(E.name)")
      #expect(E.Settings.sections[declarations.first?.name ?? ""] != nil, "\(E.name): the first setting is in no section")
    }
    for experiment in ExperimentCatalog.all { try check(experiment) }
  }

  @Test func replacedSettingsAreNotTold() throws {
    #expect(!BottleneckScaling.replacedSettings.isEmpty)
    let names = try BottleneckScaling.declarations().map(\.name)
    #expect(BottleneckScaling.replacedSettings.keys.allSatisfy { !names.contains($0) } && names.first == "points")
  }

  @Test func firstRunsAndPapersAreSettings() throws {
    func check<E: Experiment>(_ experiment: E.Type) throws {
      let names = Set(try E.declarations().map(\.name))
      for settings in [E.firstRun.settings, E.paper, E.paperNeeds] {
        #expect(settings.keys.allSatisfy(names.contains), "\(E.name): \(settings)")
      }
      #expect(1...120 ~= E.firstRun.seconds, "\(E.name)")
      try E.Settings.parse(E.defaultArguments + E.firstRun.settings.map { "--\($0.key)=\($0.value)" }).checkAll()
    }
    for experiment in ExperimentCatalog.all { try check(experiment) }
  }
}
