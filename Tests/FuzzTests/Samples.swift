/// Sound files of every format of data, a few points each.
enum Samples {
  struct Sample {
    let scheme: String
    let files: [(name: String, bytes: [UInt8])]
    var settings = ""

    /// As on the command line, with files in a folder (which ends with `/`, or is empty).
    func source(in folder: String = "") -> String {
      "\(scheme):" + files.map { folder + $0.name }.joined(separator: ",") + settings
    }
  }

  static let all = [
    Sample(scheme: "csv", files: [("points.csv", csv)]),
    Sample(scheme: "csv", files: [("points.csv", Array("a,b,label\n".utf8) + csv)], settings: ",target=label,header=yes"),
    Sample(scheme: "csv", files: [("points.csv.gz", gzip(csv))]),
    Sample(scheme: "idx", files: [("images", images), ("labels", labels)]),
    Sample(scheme: "idx", files: [("images.gz", gzip(images)), ("labels.gz", gzip(labels))]),
    Sample(scheme: "npy", files: [("x.npy", npy), ("y.npy", targets)]),
    Sample(scheme: "npz", files: [("points.npz", zip([("x.npy", npy), ("y.npy", targets)]))]),
    Sample(
      scheme: "cifar10", files: [("batch.bin", (0..<12).flatMap { [UInt8($0 % 10)] + [UInt8](repeating: UInt8(20 * $0), count: 3072) })]),
  ]

  static let npy = npy(shape: "12, 3", (0..<36).map { Double(($0 * 7) % 11) - 5 })

  private static let targets = npy(shape: "12,", (0..<12).map { Double($0 % 2) })
  private static let csv = Array((0..<12).map { "\(Double($0) / 4),\(($0 * 5) % 7),\($0 % 2)\n" }.joined().utf8)
  private static let images: [UInt8] = [0, 0, 8, 3, 0, 0, 0, 12, 0, 0, 0, 2, 0, 0, 0, 2] + (0..<48).map { UInt8(($0 * 37) % 256) }
  private static let labels: [UInt8] = [0, 0, 8, 1, 0, 0, 0, 12] + (0..<12).map { UInt8($0 % 3) }

  private static func npy(shape: String, _ values: [Double]) -> [UInt8] {
    let text = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(shape)), }"
    let header = text + String(repeating: " ", count: 117 - text.count) + "\n"
    let bytes = values.flatMap { value in (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt64($0))) } }
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + bytes
  }

  /// One stored block.
  ///
  /// Source: RFC 1951 and 1952.
  private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1]
    return header + little(bytes.count, 2) + little(~bytes.count, 2) + bytes + little(crc32(bytes), 4) + little(bytes.count, 4)
  }

  /// Stored members.
  ///
  /// Source: PKWARE, .ZIP File Format Specification, 4.3.
  private static func zip(_ members: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    var file: [UInt8] = [], directory: [UInt8] = []
    for (name, bytes) in members {
      let sizes = little(crc32(bytes), 4) + little(bytes.count, 4) + little(bytes.count, 4) + little(name.utf8.count, 2) + little(0, 2)
      let common = little(20, 2) + [UInt8](repeating: 0, count: 8) + sizes
      directory +=
        little(0x0201_4B50, 4) + little(20, 2) + common + [UInt8](repeating: 0, count: 10) + little(file.count, 4) + Array(name.utf8)
      file += little(0x0403_4B50, 4) + common + Array(name.utf8) + bytes
    }
    let counts = little(0, 4) + little(members.count, 2) + little(members.count, 2)
    return file + directory + little(0x0605_4B50, 4) + counts + little(directory.count, 4) + little(file.count, 4) + little(0, 2)
  }

  private static func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

  private static func crc32(_ bytes: [UInt8]) -> Int {
    var crc: UInt32 = .max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
    }
    return Int(~crc)
  }
}

extension Samples {
  /// A report of `isthmus bench --json` with five rounds of one case.
  static let report = """
    {"version":1,"date":"2026-01-01T00:00:00Z","revision":"a","environment":{"processors":"2","othersBusy":"0.5","governor":"powersave"},
    "devices":[{"description":{"backend":"cpu","identifier":"cpu","name":"p","driver":"avx2","precisions":["float64"],"memoryBytes":1,
    "largestAllocationBytes":0,"isGPU":false},"multiplyAddsPerSecond":{"float64":1e9},"bytesPerSecond":1e9}],
    "rows":[{"family":"gemm","variant":"","sizes":[{"name":"n","value":8}],"name":"gemm n8","device":"cpu","driver":"avx2",
    "precision":"float64","seconds":[1,1.5,1.25,1,1,1.75],"rounds":[1,1,1,1,2]}]}
    """
}
