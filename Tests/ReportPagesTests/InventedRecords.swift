import Foundation
import Results
import TestSupport

/// A few records of every experiment, with invented numbers, and runs that hold them.
enum InventedRecords {
  /// Records by experiment.
  static let all: [(experiment: String, records: [Record])] = [
    ("bottleneck", ["1", "2", "inf"].flatMap { chain("bottleneck", $0) }),
    ("bottleneck-depth", ["1", "1x1", "inf", "inf/2"].flatMap { chain("bottleneck-depth", $0) }),
    (
      "bottleneck-scaling",
      ["2", "inf"].flatMap { network in
        [100.0, 400].flatMap { points in chain("bottleneck-scaling", network, ["points": .number(points), "scale": 1]) }
      }
    ),
    (
      "lazy-feature",
      [30.0, 120].flatMap { width -> [Record] in
        let head: Record = ["width": .number(width), "alpha": 1, "draw": 0]
        return [1.0, 10, 100].map { step in
          head.adding([
            "kind": "step", "step": .number(step), "time": .number(step), "trainLoss": .number(1 / step), "movement": 1, "size": 2,
          ])
        } + [
          head.adding([
            "kind": "end", "status": "converged", "testError": 0.1, "halfTime": 10, "kernelChange": 0.1, "weightChange": 0.1, "steps": 99,
          ])
        ]
      }
    ),
    (
      "linear-acceleration",
      [1.0, 10].flatMap { norm in
        ["1", "4"].map { network -> Record in
          [
            "kind": "speed-up", "spectrum": 0, "start": "raw", "norm": .number(norm), "bottlenecks": .string(network), "draw": 0,
            "speedUp": .number(norm), "drift": 1e-9, "rateAlong": 3, "rateAcross": 1, "rateEstimate": 3, "readings": [0.1, 1, 2],
            "losses": [0.9, 0.1, 0.001], "readingsWithout": [0.1, 4], "lossesWithout": [0.95, 0.001],
          ]
        }
      }
    ),
    (
      "multilinearity",
      [16.0, 64].map { width in
        ["kind": "norm", "network": "2+2", "width": .number(width), "member": 0, "order": 3, "value": .number(6 / width.squareRoot())]
      }
    ),
    (
      "finite-width",
      [100.0, 400].flatMap { width -> [Record] in
        let line: Record = [
          "bottlenecks": "2", "width": .number(width), "draw": 0, "train": .number(1 / width), "test": .number(2 / width), "errors": [0.1],
          "frozenTest": 0.1, "movement": [0.1], "kernel": 0.1, "kernelChange": 0.8, "amplification": 5, "limitLoss": 0.1, "finiteLoss": 0.1,
        ]
        return [0.0, 1, 10].map { line.adding(["kind": "reading", "step": .number($0)]) } + [
          line.adding(["kind": "end", "status": "finished"])
        ]
      }
    ),
  ]

  private static func chain(_ experiment: String, _ network: String, _ more: Record = [:]) -> [Record] {
    let head = (["comparison": "same", "bottlenecks": .string(network), "baseline": "inf", "kappa": 0.1, "draw": 0] as Record).adding(more)
    return [1.0, 10, 100].map { step in
      head.adding([
        "kind": "step", "step": .number(step), "trainLoss": .number(1 / step), "initialLoss": 1, "testError": .number(0.3 / step),
        "rank": [5],
      ])
    } + [
      head.adding([
        "kind": "end", "status": "finished", "steps": 100, "steps50": 2, "steps10": 10, "steps1": 100, "steps0.1": .null,
        "finalTestError": 0.003, "bestTestError": 0.003,
      ])
    ]
  }
}

extension Record {
  func adding(_ other: Record) -> Record {
    var sum = self
    for field in other.fields { sum[field.key] = field.value }
    return sum
  }
}

/// A folder of results with invented runs.
struct InventedResults {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes a run and lets `end` end it; returns its folder.
  func run(
    of experiment: String, _ records: [Record], settings: JSONValue = ["data": "digits", "draws": 1, "seed": 1], dataNotes: [String] = [],
    checksums: [String: String] = [:], end: (ResultsStore) throws -> Void = { try $0.finish() }
  ) throws -> URL {
    var description = try RunDescription(experiment: experiment, identity: settings, parameters: settings)
    (description.device, description.precision, description.sourceRevision) = ("cpu: two cores", "float64", "0123abc")
    (description.seeds, description.versions) = (["draws": 7], ["isthmus": "0.1.0"])
    (description.dataNotes, description.dataChecksums) = (dataNotes, checksums)
    let store = try ResultsStore.open(description, in: folder.url)
    for record in records { try store.append(record) }
    try end(store)
    return store.directory
  }
}
