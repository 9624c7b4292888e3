import Datasets
import Testing

/// A file of another format is named by every reader, and not called cut off.
@Suite struct ForeignFormatTests {
  let directory: TemporaryDirectory
  init() throws { directory = try TemporaryDirectory() }

  private static let zeros = [UInt8](repeating: 0, count: 600)
  private static let files: [(name: String, bytes: [UInt8])] = [
    (
      "a pointer of Git LFS, not the data",
      Array(
        "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
          .utf8)
    ),
    ("a tar archive", Array("cifar-10-batches-bin/".utf8) + [UInt8](repeating: 0, count: 236) + Array("ustar\0".utf8) + zeros),
    ("a zip archive", [0x50, 0x4B, 3, 4] + zeros), ("a pickle of Python", [0x80, 3, 0x7D, 0x71, 0] + zeros),
    ("a pickle of Python", [0x80, 2, 0x7D, 0x71, 1] + zeros), ("an HDF5 file", [0x89] + Array("HDF\r\n\u{1A}\n".utf8) + zeros),
    ("a MATLAB file", Array("MATLAB 5.0 MAT-file, Platform: GLNXA64".utf8) + zeros),
    ("a Parquet file", Array("PAR1".utf8) + [0x15, 4] + zeros),
    ("a web page (HTML)", Array("\n <!DOCTYPE HTML>\n<html><head>".utf8)), ("a web page (HTML)", Array("\u{FEFF}<HTML lang=\"en\">".utf8)),
    ("an XML text", Array("<?xml version=\"1.0\"?><Error>".utf8)), ("a JSON text", Array("{\"message\": \"Not Found\"}".utf8)),
    ("an xz file", [0xFD] + Array("7zXZ\0".utf8) + zeros), ("a bzip2 file", Array("BZh91AY&SY".utf8) + zeros),
    ("a Zstandard file", [0x28, 0xB5, 0x2F, 0xFD] + zeros), ("a PNG image", [0x89] + Array("PNG\r\n\u{1A}\n".utf8) + zeros),
    ("a JPEG image", [0xFF, 0xD8, 0xFF, 0xE0] + zeros), ("text in UTF-16", [0xFF, 0xFE, 0x31, 0, 0x2C, 0, 0x32, 0]),
  ]

  @Test(arguments: files.indices, [false, true]) func everyReaderNamesIt(index: Int, isCompressed: Bool) throws {
    let (name, bytes) = Self.files[index]
    let path = try directory.write("data", isCompressed ? gzip(bytes) : bytes)
    let sound = try directory.write("labels", idx([2], [0, 1]))
    var sources: [DataSource] = [
      .idx(images: path, labels: sound, test: nil), .cifar10(paths: [path]), .csv(file: path, testFile: nil, target: nil, hasHeader: nil),
    ]
    // An archive of arrays is what these two read.
    if name != "a zip archive" {
      sources += [.npy(inputs: path, targets: path, test: nil), .npz(file: path, train: nil, test: nil)]
    }
    for source in sources {
      guard case .foreignFormat(path, _, name, _) = try refusal({ try source.load() }) else {
        Issue.record("\(name) as \(source): \(String(describing: try refusal({ try source.load() })))")
        continue
      }
    }
  }

  @Test func filesOfThisProgramAreNamedToo() throws {
    let npy = try directory.write("x.npy", NumPyArray(shape: [2, 1], elements: [1, 2]).encoded())
    let images = try directory.write("images", idx([2, 2, 1], [1, 2, 3, 4]))
    func found(_ source: DataSource) throws -> String? {
      if case .foreignFormat(_, _, let found, _) = try refusal({ try source.load() }) { found } else { nil }
    }
    #expect(try found(.csv(file: npy, testFile: nil, target: nil, hasHeader: nil)) == "a NumPy array (.npy)")
    #expect(try found(.cifar10(paths: [npy])) == "a NumPy array (.npy)")
    #expect(try found(.idx(images: npy, labels: npy, test: nil)) == "a NumPy array (.npy)")
    #expect(try found(.npy(inputs: images, targets: images, test: nil)) == "an IDX file of images")
    let twice = try directory.write("twice.gz", gzip(gzip([1, 2, 3])))
    #expect(try found(.csv(file: twice, testFile: nil, target: nil, hasHeader: nil)) == "a gzip file, compressed twice")
  }

  @Test func aFileOfCIFAR100IsNamed() throws {
    let record = [3, 50] + [UInt8](repeating: 0, count: 3072)
    for bytes in [record, record + record, (0..<30).flatMap { _ in record }] {
      for bytes in [bytes, bytes.count < 65536 ? gzip(bytes) : bytes] {
        let path = try directory.write("train.bin", bytes)
        guard
          case .foreignFormat(path, _, "a file of CIFAR-100 (records of 3074 bytes, with two labels)", _) = try refusal({
            try DataSource.cifar10(paths: [path]).load()
          })
        else {
          Issue.record("\(bytes.count) bytes of CIFAR-100 were not named")
          continue
        }
      }
    }
  }

  @Test func textAndNumbersThatLookLikeAFormatAreRead() throws {
    for text in ["PAR1,b\n1,2\n", "BZh9,b\n1,2\n", "version,b\n1,2\n", "MATLAB,b\n1,2\n", "ARROW1,ustar\n1,2\n"] {
      let path = try directory.write("data.csv", text)
      #expect(try DataSource.csv(file: path, testFile: nil, target: nil, hasHeader: nil).load().train.values == [2], "\(text)")
    }
    // A record of CIFAR-10 whose label and first pixels are the magic number of IDX.
    let path = try directory.write("batch.bin", [0, 0, 8, 3] + [UInt8](repeating: 7, count: 3069))
    #expect(try DataSource.cifar10(paths: [path]).load().train.count == 1)
  }

  @Test func foldersOfOtherKindsAreNamed() throws {
    func found(_ files: [String], _ scheme: String) throws -> (found: String, advice: String)? {
      let folder = try TemporaryDirectory()
      for file in files { _ = try folder.write(file, [1]) }
      guard case .foreignFormat(_, _, let found, let advice) = try refusal({ try DataSource.parse("\(scheme):\(folder.path)").load() })
      else { return nil }
      return (found, advice)
    }
    #expect(try found(["data_batch_1", "test_batch", "batches.meta"], "cifar10")?.found == "the Python version of CIFAR-10 (pickles)")
    #expect(try found(["cifar-10-batches-py/data_batch_1"], "cifar10")?.advice.contains("cifar-10-binary.tar.gz") == true)
    #expect(try found(["train.bin", "test.bin", "fine_label_names.txt"], "cifar10")?.found == "CIFAR-100")
    #expect(try found(["cat/1.png", "dog/2.png"], "mnist")?.found == "folders of images, as for torchvision's ImageFolder")
    #expect(try found(["data_batch_1.bin"], "mnist")?.found == "CIFAR-10")
    #expect(try found(["cifar-10-binary.tar.gz"], "cifar10")?.found == "an archive, cifar-10-binary.tar.gz")
  }
}
