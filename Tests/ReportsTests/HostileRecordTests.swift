import Figures
import Foundation
import Reports
import Results
import TestSupport
import Testing

/// Records that no run writes: refused by name and line, or drawn; never a trap.
@Suite struct HostileRecordTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let experiment: String
    let line: String
    /// A part of the reason; nil where the record is passed over.
    let reason: String?
    var testDescription: String { "\(experiment): \(line)" }

    init(_ experiment: String, _ line: String, _ reason: String?) { (self.experiment, self.line, self.reason) = (experiment, line, reason) }
  }

  static let cases: [Case] = [
    Case("bottleneck", #"{"kind":"step","comparison":"same","bottlenecks":"1","kappa":0.1,"draw":1e19,"step":1}"#, "'draw' is 1e+19"),
    Case("bottleneck", #"{"kind":"step","comparison":"same","bottlenecks":"1","kappa":0.1,"draw":0.5,"step":1}"#, "'draw' is 0.5"),
    Case("bottleneck", #"{"kind":"step","comparison":"same","bottlenecks":"1","kappa":"x","draw":0}"#, "'kappa' is no number"),
    Case("bottleneck", #"{"kind":"end","comparison":"same","bottlenecks":"inf/200000000","kappa":0.1,"draw":0}"#, "names no bottlenecks"),
    Case(
      "bottleneck", #"{"kind":"end","comparison":"same","bottlenecks":"inf","baseline":"inf/200000000","kappa":0.1,"draw":0}"#, "names no"),
    Case("bottleneck", #"{"kind":"end","comparison":"same","bottlenecks":"1x","kappa":0.1,"draw":0}"#, "'1x' names no bottlenecks"),
    Case("bottleneck", #"{"kind":"end","comparison":"same","bottlenecks":[1],"kappa":0.1,"draw":0}"#, "'bottlenecks' is no text"),
    Case(
      "bottleneck", #"{"kind":"step","comparison":"same","bottlenecks":"1","kappa":1e308,"draw":0,"step":1e300,"trainLoss":1e308}"#, nil),
    Case("bottleneck", #"{"kind":"other","draw":1e19}"#, nil),
    Case("bottleneck", #"{"kind":"step","comparison":"none","bottlenecks":"1","kappa":0.1,"draw":0,"step":1}"#, nil),
    Case("bottleneck-depth", #"{"kind":"end","comparison":"own","bottlenecks":"0x2","kappa":0.1,"draw":0}"#, "'0x2' names no bottlenecks"),
    Case("bottleneck-scaling", #"{"kind":"end","points":1e19,"scale":1,"bottlenecks":"1"}"#, "'points' is 1e+19"),
    Case("bottleneck-scaling", #"{"kind":"cost","points":10,"scale":1e308,"bottlenecks":"1","seconds":1e308,"runSteps":1e-300}"#, nil),
    Case("lazy-feature", #"{"kind":"step","width":1e19,"alpha":1,"draw":0}"#, "'width' is 1e+19"),
    Case("lazy-feature", #"{"kind":"step","width":-1,"alpha":1,"draw":0}"#, "'width' is -1.0"),
    Case("lazy-feature", #"{"kind":"end","width":5,"alpha":1,"draw":-1}"#, "'draw' is -1.0"),
    Case("lazy-feature", #"{"kind":"end","width":5,"alpha":-1e308,"draw":0,"testError":1e308,"halfTime":-1,"kernelChange":0}"#, nil),
    Case("linear-acceleration", #"{"kind":"rule","depth":1e300,"deviation":1}"#, "'depth' is 1e+300"),
    Case("linear-acceleration", #"{"kind":"width","width":0.5,"draw":0}"#, "'width' is 0.5"),
    Case("linear-acceleration", #"{"kind":"regression","problem":"p","power":1e19,"depth":1,"draw":0}"#, "'power' is 1e+19"),
    Case(
      "linear-acceleration", #"{"kind":"speed-up","spectrum":0,"start":"raw","norm":1,"bottlenecks":"inf/9999999","draw":0}"#, "names no"),
    Case(
      "linear-acceleration", #"{"kind":"mode","depth":1,"mode":1e300,"strength":1e308,"times":[],"integrated":[1],"expected":[2]}"#, nil),
    Case("multilinearity", #"{"kind":"norm","network":"2+x","width":8,"member":0,"order":1,"value":1}"#, "'2+x' names no network"),
    Case("multilinearity", #"{"kind":"norm","network":"2+2","width":8,"member":0,"order":1e19,"value":1}"#, "'order' is 1e+19"),
    Case(
      "multilinearity", #"{"kind":"training","network":"2+2","width":8,"member":0,"step":-1,"loss":1,"limitLoss":1,"distance":1}"#, "'step'"
    ),
    Case("multilinearity", #"{"kind":"block","network":"2+2","width":8,"member":0,"block":1,"value":1}"#, "'block' is no text"),
    Case("multilinearity", #"{"kind":"norm","network":"2+2","width":8,"member":0,"order":1,"value":1e308,"limit":0}"#, nil),
    Case("finite-width", #"{"kind":"end","bottlenecks":"1","width":1e19,"draw":0}"#, "'width' is 1e+19"),
    Case("finite-width", #"{"kind":"reading","bottlenecks":"1","width":8,"draw":0,"step":1e19}"#, "'step' is 1e+19"),
    Case(
      "finite-width", #"{"kind":"end","bottlenecks":"1x1","width":8,"draw":0,"amplification":1,"test":1,"errors":[],"movement":[1]}"#, nil),
  ]

  @Test(arguments: cases) func isRefusedOrDrawn(_ record: Case) throws {
    let folder = try TemporaryFolder()
    let directory = try self.run(of: record.experiment, ["{\"kind\":\"setup\"}", record.line], in: folder)
    do throws(ResultsError) {
      let figures = try read(directory, record.experiment)
      #expect(record.reason == nil, "\(figures.count) figures")
      for (name, figure) in figures { _ = try? GnuplotScript(figure, name: name) }
    } catch {
      guard case .malformedRecord(let path, 2, let reason) = error else {
        Issue.record("expected a refusal of line 2, got \(error)")
        return
      }
      #expect(path.hasSuffix("records.jsonl"))
      #expect(record.reason.map { reason.contains($0) } == true, "\(reason)")
    }
  }

  @Test func manyNetworksAreRefusedInsteadOfCompared() throws {
    let folder = try TemporaryFolder()
    let lines = (1...5000).map { #"{"kind":"end","comparison":"same","bottlenecks":"\#($0)","kappa":0.1,"draw":0}"# }
    let directory = try run(of: "bottleneck", lines, in: folder)
    #expect(throws: ResultsError.self) { try read(directory, "bottleneck") }
  }

  /// The file of records as it is written today, whatever the store would refuse to write.
  private func run(of experiment: String, _ lines: [String], in folder: TemporaryFolder) throws -> URL {
    let store = try ResultsStore.open(try RunDescription(experiment: experiment, identity: [1], parameters: [1]), in: folder.url)
    for line in lines { try store.append(try Record(line: Array(line.utf8)[...])) }
    try store.finish()
    return store.directory
  }

  private func read(_ directory: URL, _ experiment: String) throws(ResultsError) -> [RunReport.NamedFigure] {
    try ReportCatalog.report(experiment)?.figures(of: directory) ?? []
  }
}
