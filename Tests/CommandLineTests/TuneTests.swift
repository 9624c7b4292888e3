import Compute
import DeviceTuning
import Foundation
import Results
import TestSupport
import Testing

/// Measured sizes of kernels from the command line: found, kept, used, told of, and removed.
@Suite struct TuneTests {
  private struct Report: Decodable {
    struct Candidate: Decodable { let sizes: [String: Int] }
    struct Row: Decodable {
      let operation: String
      let precision: Precision
      let tried: [Candidate]
      let refused: [Candidate]
    }
    let key: TunedDevice
    let rows: [Row]
    let digest: String?
  }

  /// Identifier of the first OpenCL device; nil where there is none.
  private static let device: String? = {
    guard let output = try? Invocation(["devices", "--json"]).output,
      let devices = try? JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]]
    else { return nil }
    return devices.first { $0["backend"] as? String == "opencl" && $0["available"] as? Bool == true }?["identifier"] as? String
  }()

  private func tiles(of device: String, _ variables: [String: String]) throws -> String? {
    let output = try Invocation(["devices", "--json"], variables: variables).output
    let devices = try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [[String: Any]])
    return devices.first { $0["identifier"] as? String == device }?["tiles"] as? String
  }

  @Test(.enabled(if: device != nil, "no OpenCL device")) func whatIsMeasuredIsKeptUsedAndRemoved() throws {
    let device = try #require(Self.device)
    let folder = try TemporaryFolder()
    let store = MeasuredSizeStore(folder: folder.url.appendingPathComponent("tiles"))
    let variables = ["ISTHMUS_TILES": store.folder.path]
    let command = ["tune", "--device", device, "--quick", "--filter", "gemm float32", "--json", "report.json"]
    let filter = ["--filter", "gemm"]

    // A quick tune of one operation, or on a GPU of none of that name.
    var invocation = try Invocation(command, in: folder.url, variables: variables)
    if invocation.exitCode != 0 {
      invocation = try Invocation(command.map { $0 == "gemm float32" ? "gemm small float32" : $0 }, in: folder.url, variables: variables)
    }
    #expect(invocation.exitCode == 0 && invocation.output.contains("best ms"), "\(invocation.testDescription)")
    let data = try Data(contentsOf: folder.url.appendingPathComponent("report.json"))
    let report = try #require(try JSONDecoder().decode([Report].self, from: data).first)
    let row = try #require(report.rows.first), sizes = try #require(row.tried.first?.sizes)
    #expect(report.rows.count == 1 && row.tried.count >= 1, "\(invocation.testDescription)")
    #expect(try store.load(report.key)?.digest == report.digest, "what was measured is stored")

    // Whatever was the quickest here: from now on a candidate that is known.
    let values = MeasuredSizes(
      Dictionary(uniqueKeysWithValues: sizes.map { (KernelSizeKey(row.operation, row.precision, $0.key), $0.value) }))
    let file = try #require(try store.store(values, for: report.key))
    #expect(try tiles(of: device, variables) == values.digest)
    #expect(try tiles(of: device, [:]) == nil, "off in tests")
    let listing = try Invocation(["devices"], variables: variables)
    #expect(listing.output.contains("\(device) uses tiles \(values.digest)"), "\(listing.testDescription)")
    var shown = try Invocation(["tune", "--show"], variables: variables)
    #expect(shown.exitCode == 0 && shown.output.contains("used by \(device)") && shown.output.contains(values.digest), "\(shown.output)")

    // Another driver's.
    var other = report.key
    other.driver += " of last year"
    let foreign = try #require(try store.store(values, for: other))
    shown = try Invocation(["tune", "--show"], variables: variables)
    #expect(shown.output.contains("not used: no device of this machine"), "\(shown.output)")
    // Under the name of this device's.
    try FileManager.default.removeItem(at: file)
    try FileManager.default.moveItem(at: foreign, to: file)
    #expect(try tiles(of: device, variables) == nil)
    let check = try Invocation(
      ["check", "--device", device, "--precision", "float32"] + ["--filter", "gemm nn b1 m1 n1"], variables: variables)
    #expect(check.exitCode == 0 && check.errors.contains("warning: \(device)"), "\(check.testDescription)")
    #expect(check.errors.contains("belongs to another device") && check.errors.contains("isthmus tune"), "\(check.testDescription)")

    try Data("{".utf8).write(to: file)
    shown = try Invocation(["tune", "--show"], variables: variables)
    #expect(shown.exitCode == 0 && shown.output.contains("not used") && shown.output.contains("--reset"), "\(shown.output)")
    #expect(try Invocation(["devices"], variables: variables).output.contains("warning: \(device)"))
    // A part cannot be added to what is damaged.
    let part = try Invocation(["tune", "--device", device, "--quick"] + filter, variables: variables)
    #expect(part.exitCode == 1 && part.errors.contains("is no table of tiles"), "\(part.testDescription)")
    let reset = try Invocation(["tune", "--reset"], variables: variables)
    #expect(reset.exitCode == 0 && reset.output.contains("deleted \(file.path)") && store.files().isEmpty, "\(reset.testDescription)")
  }

  @Test(.enabled(if: device != nil, "no OpenCL device")) func aRunRecordsItsTiles() throws {
    let device = try #require(Self.device)
    let folder = try TemporaryFolder()
    let store = MeasuredSizeStore(folder: folder.url.appendingPathComponent("tiles"))
    let variables = ["ISTHMUS_TILES": store.folder.path]
    let report = folder.url.appendingPathComponent("report.json")
    let tuned = try Invocation(
      ["tune", "--device", device, "--quick", "--filter", "featurePass float64", "--json", report.path], in: folder.url,
      variables: variables)
    let found = try #require(try JSONDecoder().decode([Report].self, from: Data(contentsOf: report)).first, "\(tuned.testDescription)")
    let row = try #require(found.rows.first), sizes = try #require(row.tried.first?.sizes)
    let values = MeasuredSizes(
      Dictionary(uniqueKeysWithValues: sizes.map { (KernelSizeKey(row.operation, row.precision, $0.key), $0.value) }))
    try store.store(values, for: found.key)

    let run =
      [
        "run", "bottleneck", "--device", device, "--train", "20", "--test", "20", "--draws", "1", "--bottlenecks", "1", "--feature-width",
        "64",
      ]
      + ["--compare", "same", "--twin", "none", "--steps", "2", "--no-plots"]
    let invocation = try Invocation(run, in: folder.url, variables: variables)
    #expect(invocation.exitCode == 0, "\(invocation.testDescription)")
    let summary = try #require(RunListing.runs(in: folder.url.appendingPathComponent("results")).first)
    #expect(try Manifest.read(summary.directory).versions["tiles"] == values.digest)
  }

  @Test func whatCannotBeTunedSaysWhy() throws {
    let cpu = try Invocation(["tune", "--device", "cpu"], variables: ["ISTHMUS_TILES": "/nowhere"])
    #expect(cpu.exitCode == 1 && cpu.errors.contains("cpu has nothing to tune"), "\(cpu.testDescription)")
    let off = try Invocation(["tune", "--show"], variables: ["ISTHMUS_TILES": "off"])
    #expect(off.exitCode == 1 && off.errors.contains("ISTHMUS_TILES is off"), "\(off.testDescription)")
    #expect(try Invocation(["tune", "--show", "--reset"]).exitCode == 64)
    #expect(try Invocation(["tune", "--show", "--quick"]).exitCode == 64)
    let none = try Invocation(["tune", "--show"], variables: ["ISTHMUS_TILES": "/nowhere"])
    #expect(none.exitCode == 0 && none.output.contains("no tiles are stored in /nowhere"), "\(none.testDescription)")
  }
}
