import Foundation
import Results
import TestSupport
import Testing

/// Parts of a run share its files and know nothing of one another.
@Suite struct RunPartTests {
  private struct State: Codable, Equatable { var step: Int }

  @Test func partsDoNotMeet() throws {
    let folder = try TemporaryFolder()
    let description = try RunDescription(experiment: "parts", identity: [1], parameters: [1])
    func parts(of store: ResultsStore) -> [RunPart] {
      [250.0, 500].map { RunPart(of: store, name: "points\(Int($0))", fields: ["points": .number($0), "scale": 3]) }
    }
    let store = try ResultsStore.open(description, in: folder.url)
    for (index, part) in parts(of: store).enumerated() {
      try part.append(["kind": "step", "step": .number(Double(index))])
      try part.writeArray("labels", shape: [1], [Double(index)])
      try part.writeCheckpoint("chains-0", Checkpoint(state: State(step: index), arrays: [:]))
    }
    try store.append(["kind": "step", "points": 250])
    try parts(of: store)[0].removeCheckpoint("chains-0")
    try store.finish()

    let again = try ResultsStore.open(description, in: folder.url)
    let own = parts(of: again)
    #expect(again.existing[0] == ["kind": "step", "step": 0, "points": 250, "scale": 3], "fields come after the record's own")
    #expect(own[0].existing == [again.existing[0]] && own[1].existing == [again.existing[1]], "a record needs all fields")
    #expect(try again.readArray("points250-labels").values == [0] && again.readArray("points500-labels").values == [1])
    #expect(try own[0].readCheckpoint("chains-0") == nil)
    #expect(try own[1].readCheckpoint("chains-0")?.state() == State(step: 1))
    #expect(try again.readCheckpoint("points500-chains-0") != nil)
  }
}
