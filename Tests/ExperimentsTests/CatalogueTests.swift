import BackendCatalog
import Experiments
import Foundation
import StudyRecords
import Testing

/// What a contributor adds as a folder or a file is also listed where it is looked for.
@Suite struct CatalogueTests {
  private static let sources = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
  private static let hasSources = FileManager.default.fileExists(atPath: sources.path)

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: Self.sources.appending(path: folder).path).filter { !$0.hasPrefix(".") }
  }

  /// The text of every Swift file in a folder and below, by path.
  private func texts(in folder: String) throws -> [String: String] {
    let root = Self.sources.appending(path: folder)
    let paths = (FileManager.default.enumerator(atPath: root.path)?.allObjects ?? []).compactMap { $0 as? String }
    var texts: [String: String] = [:]
    for path in paths where path.hasSuffix(".swift") {
      texts[path] = try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }
    return texts
  }

  private func words(_ text: String) -> Set<String> { Set(text.matches(of: /\w+/).map { String($0.0) }) }

  @Test(.enabled(if: hasSources, "the sources are not beside the tests"))
  func everyExperimentFolderIsListed() throws {
    let folders = try names(in: "Experiments/Catalog")
    #expect(!folders.isEmpty)
    var declared: [String] = []
    for folder in folders {
      let types = try texts(in: "Experiments/Catalog/\(folder)").values.flatMap { text in
        text.matches(of: /(?:enum|struct) (\w+): Experiment\b/).map { String($0.1) }
      }
      #expect(types.count == 1, "\(folder) declares the experiments \(types)")
      declared += types
    }
    #expect(declared.sorted() == ExperimentCatalog.all.map { "\($0)" }.sorted(), "in the folders, and in ExperimentCatalog.all")
    #expect(Set(ExperimentCatalog.all.map { $0.name }).count == ExperimentCatalog.all.count, "a name is given twice")
  }

  @Test func everyExperimentHasAFormatOfItsRecords() {
    #expect(Set(RecordFormat.all.flatMap(\.experiments)) == Set(ExperimentCatalog.all.map { $0.name }))
  }

  @Test func ownDefaultsChangeSettings() throws {
    func check<E: Experiment>(_ experiment: E.Type) throws {
      let declared = try E.values(of: E.Settings.parse([])), own = try E.values(of: E.Settings.parse(E.defaultArguments))
      let changed = Set(own.keys.filter { own[$0] != declared[$0] })
      #expect(changed == Set(E.defaults.keys), "\(E.name): what its defaults change, and what they name")
    }
    for experiment in ExperimentCatalog.all { try check(experiment) }
    #expect(!BottleneckDepth.defaults.isEmpty)
  }

  @Test(.enabled(if: hasSources, "the sources are not beside the tests"))
  func everyBackendFolderIsNamedInTheCatalogue() throws {
    let folders = try names(in: ".").filter { $0.hasSuffix("Backend") }
    #expect(folders.count >= 3)
    let text = try texts(in: "BackendCatalog").values.joined(separator: "\n")
    let used = words(text.split(separator: "\n").filter { !$0.hasPrefix("import ") }.joined(separator: "\n"))
    for folder in folders { #expect(used.contains(folder), "BackendCatalog does not use \(folder)") }
    let families = Set(BackendCatalog.all().map { String($0.identifier.prefix { $0 != ":" }) })
    #expect(families == Set(folders.map { String($0.dropLast("Backend".count)).lowercased() }), "devices, and backends' folders")
  }

  @Test(.enabled(if: hasSources, "the sources are not beside the tests"))
  func everyReaderIsUsed() throws {
    let texts = try texts(in: "Datasets")
    let readers = texts.keys.filter { $0.hasPrefix("Readers/") }
    #expect(readers.count >= 5)
    for reader in readers {
      let type = String(reader.dropFirst("Readers/".count).dropLast(".swift".count))
      let isDeclared = texts[reader]?.contains(try Regex("(enum|struct) \(type)\\b")) ?? false
      #expect(isDeclared, "\(reader) does not declare \(type)")
      let isUsed = texts.contains { $0.key != reader && words($0.value).contains(type) }
      #expect(isUsed, "nothing uses \(type) of \(reader)")
    }
  }
}
