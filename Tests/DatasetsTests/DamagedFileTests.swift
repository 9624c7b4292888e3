import Testing

@testable import Datasets

@Suite struct DamagedFileTests {
  /// Files changed at random are read or refused; a reader that trusted a byte would end the program.
  @Test(arguments: ["idx", "npy", "csv", "gzip"]) func noChangeOfBytesEscapesTheChecks(format: String) throws {
    let array = try NumPyArray(shape: [2, 3], elements: [1, 2, 3, 4, 5, 6])
    let sound =
      switch format {
      case "idx": idx(type: 0x0B, [2, 2, 1], [0, 1, 0, 2, 0, 3, 0, 4])
      case "npy": array.encoded()
      case "csv": Array("a,\"b,c\",d\r\n1,2,3\n4,\"5\",6\n".utf8)
      default: gzip(idx([2, 2], [1, 2, 3, 4]))
      }
    var random = SplitMix64(seed: 21)
    var (read, refused) = (0, 0)
    for _ in 0..<5000 {
      var bytes = sound
      for _ in 0...random.next(below: 3) { bytes[random.next(below: bytes.count)] = UInt8(random.next(below: 256)) }
      if random.next(below: 4) == 0 { bytes.removeLast(random.next(below: bytes.count)) }
      do throws(DatasetError) {
        let contents = try FileContents(path: "changed", bytes: bytes)
        switch format {
        case "npy":
          let found = try NPYReader.read(contents)
          #expect(found.storage.count == found.shape.reduce(1, *), "seed 21, \(bytes)")
        case "csv":
          let found = try CSVReader.read(contents, target: nil, header: .automatic)
          #expect(found.features.count.isMultiple(of: found.columns), "seed 21, \(bytes)")
        default:
          let found = try IDXReader.read(contents)
          #expect(found.storage.count == found.shape.reduce(1, *), "seed 21, \(bytes)")
        }
        read += 1
      } catch {
        #expect(error.description.contains("changed"), "seed 21: \(error)")
        refused += 1
      }
    }
    #expect(read > 0 && refused > 0, "seed 21: \(read) read, \(refused) refused")
  }
}
