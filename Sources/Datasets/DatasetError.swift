/// What can be wrong with data: the file, its contents, or what was asked of it.
///
/// Every description says what was expected, what came, and what to do. Sizes are bytes, after decompression for gzip files.
public enum DatasetError: Error, Equatable, CustomStringConvertible {
  // The file system.
  /// Nothing lies at `path`.
  case fileNotFound(path: String)
  /// A file was expected at `path`; it is a directory.
  case isDirectory(path: String)
  /// `path` exists but could not be read (permissions, a device, an input error).
  case unreadable(path: String, reason: String)
  /// The file has no bytes.
  case emptyFile(path: String)
  /// A directory of data lacks files.
  case missingFiles(directory: String, expected: [String])
  /// A directory holds several candidates for one file.
  case ambiguousFiles(directory: String, role: String, candidates: [String])
  /// `path` could not be written.
  case unwritable(path: String, reason: String)

  // The bytes.
  /// A compressed stream is damaged: bad header, bad CRC, cut off, or followed by something else.
  case damagedStream(path: String, reason: String)
  /// A zip archive is damaged.
  case damagedArchive(path: String, reason: String)
  /// The file was changed or cut while it was read.
  case changedWhileRead(path: String)
  /// What the file holds needs more memory than there is. Sizes are bytes.
  case needsMemory(path: String, bytes: Int, available: Int)
  /// A file of another format, which is known.
  case foreignFormat(path: String, expected: String, found: String, advice: String)
  /// An archive has no array of this name, or two.
  case noArray(path: String, name: String, names: [String])
  /// An archive has several arrays, and none has a name that tells what it is.
  case severalArrays(path: String, names: [String])
  /// The first bytes are not those of the format.
  case wrongMagic(path: String, format: String, expected: String, found: String)
  /// The header has the right magic but no meaning.
  case invalidHeader(path: String, format: String, reason: String)
  /// A valid file of a type of number or a shape that cannot be used here.
  case unsupported(path: String, format: String, found: String, supported: String)
  /// The file ends before its header's (or its format's) count of bytes.
  case truncated(path: String, expected: Int, found: Int)
  /// The file goes on after its header's count of bytes. How far is not known of a compressed file.
  case trailingBytes(path: String, expected: Int, found: Int?)
  /// A line of a CSV file cannot be read. `line` counts from 1.
  case invalidLine(path: String, line: Int, reason: String)
  /// The first line of a CSV file may name the columns or be a point.
  case ambiguousHeader(path: String, reason: String)

  // The values.
  /// A file or set without a single data point.
  case noPoints(name: String)
  /// Two parts that must hold one entry per data point differ.
  case countMismatch(first: String, firstCount: Int, second: String, secondCount: Int)
  /// Two parts that must agree in shape differ.
  case shapeMismatch(first: String, firstShape: [Int], second: String, secondShape: [Int])
  /// A matrix has another shape than the one that its use needs.
  case wrongShape(path: String, expected: [Int], found: [Int])
  /// Entries (row, column) and (column, row) of a kernel matrix differ by more than `tolerance`. Both count from 0.
  case notSymmetric(path: String, row: Int, column: Int, entry: Double, transposed: Double, tolerance: Double)
  /// A kernel matrix gives a point a negative kernel with itself. The row counts from 0.
  case negativeDiagonal(path: String, row: Int, entry: Double)
  /// An entry of a kernel matrix is larger than √(K(x, x) K(y, y)) by more than `tolerance`. Row and column count from 0.
  case beyondSchwarz(path: String, row: Int, column: Int, entry: Double, bound: Double, tolerance: Double)
  /// A value is NaN or infinite. Row and column count from 0.
  case notFinite(name: String, row: Int, column: Int)
  /// What a file has for a label is none.
  case invalidLabel(path: String, place: String, found: String)
  /// A label outside the classes. `index` counts from 0.
  case labelOutOfRange(name: String, index: Int, label: Int, classCount: Int)
  /// An image has norm zero (after centring, where that was asked), so it cannot be scaled to a norm. `index` counts
  /// from 0, `line` from 1 where the data are lines of text.
  case zeroInput(name: String, index: Int, line: Int?, preparation: String)

