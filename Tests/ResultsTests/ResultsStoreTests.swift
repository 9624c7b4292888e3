import Foundation
import Results
import TestSupport
import Testing

private struct Parameters: Codable {
  var rate = 0.1
  var steps = 100
}

private struct Identity: Codable {
  var rate = 0.1
  var seed: UInt64 = .max
}

private func description(rate: Double = 0.1, steps: Int = 100, checksum: String = "c0ffee") throws -> RunDescription {
  var description = try RunDescription(
    experiment: "demo", identity: Identity(rate: rate), parameters: Parameters(rate: rate, steps: steps))
  description.seeds = ["run": .max]
  description.device = "cpu:0"
  description.precision = "float64"
  description.fallbacks = ["opencl:0 → cpu:0"]
  description.sourceRevision = "abc123"
  description.versions = ["isthmus": "1"]
  description.dataChecksums = ["digits": checksum]
  return description
}

private func step(_ index: Int) -> Record { ["kind": "step", "step": .number(Double(index)), "movement": [0.5, 1e-300], "rank": nil] }

@Suite struct ResultsStoreTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func records(in directory: URL) -> URL { directory.appendingPathComponent("records.jsonl") }

  private func append(_ text: String, to url: URL) throws {
    let handle = try FileHandle(forWritingTo: url)
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
  }

  @Test func theManifestIsWrittenFirstAndMarkedAtTheEnd() throws {
    let store = try ResultsStore.open(try description(), in: folder.url)
    let first = try Manifest.read(store.directory)
    #expect(first.status == .running)
    #expect(first.seeds == ["run": .max])
    #expect(first.parameters == ["rate": 0.1, "steps": 100])
    #expect(first.fallbacks == ["opencl:0 → cpu:0"])
    #expect(first.hostCores > 0)
    #expect(first.ended == nil)
    #expect(RunListing.runs(in: folder.url).map(\.state) == [.running])
    try store.finish()
    let last = try Manifest.read(store.directory)
    #expect(last.status == .finished)
    #expect(last.ended != nil)
    #expect(RunListing.runs(in: folder.url).map(\.state) == [.finished])
    #expect(throws: ResultsError.closed(directory: store.directory.path)) { try store.append(["a": 1]) }
  }

  @Test func fallbacksThatShowDuringTheWorkAreKept() throws {
    do {
      let store = try ResultsStore.open(try description(), in: folder.url)
      try store.fail("device lost", fallbacks: ["gemm on the host", "opencl:0 → cpu:0"])
    }
    let store = try ResultsStore.open(try description(), in: folder.url)
    #expect(store.manifest.fallbacks == ["opencl:0 → cpu:0", "gemm on the host"], "those of the first start")
    try store.finish(fallbacks: ["map on the host"])
    #expect(try Manifest.read(store.directory).fallbacks == ["opencl:0 → cpu:0", "gemm on the host", "map on the host"])
  }

  @Test func theRunIDIsStable() throws {
    // The digest of {"rate":0.1,"seed":18446744073709551615}, computed with sha256sum.
    #expect(try description().runID == "b8d904e25c17")
    #expect(try description(steps: 7).runID == description().runID)
    #expect(try description(rate: 0.2).runID != description().runID)
  }

  @Test func aRerunContinuesWithAllRecords() throws {
    do {
      let store = try ResultsStore.open(try description(), in: folder.url)
      #expect(store.existing.isEmpty)
      for index in 0..<3 { try store.append(step(index)) }
      try store.fail("device lost")
    }
    #expect(RunListing.runs(in: folder.url).map(\.state) == [.failed(reason: "device lost")])
    let store = try ResultsStore.open(try description(steps: 200), in: folder.url)
    #expect(store.existing == (0..<3).map(step))
    try store.append(step(3))
    try store.finish()
    #expect(try RunRecords.read(store.directory) == (0..<4).map(step))
    let manifest = try Manifest.read(store.directory)
    #expect(manifest.continued.map(\.sourceRevision) == ["abc123"])
    #expect(manifest.parameters["steps"] == 200)
    #expect(manifest.reason == nil)
  }

  @Test(arguments: ["{\"kind\":\"st", "{\"kind\":\"step\"}", "\0\0\0", String(repeating: "x", count: 200_000)])
  func aTornLastLineIsDroppedAndNothingElse(_ torn: String) throws {
    var directory = folder.url
    do {
      let store = try ResultsStore.open(try description(), in: folder.url)
      directory = store.directory
      for index in 0..<3 { try store.append(step(index)) }
    }
    try append(torn, to: records(in: directory))
    #expect(try RunRecords.read(directory) == (0..<3).map(step), "a reader leaves the torn line out")
    #expect(RunListing.runs(in: folder.url).map(\.state) == [.interrupted])
    let store = try ResultsStore.open(try description(), in: folder.url)
    #expect(store.existing == (0..<3).map(step))
    try store.append(step(3))
    #expect(try RunRecords.read(directory) == (0..<4).map(step))
  }

  @Test func aMalformedLineInTheMiddleIsNamed() throws {
    var directory = folder.url
    do {
      let store = try ResultsStore.open(try description(), in: folder.url)
      directory = store.directory
      try store.append(step(0))
    }
    try append("{\"kind\":NaN}\n{\"kind\":\"end\"}\n", to: records(in: directory))
    for attempt in [{ _ = try RunRecords.read(directory) }, { _ = try ResultsStore.open(try description(), in: folder.url) }] {
      let error = #expect(throws: ResultsError.self) { try attempt() }
      guard case .malformedRecord(let path, let line, _) = error else {
        Issue.record("expected malformedRecord, got \(String(describing: error))")
        continue
      }
      #expect(line == 2)
      #expect(path == records(in: directory).path)
    }
  }

  @Test(arguments: ["[1]", "{\"a\":{\"b\":1}}", "{\"a\":[\"b\"]}", ""])
  func aLineThatIsNoFlatObjectIsRefused(_ line: String) {
    #expect(throws: JSONSyntaxError.self) { try Record(line: ArraySlice(line.utf8)) }
  }

  @Test func anotherIdentityInTheFolderIsRefused() throws {
    let directory: URL
    do { directory = try ResultsStore.open(try description(), in: folder.url).directory }
    let manifest = directory.appendingPathComponent("manifest.json")
    let text = try String(contentsOf: manifest, encoding: .utf8)
    let changed = text.replacingOccurrences(of: "\"rate\": 0.1,\n    \"seed\"", with: "\"rate\": 0.3,\n    \"seed\"")
    #expect(changed != text)
    try changed.write(to: manifest, atomically: true, encoding: .utf8)
    let error = #expect(throws: ResultsError.self) { try ResultsStore.open(try description(), in: folder.url) }
    guard case .contradiction(_, "identity", let recorded, _) = error else {
      Issue.record("expected a contradiction, got \(String(describing: error))")
      return
    }
    #expect(recorded.contains("0.3"))
    #expect(try String(contentsOf: manifest, encoding: .utf8) == changed, "a refused run leaves the folder alone")
  }

  @Test func changedDataAreAContradiction() throws {
    do { _ = try ResultsStore.open(try description(), in: folder.url) }
    let error = #expect(throws: ResultsError.self) { try ResultsStore.open(try description(checksum: "0"), in: folder.url) }
    guard case .contradiction(_, "checksum of digits", "c0ffee", "0") = error else {
      Issue.record("expected a contradiction, got \(String(describing: error))")
      return
    }
  }

  @Test func recordsWithoutAManifestAreRefused() throws {
    let directory: URL
    do { directory = try ResultsStore.open(try description(), in: folder.url).directory }
    try FileManager.default.removeItem(at: directory.appendingPathComponent("manifest.json"))
    #expect(throws: ResultsError.noManifest(directory: directory.path)) { try ResultsStore.open(try description(), in: folder.url) }
    guard case .unreadable = try #require(RunListing.runs(in: folder.url).first).state else {
      Issue.record("expected an unreadable run")
      return
    }
  }

  @Test func aManifestOfALaterFormatIsRefused() throws {
    let directory: URL
    do { directory = try ResultsStore.open(try description(), in: folder.url).directory }
    let url = directory.appendingPathComponent("manifest.json")
    let text = try String(contentsOf: url, encoding: .utf8).replacingOccurrences(of: "\"formatVersion\": 1", with: "\"formatVersion\": 2")
    try text.write(to: url, atomically: true, encoding: .utf8)
    let error = #expect(throws: ResultsError.self) { try ResultsStore.open(try description(), in: folder.url) }
    #expect("\(String(describing: error))".contains("version 2"))
  }

  @Test func aRunInUseIsLockedAndFreeAfterwards() throws {
    do {
      let store = try ResultsStore.open(try description(), in: folder.url)
      #expect(throws: ResultsError.locked(directory: store.directory.path)) { try ResultsStore.open(try description(), in: folder.url) }
      _ = try ResultsStore.open(try description(rate: 0.2), in: folder.url)
    }
    let store = try ResultsStore.open(try description(), in: folder.url)
    try store.finish()
    _ = try ResultsStore.open(try description(), in: folder.url)
  }

  @Test func aFolderThatCannotBeMadeIsFoundBeforeWork() throws {
    let file = folder.url.appendingPathComponent("file")
    try Data().write(to: file)
    for (parent, code) in [(file, ENOTDIR), (URL(fileURLWithPath: "/proc/isthmus"), ENOENT)] {
      let error = #expect(throws: ResultsError.self) { try ResultsStore.open(try description(), in: parent) }
      guard case .notWritable(_, String(cString: strerror(code))) = error else {
        Issue.record("expected notWritable for \(parent.path), got \(String(describing: error))")
        continue
      }
    }
    let error = #expect(throws: ResultsError.self) { try SystemFile.createFolder(file) }
    #expect(error == .notWritable(path: file.path, reason: String(cString: strerror(ENOTDIR))), "a file of that name")
  }

  @Test func foldersAreMadeWithThoseAboveThem() throws {
    let deep = folder.url.appendingPathComponent("a/b/c")
    for _ in 0..<2 { try SystemFile.createFolder(deep) }
    var isFolder: ObjCBool = false
    #expect(FileManager.default.fileExists(atPath: deep.path, isDirectory: &isFolder) && isFolder.boolValue)
  }

  @Test func tooLittleSpaceIsFoundBeforeWork() throws {
    let error = #expect(throws: ResultsError.self) {
      try ResultsStore.open(try description(), in: folder.url, expectedBytes: .max)
    }
    guard case .notEnoughSpace(_, .max, let available) = error else {
      Issue.record("expected notEnoughSpace, got \(String(describing: error))")
      return
    }
    #expect(available > 0)
  }

  @Test(arguments: ["../demo", "", ".hidden", "a/b", "ä"]) func namesThatLeaveTheFolderAreRefused(_ name: String) throws {
    let run = try RunDescription(experiment: name, identity: [1], parameters: [1])
    #expect(throws: ResultsError.invalidName(what: "experiment", name: name)) { try ResultsStore.open(run, in: folder.url) }
    let store = try ResultsStore.open(try description(), in: folder.url)
    #expect(throws: ResultsError.invalidName(what: "array name", name: name)) { try store.writeArray(name, shape: [1], [1]) }
  }

  @Test func numbersThatAreNotFiniteAreNotWritten() throws {
    let store = try ResultsStore.open(try description(), in: folder.url)
    #expect(throws: ResultsError.notFinite(key: "loss", value: "nan")) { try store.append(["step": 1, "loss": .number(.nan)]) }
    #expect(throws: ResultsError.notFinite(key: "rank[1]", value: "inf")) { try store.append(["rank": [1, .infinity]]) }
    #expect(throws: ResultsError.notFinite(key: "x[0]", value: "-inf")) { try store.writeArray("x", shape: [1], [-.infinity]) }
    try store.append(["loss": RecordValue(nullIfNotFinite: .nan), "movement": RecordValue(nullIfNotFinite: [1, .infinity])])
    #expect(try RunRecords.read(store.directory) == [["loss": .null, "movement": .null]])
  }

  @Test func appendsFromManyThreadsAreWholeLines() async throws {
    let store = try ResultsStore.open(try description(), in: folder.url)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for thread in 0..<8 {
        group.addTask { for index in 0..<200 { try store.append(step(1000 * thread + index)) } }
      }
      try await group.waitForAll()
    }
    let steps = try RunRecords.read(store.directory).compactMap { $0.number("step") }
    #expect(Set(steps).count == 1600)
  }

  @Test func tablesAreWrittenInEachForm() throws {
    let store = try ResultsStore.open(try description(), in: folder.url)
    var table = TextTable(columns: [.init("d", .left), .init("steps")])
    table.append(["∞", "12"])
    try store.writeTable(table.text, numbers: table, json: [["d": "inf", "steps": 12]])
    func text(_ name: String) throws -> String {
      String(decoding: try Data(contentsOf: store.directory.appendingPathComponent(name)), as: UTF8.self)
    }
    #expect(try text("table.txt") == "d  steps\n─  ─────\n∞     12\n")
    #expect(try text("table.csv") == "d,steps\r\n∞,12\r\n")
    #expect(try text("table.json") == "[\n  {\n    \"d\": \"inf\",\n    \"steps\": 12\n  }\n]\n")
  }
}
