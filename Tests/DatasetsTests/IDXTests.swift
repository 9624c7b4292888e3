import Datasets
import Testing

@Suite struct IDXTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private func read(_ bytes: [UInt8]) throws(DatasetError) -> ArrayFile {
    try IDXReader.read(DataStream(path: "file", bytes: bytes))
  }

  private func load(_ images: [UInt8], _ labels: [UInt8]) throws -> Dataset {
    try DataSource.idx(images: directory.write("images", images), labels: directory.write("labels", labels), test: nil).load().train
  }

  @Test func imagesAndLabelsAreRead() throws {
    let images = idx([2, 2, 3], [UInt8](1...12))
    let labels = idx([2], [4, 0])
    for (images, labels) in [(images, labels), (gzip(images), gzip(labels))] {
      let data = try load(images, labels)
      #expect(data.inputs == (1...12).map(Double.init))
      #expect(data.imageShape == ImageShape(channels: 1, height: 2, width: 3))
      #expect(data.labels == [1, 0])
      #expect(data.classNumbers == [0, 4])
      #expect(data.labelCounts == [1, 1])
    }
  }

  @Test(
    arguments: [
      (0x09, [0xFF, 0x02], [-1, 2]), (0x0B, [0xFF, 0xFE, 0x01, 0x00], [-2, 256]),
      (0x0C, [0xFF, 0xFF, 0xFF, 0xFD, 0, 1, 0, 0], [-3, 65536]), (0x0D, [0x3F, 0xC0, 0, 0, 0xC0, 0, 0, 0], [1.5, -2]),
      (0x0E, [0x3F, 0xF8, 0, 0, 0, 0, 0, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0], [1.5, -2]),
    ] as [(UInt8, [UInt8], [Double])])
  func everyElementTypeIsBigEndian(type: UInt8, bytes: [UInt8], expected: [Double]) throws {
    let array = try read(idx(type: type, [2], bytes))
    #expect(array.storage.all == expected)
  }

  @Test func aFileOfAnotherFormatIsRefused() {
    for bytes in [[0x12, 0x50, 0x4E, 0x47], [0, 0, 7, 1, 0, 0, 0, 1, 5], [0, 0, 8, 0, 1]] as [[UInt8]] {
      let found = bytes.prefix(4).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
      #expect {
        _ = try read(bytes)
      } throws: { error in
        if case .wrongMagic("file", _, _, found) = error as? DatasetError { true } else { false }
      }
    }
  }

  @Test func everyCutAndEveryExtraByteIsFound() {
    let sound = idx([2, 2], [1, 2, 3, 4])
    for length in 1..<sound.count {
      let expected = length < 4 ? 4 : length < 12 ? 12 : 16
      #expect(throws: DatasetError.truncated(path: "file", expected: expected, found: length)) {
        try read(Array(sound[..<length]))
      }
    }
    #expect(throws: DatasetError.trailingBytes(path: "file", expected: 16, found: 17)) { try read(sound + [0]) }
  }

  @Test func absurdSizesAllocateNothing() {
    // 2^32 - 1 in every dimension: one dimension is merely missing 4 GiB, three overflow 64 bits.
    let largest = 0xFFFF_FFFF
    #expect(throws: DatasetError.truncated(path: "file", expected: 8 + largest, found: 9)) { try read(idx([largest], [0])) }
    #expect {
      _ = try read(idx(type: 0x0E, [largest, largest, largest], [0]))
    } throws: { error in
      if case .invalidHeader = error as? DatasetError { true } else { false }
    }
  }

  @Test func imagesAndLabelsMustBelongTogether() throws {
    let images = "\(directory.path)/images"
    let labels = "\(directory.path)/labels"
    #expect(throws: DatasetError.countMismatch(first: images, firstCount: 2, second: labels, secondCount: 3)) {
      try load(idx([2, 1], [1, 2]), idx([3], [0, 1, 2]))
    }
    #expect(throws: DatasetError.noPoints(name: images)) { try load(idx([0, 3, 3], []), idx([0], [])) }
    #expect(
      throws: DatasetError.unsupported(
        path: labels, format: "IDX labels", found: "shape [1, 1]", supported: "one dimension (or QMNIST's 8 columns)")
    ) {
      try load(idx([1, 1], [1]), idx([1, 1], [1]))
    }
    #expect(throws: DatasetError.unsupported(path: images, format: "IDX images", found: "1 dimensions", supported: "at least 2 dimensions"))
    {
      try load(idx([1], [1]), idx([1], [1]))
    }
  }

  @Test func labelsMustBeClasses() throws {
    let labels = "\(directory.path)/labels"
    let images = idx([2, 1], [1, 2])
    #expect(throws: DatasetError.invalidLabel(path: labels, place: "entry 1 (from 0)", found: "-1")) {
      try load(images, idx(type: 0x09, [2], [0, 0xFF]))
    }
    #expect(throws: DatasetError.invalidLabel(path: labels, place: "entry 0 (from 0)", found: "65536")) {
      try load(images, idx(type: 0x0C, [2], [0, 1, 0, 0, 0, 0, 0, 0]))
    }
    #expect(throws: DatasetError.invalidLabel(path: labels, place: "entry 0 (from 0)", found: "1.5")) {
      try load(images, idx(type: 0x0D, [2], [0x3F, 0xC0, 0, 0, 0, 0, 0, 0]))
    }
    // NaN and infinity, in labels and in images.
    let name = "\(directory.path)/images"
    for (bits, found) in [([0x7F, 0xC0, 0, 0], "nan"), ([0x7F, 0x80, 0, 0], "inf")] as [([UInt8], String)] {
      #expect(throws: DatasetError.invalidLabel(path: labels, place: "entry 1 (from 0)", found: found)) {
        try load(images, idx(type: 0x0D, [2], [0, 0, 0, 0] + bits))
      }
      #expect(throws: DatasetError.notFinite(name: name, row: 1, column: 0)) {
        try load(idx(type: 0x0D, [2, 1], [0, 0, 0, 0] + bits), idx([2], [0, 1]))
      }
    }
    // 1e19 and 1e300, which no whole number of the machine is.
    for (bits, found) in [(1e19, "1e+19"), (1e300, "1e+300"), (-1e300, "-1e+300")] {
      let bytes = withUnsafeBytes(of: bits.bitPattern.bigEndian) { Array($0) }
      #expect(throws: DatasetError.invalidLabel(path: labels, place: "entry 0 (from 0)", found: found)) {
        try load(idx([1, 1], [1]), idx(type: 0x0E, [1], bytes))
      }
    }
  }

  @Test func labelsOfQMNISTBeginWithTheClass() throws {
    let labels = idx(type: 0x0C, [2, 8], (0..<16).flatMap { [0, 0, 0, UInt8($0 == 0 ? 7 : $0 == 8 ? 3 : 99)] })
    let data = try load(idx([2, 1], [1, 2]), labels)
    #expect(data.classNames == ["3", "7"])
    #expect(data.labels == [1, 0])
  }
}
