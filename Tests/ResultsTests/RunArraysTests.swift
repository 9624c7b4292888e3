import Foundation
import Results
import TestSupport
import Testing

@Suite struct RunArraysTests {
  @Test func aStoreKeepsArrays() throws {
    let folder = try TemporaryFolder()
    let store = try ResultsStore.open(try RunDescription(experiment: "demo", identity: [1], parameters: [1]), in: folder.url)
    try store.writeArray("z-before", shape: [2, 2], [1, 2, 3, 4])
    try store.writeArray("z-before", shape: [2, 1], [5, 6])
    #expect(try store.readArray("z-before").values == [5, 6])
    #expect(RunArrays.names(in: store.directory) == ["z-before"])
    #expect(throws: ResultsError.shapeMismatch(name: "z", shape: [2, 2], count: 3)) {
      try store.writeArray("z", shape: [2, 2], [1, 2, 3])
    }
    let large = #expect(throws: ResultsError.shapeMismatch(name: "z", shape: [.max, 2], count: 1)) {
      try store.writeArray("z", shape: [.max, 2], [1])
    }
    #expect("\(String(describing: large))".contains("no memory"))
    #expect(throws: ResultsError.self) { try store.readArray("absent") }
  }

  @Test func aDamagedArrayIsRefusedByItsName() throws {
    let folder = try TemporaryFolder()
    let store = try ResultsStore.open(try RunDescription(experiment: "demo", identity: [1], parameters: [1]), in: folder.url)
    try store.writeArray("z", shape: [2], [1, 2])
    let file = store.directory.appendingPathComponent("arrays/z.npy")
    try Data(contentsOf: file).dropLast().write(to: file)
    #expect(throws: ResultsError.malformedFile(path: file.path, reason: "shape [2] expects 16 bytes of data, got 15")) {
      try store.readArray("z")
    }
  }
}
