/// Files of formats that are not the one that was expected, recognised by how they begin, so that they are named and not called damaged.
struct ForeignFormat: Equatable {
  let name: String
  let advice: String

  private static let convert = "Save the arrays with numpy.savez(\"data.npz\", x=inputs, y=targets) and name npz:data.npz"

  private static let binary: [(offset: Int, magic: [UInt8], format: ForeignFormat)] = [
    (0, [0x93] + Array("NUMPY".utf8), .init(name: "a NumPy array (.npy)", advice: "Name it as npy:INPUTS,TARGETS")),
    (0, ZipArchive.magic, .init(name: "a zip archive", advice: "NumPy's archives (.npz) are named as npz:FILE; unpack others")),
    (0, [0x50, 0x4B, 0x05, 0x06], .init(name: "an empty zip archive", advice: "Write it again")),
    (0, [0x1F, 0x8B], .init(name: "a gzip file, compressed twice", advice: "Decompress it once with gzip -d")),
    (0, [0xFD] + Array("7zXZ".utf8) + [0], .init(name: "an xz file", advice: "Decompress it with xz -d")),
    (0, [0x28, 0xB5, 0x2F, 0xFD], .init(name: "a Zstandard file", advice: "Decompress it with zstd -d")),
    (0, [0x04, 0x22, 0x4D, 0x18], .init(name: "an LZ4 file", advice: "Decompress it with lz4 -d")),
    (0, [0x1F, 0x9D], .init(name: "a compress file (.Z)", advice: "Decompress it with gzip -d")),
    (4, Array("1AY&SY".utf8), .init(name: "a bzip2 file", advice: "Decompress it with bzip2 -d")),
    (0, Array("7z".utf8) + [0xBC, 0xAF, 0x27, 0x1C], .init(name: "a 7z archive", advice: "Unpack it")),
    (0, Array("Rar!".utf8) + [0x1A], .init(name: "a RAR archive", advice: "Unpack it")),
    (257, Array("ustar".utf8), .init(name: "a tar archive", advice: "Unpack it with tar -xf and name what it holds")),
    (0, [0x89] + Array("HDF".utf8), .init(name: "an HDF5 file", advice: convert)),
    (0, Array("MATLAB 5.0 MAT-file".utf8), .init(name: "a MATLAB file", advice: convert)),
    (0, Array("MATLAB 7.3 MAT-file".utf8), .init(name: "a MATLAB file (HDF5)", advice: convert)),
    (0, Array("PAR1".utf8) + [0x15], .init(name: "a Parquet file", advice: "Save it as CSV or as NumPy arrays")),
    (0, Array("ARROW1".utf8) + [0], .init(name: "an Arrow file", advice: "Save it as CSV or as NumPy arrays")),
    (0, Array("SQLite format 3".utf8) + [0], .init(name: "an SQLite database", advice: "Save a table as CSV")),
    (0, [0xD0, 0xCF, 0x11, 0xE0], .init(name: "a file of Microsoft Office", advice: "Save it as CSV")),
    (0, Array("CDF".utf8) + [1], .init(name: "a NetCDF file", advice: convert)),
    (0, Array("CDF".utf8) + [2], .init(name: "a NetCDF file", advice: convert)),
    (0, [0x89] + Array("PNG".utf8), .init(name: "a PNG image", advice: "Collect the images in an array. \(convert)")),
    (0, [0xFF, 0xD8, 0xFF], .init(name: "a JPEG image", advice: "Collect the images in an array. \(convert)")),
    (0, Array("%PDF-".utf8), .init(name: "a PDF file", advice: "Check the path")),
    (0, [0x7F] + Array("ELF".utf8), .init(name: "a program", advice: "Check the path")),
    (0, [0xFF, 0xFE], .init(name: "text in UTF-16", advice: "Save it as UTF-8")),
    (0, [0xFE, 0xFF], .init(name: "text in UTF-16", advice: "Save it as UTF-8")),
    (
      0, [0, 0, 0x08, 0x01],
      .init(name: "an IDX file of labels", advice: "Name images and labels as idx:IMAGES,LABELS, or their folder as mnist:FOLDER")
    ),
    (
      0, [0, 0, 0x08, 0x03],
      .init(name: "an IDX file of images", advice: "Name images and labels as idx:IMAGES,LABELS, or their folder as mnist:FOLDER")
    ),
  ]

  private static let texts: [(beginning: String, format: ForeignFormat)] = [
    (
      "version https://git-lfs",
      .init(name: "a pointer of Git LFS, not the data", advice: "Fetch the data with git lfs pull in the repository")
    ),
    ("<!doctype html", .init(name: "a web page (HTML)", advice: "The download gave a page in place of the data. Fetch it again")),
    ("<html", .init(name: "a web page (HTML)", advice: "The download gave a page in place of the data. Fetch it again")),
    ("<?xml", .init(name: "an XML text", advice: "Fetch the data again, or convert them")),
    ("{\"", .init(name: "a JSON text", advice: "Fetch the data again, or convert them")),
    ("[{", .init(name: "a JSON text", advice: "Fetch the data again, or convert them")),
  ]

  /// How many bytes are looked at.
  static let prefixLength = 512

  /// - Parameter beginning: the first `prefixLength` bytes, or fewer at the end.
  static func recognise(_ beginning: ArraySlice<UInt8>) -> ForeignFormat? {
    if let found = binary.first(where: { beginning.dropFirst($0.offset).starts(with: $0.magic) }) {
      // Text may hold the magic of an archive by chance, an archive is no text.
      return found.offset == 0 || beginning.contains(where: { $0 == 0 || $0 > 0x7F }) ? found.format : nil
    }
    // Protocols 2 to 5 of Python's pickles, PyTorch's old files among them.
    if beginning.count >= 2, beginning.starts(with: [0x80]), (2...5).contains(beginning[beginning.startIndex + 1]) {
      return .init(name: "a pickle of Python", advice: "Load it in Python. \(convert)")
    }
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (9...13).contains($0) }
    let text = (beginning.starts(with: [0xEF, 0xBB, 0xBF]) ? beginning.dropFirst(3) : beginning).drop(while: isSpace)
    return texts.first { text.prefix($0.beginning.utf8.count).map(lowercase) == Array($0.beginning.utf8) }?.format
  }

  private static func lowercase(_ byte: UInt8) -> UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte }
}

extension DataStream {
  /// The format of contents that are not those of `format`, or nil for an unknown one.
  func foreign(_ format: String) throws(DatasetError) -> DatasetError? {
    guard let found = try ForeignFormat.recognise(peek(ForeignFormat.prefixLength)) else { return nil }
    return .foreignFormat(path: path, expected: format, found: found.name, advice: found.advice)
  }
}
