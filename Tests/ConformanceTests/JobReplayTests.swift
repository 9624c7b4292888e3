import BackendTestKit
import CPUBackend
import Compute
import Foundation
import JobRecords
import ReferenceBackend
import Synchronization
import Testing

/// Records of jobs, and what is found when they are performed again.
@Suite struct JobReplayTests {
  private final class Folder {
    let url = FileManager.default.temporaryDirectory.appending(path: "isthmus-jobs-\(UUID().uuidString)")
    init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(at: url) }
    var file: URL { url.appending(path: "jobs") }
  }

  private let folder: Folder

  init() throws { folder = try Folder() }

  /// Records what `work` asks of a device.
  @discardableResult private func record(
    _ backend: any Backend, limit: Int = 1 << 30, _ work: (Engine) throws -> Void
  ) throws -> JobRecordEnd {
    let recorder = RecordedBackend(backend)
    let told = Told()
    try recorder.begin(folder.file, limit: limit) { told.add($0) }
    try work(try Engine(recorder))
    recorder.end(.done)
    #expect(told.all.count == 1)
    return try #require(told.all.first).get()
  }

  private final class Told: Sendable {
    private let results = Mutex<[Result<JobRecordEnd, any Error>]>([])
    func add(_ result: Result<JobRecordEnd, any Error>) { results.withLock { $0.append(result) } }
    var all: [Result<JobRecordEnd, any Error>] { results.withLock { $0 } }
  }

  private func replay(on backend: any Backend) throws -> ReplayReport { try JobReplay(JobRecord(folder.file), on: backend).run() }

  @Test(arguments: ["reference", "cpu"]) func theSameBackendGivesTheSameBits(_ name: String) throws {
    let backend: any Backend = name == "cpu" ? try CPUBackend() : ReferenceBackend()
    let expected = try JobStream.run(on: try Engine(backend))
    var got: [UInt64] = []
    let end = try record(backend) { got = try JobStream.run(on: $0) }
    #expect(got == expected, "recording changed numbers")
    let report = try replay(on: backend)
    #expect(report.passed && report.jobs == end.jobs && report.recordedOn == backend.device, "\(report.text)")
    #expect(Set(report.operations.map(\.operation)) == Set(BackendOperation.allCases))
    for operation in report.operations {
      #expect(operation.numbers > 0 && operation.sameAsRecord == operation.numbers, "\(operation)")
      #expect(operation.largestToRecord == 0 && operation.worstRatio <= 1)
      if name == "reference" { #expect(operation.sameAsReference == operation.numbers, "\(operation)") }
    }
    let mode = try FileManager.default.attributesOfItem(atPath: folder.file.path)[.posixPermissions] as? Int
    #expect(mode == 0o600)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["jobs"], "nothing unfinished is left")
  }

  @Test(arguments: Precision.allCases)
  func anotherBackendIsWithinTheBounds(_ precision: Precision) throws {
    try record(ReferenceBackend()) { try JobStream.run(on: $0.with(precision: precision)) }
    let report = try replay(on: try CPUBackend())
    #expect(report.passed, "\(report.text)")
    #expect(report.operations.contains { $0.sameAsRecord < $0.numbers }, "the two would be one")
  }

  @Test(arguments: [
    (Sabotage.gemmOffByThousandUlp, BackendOperation.gemm), (.recursionOffByThousandUlp, .recursion), (.vjpOffByThousandUlp, .recursionVJP),
    (.blockKernelUsesGeneralFormOnDiagonal, .blockKernel), (.widePassForgetsFactorTwo, .widePass),
    (.featurePassOffByThousandUlp, .featurePass), (.mapOffByThousandUlp, .map), (.reduceMaximumStartsAtZero, .reduceRows),
    (.normalSwapsSineAndCosine, .fillNormal), (.solveIgnoresTranspose, .triangularSolve), (.rowsIgnoreTargetList, .copyRows),
    (.throwsError, .gemm),
  ])
  func aSpoiledOperationIsNamed(_ sabotage: Sabotage, _ operation: BackendOperation) throws {
    // Its mistakes show where the numbers are: positive ones hide a maximum that starts at 0.
    try record(ReferenceBackend()) { engine in
      try JobStream.run(on: engine)
      _ = try engine.rows(.maximum, engine.tensor([-1, -2], rows: 1, columns: 2))
    }
    let report = try replay(on: SabotagedBackend(sabotage))
    #expect(!report.passed && report.firstWrong?.operation == operation, "\(report.text)")
    #expect(report.firstWrongRecord == nil && report.text.contains("(\(operation.rawValue))"))
  }

  @Test func aWrongRecordIsFoundOnAnyDevice() throws {
    try record(SabotagedBackend(.widePassForgetsFactorTwo)) { try JobStream.run(on: $0) }
    let report = try replay(on: try CPUBackend())
    #expect(!report.passed && report.wrongJobs == 0 && report.wrongRecords > 0, "\(report.text)")
    #expect(report.firstWrongRecord?.operation == .widePass)
  }

  @Test func theJobInWhichADeviceFailsIsTheLast() throws {
    let recorder = RecordedBackend(SabotagedBackend(.throwsError))
    let told = Told()
    try recorder.begin(folder.file, limit: 1 << 20) { told.add($0) }
    #expect(throws: ComputeError.self) { try JobStream.run(on: try Engine(recorder)) }
    let end = try #require(told.all.first).get()
    #expect(end.reason == .failure && end.message?.contains("sabotage") == true)
    let report = try replay(on: ReferenceBackend())
    #expect(report.passed && report.jobs == end.jobs && report.text.contains("sabotage"), "\(report.text)")
  }

  @Test func recordingEndsAtItsLimitAndTheRunGoesOn() throws {
    let whole = try record(ReferenceBackend()) { try JobStream.run(on: $0) }
    let size = try Data(contentsOf: folder.file).count
    let expected = try JobStream.run(on: try Engine(ReferenceBackend()))
    for limit in [size / 2, 10_000, 100] {
      var got: [UInt64] = []
      let end = try record(ReferenceBackend(), limit: limit) { got = try JobStream.run(on: $0) }
      #expect(got == expected)
      #expect(end.reason == .limit && end.jobs < whole.jobs)
      #expect(try Data(contentsOf: folder.file).count <= max(limit, 1000))
      #expect(try replay(on: ReferenceBackend()).jobs == end.jobs)
    }
    #expect(try !replay(on: ReferenceBackend()).passed, "a record of nothing shows nothing")
  }

  /// A small record, for damage at every place.
  private func smallRecord() throws -> [UInt8] {
    try record(ReferenceBackend()) { engine in
      let x = try engine.tensor([1, 2, 3, 4, 5, 6], rows: 2, columns: 3)
      _ = try engine.rows(.sum, engine.gram(x))
    }
    return Array(try Data(contentsOf: folder.file))
  }

  @Test func truncatedFilesAreRefused() throws {
    let bytes = try smallRecord()
    for length in bytes.indices {
      try Data(bytes[..<length]).write(to: folder.file)
      #expect(throws: JobRecordError.self, "\(length) of \(bytes.count) bytes") { try JobRecord(folder.file) }
    }
    try Data(bytes + [0x20]).write(to: folder.file)
    #expect(throws: JobRecordError.self) { try JobRecord(folder.file) }
  }

  @Test func flippedBitsAreFound() throws {
    let bytes = try smallRecord()
    for index in bytes.indices {
      var damaged = bytes
      damaged[index] ^= 1 << (UInt8(index % 8))
      try Data(damaged).write(to: folder.file)
      #expect(throws: JobRecordError.self, "bit \(index % 8) of byte \(index)") { try JobRecord(folder.file) }
    }
  }

  @Test func whatIsNoRecordIsSaidToBeNone() throws {
    let texts = ["", "isthmus", "isthmus-jobs 2\n", "isthmus-jobs 1\n", "{\"train\": 3}\n", String(repeating: "x", count: 3_000_000)]
    for text in texts {
      try Data(text.utf8).write(to: folder.file)
      #expect(throws: JobRecordError.self, "\(text.prefix(20))") { try JobRecord(folder.file) }
    }
    #expect(throws: JobRecordError.unknownVersion(path: folder.file.path, version: "2")) {
      try Data(texts[2].utf8).write(to: folder.file)
      _ = try JobRecord(folder.file)
    }
    #expect(throws: JobRecordError.self) { try JobRecord(folder.url) }
    #expect(throws: JobRecordError.self) { try JobRecord(folder.url.appending(path: "none")) }
  }

  /// Whole parts, with right checksums, that describe what cannot be.
  @Test func jobsThatCannotBeAreRefused() throws {
    let a = try Engine(ReferenceBackend()).zeros(rows: 2, columns: 2)
    let product = BackendJob.gemm(GEMMJob(GEMM(), a, a, into: try Engine(ReferenceBackend()).zeros(rows: 2, columns: 2)))
    let copy = BackendJob.copyRows(
      RowCopyJob(source: a, sourceRows: [0, 1], target: try Engine(ReferenceBackend()).zeros(rows: 2, columns: 2)))
    let huge = Int.max / 2
    let changes: [(String, BackendJob, (inout JobDescription) -> Void)] = [
      ("sizes beyond the file", product, { $0.tensors[0].rows = huge }),
      ("many rows of nothing", product, { ($0.tensors[0].rows, $0.tensors[0].columns) = (huge, 0) }),
      ("a size below 0", product, { $0.tensors[0].batch = -1 }), ("a step below 0", product, { $0.tensors[0].rowStride = -2 }),
      ("a step beyond memory", product, { $0.tensors[0].batchStride = huge }),
      ("a place below 0", product, { $0.tensors[0].offset = -1 }),
      ("results that overlap", product, { $0.tensors[2].rowStride = 0 }),
      ("a result that is an input", product, { $0.tensors[2].same = 0 }),
      ("another tensor that is none", product, { $0.tensors[1].same = 9 }), ("itself", product, { $0.tensors[1].same = 1 }),
      ("another operation", product, { $0.operation = .recursion }), ("a missing parameter", product, { $0.parameters["alpha"] = nil }),
      ("a parameter that is no number", product, { $0.parameters["alpha"] = "one" }),
      ("a parameter too many", product, { $0.parameters["gamma"] = "1" }), ("a name too many", product, { $0.tensors[0].name = "z" }),
      ("one name twice", product, { $0.tensors[1].name = "a" }), ("no tensors", product, { $0.tensors = [] }),
      ("another role", product, { $0.tensors[2].role = .inOut }), ("another precision", product, { $0.tensors[0].precision = .float32 }),
      ("rows that do not exist", copy, { $0.parameters["sourceRows"] = "0,2" }),
      ("rows below 0", copy, { $0.parameters["sourceRows"] = "-1,0" }),
      ("a row twice", copy, { $0.parameters["targetRows"] = "1,1" }), ("too many rows", copy, { $0.parameters["sourceRows"] = "0,0,0" }),
      ("no rows", copy, { $0.parameters["sourceRows"] = "" }),
    ]
    for (name, job, change) in changes {
      var description = JobDescription(job)
      let bytes = [UInt8](repeating: 0, count: description.tensors.reduce(0) { $0 + $1.bytesBefore + $1.bytesAfter })
      change(&description)
      let writer = try JobRecordWriter(folder.file, limit: 1 << 20, device: ReferenceBackend().device)
      try writer.beginJob(JobRecordFormat.line(.job, byteCount: bytes.count, description))
      try writer.append(bytes)
      try writer.endJob()
      _ = try writer.finish(.done)
      let error = #expect(throws: JobRecordError.self, "\(name)") { try replay(on: ReferenceBackend()) }
      guard case .invalid(_, 1, _) = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
    }
  }

  @Test func aRecordThatCannotBeWrittenIsGivenUp() throws {
    let recorder = RecordedBackend(ReferenceBackend())
    #expect(throws: (any Error).self) { try recorder.begin(folder.url.appending(path: "none/jobs"), limit: 1 << 20) { _ in } }
    try JobStream.run(on: try Engine(recorder))
    recorder.end(.done)
  }
}
