/// Names data the way the command line and the manifests do: a short text such as `digits` or `mnist:DIR`.
///
/// The text of a source is canonical: parsing `description` gives an equal source. Paths are kept as given. Commas separate; a comma or
/// a backslash inside a path is written `\,` and `\\`.
public enum DataSource: Sendable, Hashable, CustomStringConvertible {
  /// The digits of 8 x 8 pixels that come with the library.
  case digits
  /// A directory with files named like MNIST's, as MNIST, Fashion-MNIST and EMNIST have them.
  case mnist(directory: String)
  /// Files in the IDX format.
  case idx(images: String, labels: String, test: TestFiles?)
  /// Files of CIFAR-10 records, or one directory of them. Files whose names begin with `test` are the test set.
  case cifar10(paths: [String])
  /// Comma-separated values. `target` names a column, or gives its number from 1; nil is the last.
  case csv(file: String, testFile: String?, target: String?, hasHeader: Bool?)
  /// Two NumPy arrays: inputs `[count, ...]` and labels or values `[count]` or `[count, outputs]`.
  case npy(inputs: String, targets: String, test: TestFiles?)
  /// Points drawn from a normal distribution, with the sign of a product to be learnt.
  case gaussian(GaussianTeacher)

  /// The two files of a test set.
  public struct TestFiles: Sendable, Hashable {
    public let inputs: String
    public let targets: String

    public init(inputs: String, targets: String) {
      (self.inputs, self.targets) = (inputs, targets)
    }
  }

  /// One line per form of the text, for help.
  public static let knownForms = [
    "digits",
    "mnist:DIR (train-images-idx3-ubyte[.gz] and so on; Fashion-MNIST and EMNIST too)",
    "idx:IMAGES,LABELS[,TESTIMAGES,TESTLABELS]",
    "cifar10:DIR or cifar10:FILE[,FILE...] (files named test... are the test set)",
    "csv:FILE[,TESTFILE][,target=COLUMN][,header=yes|no]",
    "npy:X.npy,Y.npy[,TESTX.npy,TESTY.npy]",
    "gaussian[:features=10,degree=2,count=10000,seed=0]",
    "DIR, with a slash in it, for mnist:DIR",
  ]

  /// Reads the text; no file is touched.
  ///
  /// - Throws: `DatasetError.unknownSource`, `.invalidSource`, or `.invalidParameter` for a synthetic source.
  public static func parse(_ text: String) throws(DatasetError) -> DataSource {
    let colon = text.firstIndex(of: ":")
    let scheme = String(text[..<(colon ?? text.endIndex)])
    let arguments = colon.map { splitArguments(text[text.index(after: $0)...]) } ?? []
    if arguments.contains(where: \.isEmpty), ["mnist", "idx", "cifar10", "csv", "npy", "gaussian"].contains(scheme) {
      throw .invalidSource(text: text, reason: "expected a file or setting, found nothing where one is due")
    }
    switch scheme {
    case "digits" where colon == nil:
      return .digits
    case "mnist":
      guard arguments.count == 1 else {
        throw .invalidSource(text: text, reason: "expected one directory, found \(arguments.count) arguments")
      }
      return .mnist(directory: arguments[0])
    case "idx", "npy":
      guard arguments.count == 2 || arguments.count == 4 else {
        throw .invalidSource(text: text, reason: "expected 2 files, or 4 with a test set, found \(arguments.count)")
      }
      let test = arguments.count == 4 ? TestFiles(inputs: arguments[2], targets: arguments[3]) : nil
      return scheme == "idx"
        ? .idx(images: arguments[0], labels: arguments[1], test: test)
        : .npy(inputs: arguments[0], targets: arguments[1], test: test)
    case "cifar10":
      guard !arguments.isEmpty else { throw .invalidSource(text: text, reason: "expected a directory or files, found none") }
      return .cifar10(paths: arguments)
    case "csv":
      return try parseCSV(text, arguments)
    case "gaussian":
      return .gaussian(try parseGaussian(text, arguments))
    default:
      guard text.contains("/") else { throw .unknownSource(text: text) }
      return .mnist(directory: text)
    }
  }