  // The request.
  /// The text does not name a source of data.
  case unknownSource(text: String)
  /// The text names a source but its arguments are wrong.
  case invalidSource(text: String, reason: String)
  /// More points were asked for than there are.
  case tooManyPoints(name: String, requested: Int, available: Int, reason: String)
  /// A setting is outside its range.
  case invalidParameter(name: String, value: String, expected: String)
  /// A target needs class labels that the data does not have. `reason` names an entry that is no label.
  case noLabels(name: String, target: String, reason: String?)
  /// A target needs values that the data does not have.
  case noValues(name: String, target: String)

  public var description: String {
    switch self {
    case .fileNotFound(let path):
      "\(path): no such file or directory. Check the path; relative paths start at the working directory."
    case .isDirectory(let path):
      "\(path): expected a file, found a directory. Name a file in it; mnist:DIR and cifar10:DIR take directories."
    case .unreadable(let path, let reason):
      "\(path): expected a readable file, but \(reason). Check its permissions and kind."
    case .emptyFile(let path):
      "\(path): expected data, found 0 bytes. Fetch or write the file again."
    case .missingFiles(let directory, let expected):
      "\(directory): expected \(expected.joined(separator: ", ")) (or the same with .gz), not found. "
        + "Add the files or name them one by one, as idx:IMAGES,LABELS or cifar10:FILE,FILE."
    case .ambiguousFiles(let directory, let role, let candidates):
      "\(directory): expected one file of \(role), found \(candidates.joined(separator: ", ")). Name the files, as idx:IMAGES,LABELS."
    case .unwritable(let path, let reason):
      "\(path): cannot be written: \(reason). Check that its directory exists, may be written, and has room."
    case .damagedStream(let path, let reason):
      "\(path): expected a complete compressed stream, but \(reason). Fetch or write the file again."
    case .damagedArchive(let path, let reason):
      "\(path): expected a complete zip archive, but \(reason). Fetch or write the file again; `unzip -t` checks it."
    case .changedWhileRead(let path):
      "\(path): it was changed while it was read. Start again when it is complete."
    case .needsMemory(let path, let bytes, let available):
      "\(path): its numbers need \(bytes == Int.max ? "more memory than any machine has" : "\(Self.size(bytes)) of memory"), and "
        + "\(Self.size(available)) are available. Take a part of the data, or a machine (or a limit) with more."
    case .foreignFormat(let path, let expected, let found, let advice):
      "\(path): expected \(expected), found \(found). \(advice)."
    case .noArray(let path, let name, let names):
      "\(path): expected one array '\(name)', found \(names.joined(separator: ", ")). Name one that is there, once."
    case .severalArrays(let path, let names):
      "\(path): expected arrays x and y (or others in use, see `isthmus list data`), found \(names.joined(separator: ", ")). "
        + "Name them, as npz:FILE,x=NAME,y=NAME."
    case .wrongMagic(let path, let format, let expected, let found):
      "\(path): not \(format): expected it to begin with \(expected), found \(found). Check that this is the right file."
    case .invalidHeader(let path, let format, let reason):
      "\(path): not a valid header of \(format): \(reason). Write or fetch the file again."
    case .unsupported(let path, let format, let found, let supported):
      "\(path): expected \(format) of \(supported), found \(found). Convert the file."
    case .truncated(let path, let expected, let found):
      "\(path): expected \(expected) bytes, found \(found): the file is cut off. Fetch or write it again."
    case .trailingBytes(let path, let expected, let found):
      "\(path): expected \(expected) bytes, found \(found.map { "\($0): \($0 - expected) too many" } ?? "more"). "
        + "Its header or its contents are wrong; fetch or write it again."
    case .invalidLine(let path, let line, let reason):
      "\(path):\(line): \(reason). Correct the line."
    case .ambiguousHeader(let path, let reason):
      "\(path):1: this line may name the columns or be a point: \(reason). Add header=yes or header=no, as csv:FILE,header=yes."
    case .noPoints(let name):
      "\(name): expected at least one data point, found none. Check the file."
    case .countMismatch(let first, let firstCount, let second, let secondCount):
      "\(first) has \(firstCount) entries but \(second) has \(secondCount); expected one per data point in both. Check that they belong together."
    case .shapeMismatch(let first, let firstShape, let second, let secondShape):
      "\(first) has points of shape \(firstShape) but \(second) of \(secondShape); expected the same. Check that they belong together."
    case .wrongShape(let path, let expected, let found):
      "\(path): expected a matrix of shape \(expected), found \(found). Rows and columns are data points: compute it for the points "
        + "that are used, or use those that it has."
    case .notSymmetric(let path, let row, let column, let entry, let transposed, let tolerance):
      "\(path): entry (\(row), \(column)) (from 0) is \(entry) and entry (\(column), \(row)) is \(transposed); expected a difference of at most "
        + "\(tolerance). Check that rows and columns are the same points in the same order; against rounding, write (K + transpose(K))/2."
    case .negativeDiagonal(let path, let row, let entry):
      "\(path): entry (\(row), \(row)) is \(entry); expected a kernel, whose diagonal is at least 0. Check that the file is the kernel that it is given as."
    case .beyondSchwarz(let path, let row, let column, let entry, let bound, let tolerance):
      "\(path): entry (\(row), \(column)) is \(entry), beyond the root \(bound) of the product of entries (\(row), \(row)) and (\(column), \(column)) "
        + "by more than \(tolerance); no kernel is. Check the file, or compute it in float64."
    case .notFinite(let name, let row, let column):
      "\(name): value in row \(row), column \(column) (from 0) is not finite; expected numbers only. Remove or fill in such points."
    case .invalidLabel(let path, let place, let found):
      "\(path): expected class labels, whole numbers 0...\(Dataset.largestLabel), found \(found) as \(place). "
        + "Renumber the classes or check the file."
    case .labelOutOfRange(let name, let index, let label, let classCount):
      "\(name): label \(index) (from 0) is \(label); expected a class 0...\(classCount - 1). Renumber the classes or check the file."
    case .zeroInput(let name, let index, let line, let preparation):
      "\(name):\(line.map { "\($0): this point" } ?? " point \(index) (from 0)") is zero under preparation '\(preparation)' and cannot be scaled to norm sqrt(features). "
        + "Remove it, take more training points, or use preparation 'raw'."
    case .unknownSource(let text):
      "'\(text)' names no data. Known: \(DataSource.knownForms.joined(separator: "; ")). A directory needs a slash (./\(text))."
    case .invalidSource(let text, let reason):
      "'\(text)': \(reason). Known: \(DataSource.knownForms.joined(separator: "; "))."
    case .tooManyPoints(let name, let requested, let available, let reason):
      "\(requested) points asked of \(name), which has \(available)\(reason). Ask for fewer."
    case .invalidParameter(let name, let value, let expected):
      "\(name) is \(value); expected \(expected)."
    case .noLabels(let name, let target, let reason):
      "target '\(target)' needs class labels, whole numbers 0...\(Dataset.largestLabel), which \(name) does not have\(reason.map { ": \($0)" } ?? ""). "
        + "Use target 'regression' or 'random', or other data."
    case .noValues(let name, let target):
      "target '\(target)' needs values, which \(name) does not have. Use target 'parity' or 'onehot', or data from csv:, npy: or npz:."
    }
  }

  private static func size(_ bytes: Int) -> String {
    let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    var (number, unit) = (Double(bytes), 0)
    while number >= 999.5, unit < units.count - 1 { (number, unit) = (number / 1000, unit + 1) }
    return "\(shortest: number < 10 ? (10 * number).rounded() / 10 : number.rounded()) \(units[unit])"
  }
}
