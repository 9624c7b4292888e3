import Experiments
import Foundation
import Results
import Testing

/// Derivatives, distances and training of deep linear networks, as an experiment.
@Suite struct MultilinearityTests {
  private func settings(_ text: String) throws -> MultilinearitySettings {
    try MultilinearitySettings.parse(text.split(separator: " ").map(String.init))
  }

  private func values(_ records: [Record], _ kind: String, _ fields: Record = [:]) -> [Double] {
    records.filter { record in record.string("kind") == kind && fields.fields.allSatisfy { record[$0.key] == $0.value } }
      .compactMap { $0.number(kind == "training" ? "distance" : "value") }
  }

  /// One matrix on each side of the bottleneck: f = v·Gx/√30 is bilinear at any width, with the Hessian's blocks x/√30.
  @Test func aProductOfTwoMatricesIsItsOwnLimit() throws {
    let records = try Recorded.run(
      Multilinearity.self, settings("--networks 1+1 --widths 8,16 --members 3 --tolerance 1e-12 --steps 60"), on: Recorded.engine())
    let expected = 10.0.squareRoot() / 30.0.squareRoot()
    let second = values(records, "norm", ["order": 2])
    #expect(second.count == 6 && second.allSatisfy { abs($0 - expected) < 1e-9 }, "\(second)")
    let limits = records.compactMap { $0.number("limit") }
    #expect(!limits.isEmpty && limits.allSatisfy { abs($0 - expected) < 1e-15 }, "\(limits)")
    #expect(values(records, "norm", ["order": 3]).isEmpty, "no derivative beyond the degree")
    let blocks = records.filter { $0.string("kind") == "block" }
    #expect(blocks.count == 6 && blocks.allSatisfy { $0.string("block") == "across" && abs(($0.number("value") ?? 0) - expected) < 1e-9 })
    let distances = values(records, "distance")
    #expect(distances.count == 18 && distances.allSatisfy { $0 < 1e-14 }, "\(distances)")
    let training = values(records, "training")
    #expect(training.count > 6 * 10 && training.allSatisfy { $0 < 1e-13 }, "\(training.max() ?? 0)")
    let losses = records.filter { $0.string("kind") == "training" && $0.number("member") == 0 && $0.number("width") == 8 }
      .compactMap { $0.number("loss") }
    #expect((losses.last ?? 1) < 0.5 * (losses.first ?? 0), "it does train")
  }

  /// What the experiment is for, at a small scale: exponents and limits of theory.
  @Test func exponentsAndLimitsAreThoseOfTheory() throws {
    let records = try Recorded.run(
      Multilinearity.self, settings("--networks 2+2 --widths 32,512 --members 4 --steps 60"), on: Recorded.engine())
    func mean(_ kind: String, _ fields: Record, _ width: Double) -> Double {
      var fields = fields
      fields["width"] = .number(width)
      let numbers = values(records, kind, fields)
      return numbers.reduce(0, +) / Double(numbers.count)
    }
    func slope(_ kind: String, _ fields: Record) -> Double { log(mean(kind, fields, 512) / mean(kind, fields, 32)) / log(16) }
    let limit = 2 / 3.0.squareRoot()
    #expect(abs(records.compactMap { $0.number("limit") }.first.map { $0 - limit } ?? 1) < 1e-12)
    #expect(abs(mean("norm", ["order": 2], 512) / limit - 1) < 0.1)
    #expect(abs(slope("norm", ["order": 2])) < 0.1 && abs(slope("norm", ["order": 3]) + 0.5) < 0.1)
    #expect(abs(slope("norm", ["order": 4]) + 1) < 0.1)
    for block in ["within 1", "within 2"] { #expect(abs(slope("block", ["block": .string(block)]) + 0.5) < 0.15, "\(block)") }
    #expect(abs(mean("block", ["block": "across"], 512) / limit - 1) < 0.15)
    #expect(abs(slope("distance", ["direction": "worst"]) + 0.5) < 0.15)
    #expect(mean("distance", ["direction": "worst"], 512) > mean("distance", ["direction": "descent"], 512))
    let last = mean("training", ["step": 60], 32) / mean("training", ["step": 60], 512)
    #expect(last > 2 && last < 8, "four by width^−½: \(last)")
  }

  /// Stopped between two measurements it goes on with the next one; further members, widths and networks extend it.
  @Test func aRunIsContinuedAndExtended() throws {
    let engine = try Recorded.engine()
    let folder = Recorded.temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let small = "--restarts 1 --iterations 5 --steps 3 --samples 1 --points 4"
    let first = try Recorded.run(
      Multilinearity.self, settings("--networks 2+2 --widths 8 --members 1 \(small)"), on: engine, in: folder)
    let wider = try settings("--networks 2+2,3 --widths 8,12 --members 2 \(small)")
    let more = try Recorded.run(Multilinearity.self, wider, on: engine, in: folder)
    #expect(Array(more.prefix(first.count)) == first)
    #expect(values(more, "norm", ["network": "2+2", "width": 8, "order": 2]).count == 2)
    #expect(values(more, "norm", ["network": "3", "width": 12, "order": 2]).count == 2)
    // Members are independent: the same numbers as in one go, up to the order of sums.
    let whole = try Recorded.run(Multilinearity.self, wider, on: engine)
    for member in [0.0, 1] {
      let key: Record = ["network": "2+2", "width": 8, "order": 3, "member": .number(member)]
      let (a, b) = (values(more, "norm", key), values(whole, "norm", key))
      #expect(a.count == 1 && b.count == 1 && zip(a, b).allSatisfy { abs($0 - $1) < 1e-10 * $1 }, "\(a), \(b)")
    }
    #expect(try Recorded.run(Multilinearity.self, wider, on: engine, in: folder).count == more.count, "computed again")
  }

  @Test(arguments: [
    ("--networks 4,", "networks"), ("--networks 1", "networks"), ("--networks 2+0", "networks"), ("--widths 8,x", "widths"),
    ("--members 0", "members"), ("--radius 0", "radius"), ("--orders 0", "orders"), ("--rate -1", "rate"),
  ])
  func badSettingsNameThemselves(_ text: String, _ name: String) throws {
    let message = try Recorded.refusal(Multilinearity.self) { try settings(text) }
    #expect(message.contains("--\(name)"), "\(text): \(message)")
  }

  @Test func float32IsRefused() throws {
    let engine = try Recorded.engine()
    #expect(throws: ExperimentError.self) {
      try Multilinearity.plan(settings(""), on: engine, passEngine: engine.with(precision: .float32))
    }
  }
}