  /// The text that `parse` reads.
  public var description: String {
    func join(_ scheme: String, _ paths: [String?], _ settings: [String?] = []) -> String {
      "\(scheme):" + (paths + settings).compactMap { $0.map(Self.escaped) }.joined(separator: ",")
    }
    return switch self {
    case .digits: "digits"
    case .mnist(let directory): join("mnist", [directory])
    case .idx(let images, let labels, let test): join("idx", [images, labels, test?.inputs, test?.targets])
    case .cifar10(let paths): join("cifar10", paths)
    case .csv(let file, let testFile, let target, let hasHeader):
      join("csv", [file, testFile], [target.map { "target=\($0)" }, hasHeader.map { "header=\($0 ? "yes" : "no")" }])
    case .npy(let inputs, let targets, let test): join("npy", [inputs, targets, test?.inputs, test?.targets])
    case .gaussian(let teacher):
      "gaussian:features=\(teacher.features),degree=\(teacher.degree),count=\(teacher.count),seed=\(teacher.seed)"
    }
  }

  private static func parseCSV(_ text: String, _ arguments: [String]) throws(DatasetError) -> DataSource {
    var files: [String] = []
    var target: String?
    var hasHeader: Bool?
    for argument in arguments {
      if argument.hasPrefix("target=") {
        guard target == nil, argument.count > 7 else { throw .invalidSource(text: text, reason: "expected one target=COLUMN") }
        target = String(argument.dropFirst(7))
      } else if argument.hasPrefix("header=") {
        guard hasHeader == nil, ["header=yes", "header=no"].contains(argument) else {
          throw .invalidSource(text: text, reason: "expected header=yes or header=no, once, found '\(argument)'")
        }
        hasHeader = argument == "header=yes"
      } else {
        files.append(argument)
      }
    }
    guard files.count == 1 || files.count == 2 else {
      throw .invalidSource(text: text, reason: "expected one file, or two with a test set, found \(files.count)")
    }
    return .csv(file: files[0], testFile: files.count == 2 ? files[1] : nil, target: target, hasHeader: hasHeader)
  }

  private static func parseGaussian(_ text: String, _ arguments: [String]) throws(DatasetError) -> GaussianTeacher {
    let standard = try GaussianTeacher()
    var settings = [
      "features": UInt64(standard.features), "degree": UInt64(standard.degree), "count": UInt64(standard.count), "seed": standard.seed,
    ]
    var given: Set<String> = []
    for argument in arguments {
      let parts = argument.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, settings[parts[0]] != nil, let number = UInt64(parts[1]), given.insert(parts[0]).inserted else {
        throw .invalidSource(
          text: text, reason: "expected features=, degree=, count= or seed= with a whole number, each once, found '\(argument)'")
      }
      settings[parts[0]] = number
    }
    func size(_ name: String) -> Int { Int(clamping: settings[name] ?? 0) }
    return try GaussianTeacher(features: size("features"), degree: size("degree"), count: size("count"), seed: settings["seed"] ?? 0)
  }

  /// Splits at commas; a backslash takes the next character as it is.
  private static func splitArguments(_ text: Substring) -> [String] {
    var arguments = [""]
    var isEscaped = false
    for character in text {
      if isEscaped || character != "," && character != "\\" {
        arguments[arguments.count - 1].append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        arguments.append("")
      }
    }
    return arguments
  }

  private static func escaped(_ argument: String) -> String {
    argument.reduce(into: "") { $0 += $1 == "," || $1 == "\\" ? "\\\($1)" : String($1) }
  }
}

extension DataSource: RawRepresentable, Codable {
  public var rawValue: String { description }

  /// As `parse`, without its reason.
  public init?(rawValue: String) {
    guard let source = try? DataSource.parse(rawValue) else { return nil }
    self = source
  }

  /// Decodes the text; the error carries the reason of `parse`.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      self = try DataSource.parse(try container.decode(String.self))
    } catch let error as DatasetError {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: error.description)
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
