import Foundation
import Results
import TestSupport
import Testing

/// Runs that go on where the bits of their numbers would differ.
@Suite struct ElsewhereTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func description(
    device: String = "a", rate: Double = 0.1, numerics: [String: String] = ["driver": "1"], elsewhere: Bool = false
  ) throws -> RunDescription {
    struct Identity: Codable {
      var rate: Double
      var device: String
    }
    var description = try RunDescription(experiment: "demo", identity: Identity(rate: rate, device: device), parameters: [1])
    (description.numerics, description.deviceKeys, description.continuesElsewhere) = (numerics, ["device"], elsewhere)
    description.sourceRevision = "r"
    return description
  }

  /// - Returns: the path of its folder.
  @discardableResult private func run(_ description: RunDescription, finishes: Bool = false) throws -> String {
    let store = try ResultsStore.open(description, in: folder.url)
    try store.append(["step": .number(Double(store.existing.count))])
    if finishes { try store.finish() }
    return store.directory.path
  }

  @Test func otherNumericsAreRefusedAndThenASegment() throws {
    let directory = try run(description())
    try run(description())
    let other = try description(numerics: ["driver": "2"])
    let difference = NumericsDifference(name: "driver", recorded: "1", present: "2")
    #expect(throws: ResultsError.otherNumerics(directory: directory, differences: [difference])) { try run(other) }
    #expect(try RunRecords.read(URL(fileURLWithPath: directory)).count == 2)
    #expect(try run(description(numerics: ["driver": "2"], elsewhere: true)) == directory)
    let segments = try Manifest.read(URL(fileURLWithPath: directory)).segments
    #expect(segments.map(\.records) == [0, 1, 2])
    #expect(segments.map(\.numerics) == [["driver": "1"], ["driver": "1"], ["driver": "2"]])
    #expect(segments.allSatisfy { $0.sourceRevision == "r" })
    // What counts is what the latest records were computed with.
    #expect(throws: ResultsError.self) { try run(description()) }
    try run(other)
  }

  @Test func aRunOfAnotherDeviceIsFoundByItsSettings() throws {
    let first = try run(description())
    #expect(try run(description(device: "b")) != first, "without being asked a device has a folder of its own")
    try FileManager.default.removeItem(at: folder.url.appendingPathComponent("demo/\(try description(device: "b").runID)"))
    #expect(RunFolder.begunElsewhere(try description(device: "b"), in: folder.url).map(\.path) == [first])
    let elsewhere = try description(device: "b", numerics: ["driver": "9"], elsewhere: true)
    #expect(try run(elsewhere) == first)
    let manifest = try Manifest.read(URL(fileURLWithPath: first))
    let begun = try description()
    #expect(manifest.run == begun.runID && manifest.identity == begun.identity, "it stays the run that it was")
    #expect(try run(elsewhere) == first)
    #expect(try run(description(rate: 0.2, elsewhere: true)) != first, "other settings are another run")
  }

  @Test func severalRunsThatCouldBeMeantAreRefused() throws {
    let directories = try ["a", "b"].map { try run(description(device: $0)) }
    let error = #expect(throws: ResultsError.self) { try run(description(device: "c", elsewhere: true)) }
    #expect(
      error == .ambiguous(directories: directories) || error == .ambiguous(directories: directories.reversed()))
    try run(description(), finishes: true)
    #expect(try run(description(device: "c", elsewhere: true)) == directories[1], "one of them is finished")
  }

  /// What an older version recorded names the device and its driver, and nothing else.
  @Test func aManifestWithoutSegmentsIsComparedByWhatItHas() throws {
    let directory = try run(description(numerics: [:]))
    let url = URL(fileURLWithPath: directory).appendingPathComponent("manifest.json")
    var text = try String(contentsOf: url, encoding: .utf8)
    text = text.replacing(/\s\s"segments": \[\n(?:    .*\n)*  \],\n/, with: "").replacing(
      "\"versions\": {}", with: "\"versions\": {\"driver\": \"1\"}")
    #expect(!text.contains("segments") && text.contains("driver"))
    try Data(text.utf8).write(to: url)
    let manifest = try Manifest.read(URL(fileURLWithPath: directory))
    #expect(manifest.segments.isEmpty && manifest.numerics["driver"] == "1" && manifest.numerics["numerics"] == "1")
    #expect(manifest.differences(from: ["driver": "1", "lapack": "x", "numerics": "1"]).isEmpty)
    #expect(manifest.differences(from: ["driver": "2", "numerics": "2"]).map(\.name) == ["driver", "numerics"])
  }
}
