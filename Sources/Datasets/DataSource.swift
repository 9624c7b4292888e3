/// Names data the way the command line and the manifests do: a short text such as `digits` or `mnist:DIR`.
///
/// The text of a source is canonical: parsing `description` gives an equal source. Paths are kept as given. Commas separate; a comma or
/// a backslash inside a path is written `\,` and `\\`.
public enum DataSource: Sendable, Hashable, CustomStringConvertible {
  /// The digits of 8 x 8 pixels that come with the library.
  case digits
  /// A directory with files named like MNIST's, as MNIST, Fashion-MNIST and EMNIST have them.
  ///
  /// `split` chooses by the beginning of the names, where there are several sets: `letters` of EMNIST.
  case mnist(directory: String, split: String? = nil)
  /// Files in the IDX format.
  case idx(images: String, labels: String, test: TestFiles?)
  /// Files of CIFAR-10 records, or one directory of them. Files whose names begin with `test` are the test set.
  case cifar10(paths: [String])
  /// Comma-separated values. `target` names a column, or gives its number from 1; nil is the last.
  case csv(file: String, testFile: String?, target: String?, hasHeader: Bool?)
  /// Two NumPy arrays: inputs `[count, ...]` and labels or values `[count]` or `[count, outputs]`.
  case npy(inputs: String, targets: String, test: TestFiles?)
  /// An archive of NumPy arrays. Without names those in use are looked for: `x`, `y`; `x_train`, `y_train`, `x_test`, `y_test`; `arr_0`,
  /// `arr_1` and others.
  case npz(file: String, train: ArrayNames?, test: ArrayNames?)
  /// Points drawn from a normal distribution, with the sign of a product to be learnt.
  case gaussian(GaussianTeacher)

  /// The two files of a test set.
  public struct TestFiles: Sendable, Hashable {
    /// Path of the file of inputs.
    public let inputs: String
    /// Path of the file of targets.
    public let targets: String

    public init(inputs: String, targets: String) {
      (self.inputs, self.targets) = (inputs, targets)
    }
  }

  /// Names of the two arrays of a set in an archive.
  public struct ArrayNames: Sendable, Hashable {
    /// Name of the array of inputs.
    public let inputs: String
    /// Name of the array of targets.
    public let targets: String

    public init(inputs: String, targets: String) {
      (self.inputs, self.targets) = (inputs, targets)
    }
  }

  /// One line per form of the text, for help.
  public static let knownForms = [
    "digits",
    "mnist:DIR[,split=NAME] (train-images-idx3-ubyte[.gz] and so on; Fashion-MNIST, KMNIST, QMNIST and EMNIST too, also as torchvision "
      + "puts them; split=letters of EMNIST)",
    "idx:IMAGES,LABELS[,TESTIMAGES,TESTLABELS]",
    "cifar10:DIR or cifar10:FILE[,FILE...] (binary version; files named test... are the test set)",
    "csv:FILE[,TESTFILE][,target=COLUMN][,header=yes|no] (the last column is the target; COLUMN is a name or a number from 1)",
    "npy:X.npy,Y.npy[,TESTX.npy,TESTY.npy]",
    "npz:FILE[,x=NAME,y=NAME[,testx=NAME,testy=NAME]] (without names: x and y, x_train, y_train, x_test and y_test, or others in use)",
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
    if arguments.contains(where: \.isEmpty), ["mnist", "idx", "cifar10", "csv", "npy", "npz", "gaussian"].contains(scheme) {
      throw .invalidSource(text: text, reason: "expected a file or setting, found nothing where one is due")
    }
    switch scheme {
    case "digits" where colon == nil:
      return .digits
    case "mnist":
      let settings = try Settings(arguments, known: ["split"], of: text)
      guard settings.paths.count == 1 else {
        throw .invalidSource(text: text, reason: "expected one directory, found \(settings.paths.count)")
      }
      return .mnist(directory: settings.paths[0], split: settings["split"])
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
    case "npz":
      return try parseNPZ(text, arguments)
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
    case .mnist(let directory, let split): join("mnist", [directory], [split.map { "split=\($0)" }])
    case .idx(let images, let labels, let test): join("idx", [images, labels, test?.inputs, test?.targets])
    case .cifar10(let paths): join("cifar10", paths)
    case .csv(let file, let testFile, let target, let hasHeader):
      join("csv", [file, testFile], [target.map { "target=\($0)" }, hasHeader.map { "header=\($0 ? "yes" : "no")" }])
    case .npy(let inputs, let targets, let test): join("npy", [inputs, targets, test?.inputs, test?.targets])
    case .npz(let file, let train, let test):
      join(
        "npz", [file],
        [
          train.map { "x=\($0.inputs)" }, train.map { "y=\($0.targets)" }, test.map { "testx=\($0.inputs)" },
          test.map { "testy=\($0.targets)" },
        ])
    case .gaussian(let teacher):
      "gaussian:features=\(teacher.features),degree=\(teacher.degree),count=\(teacher.count),seed=\(teacher.seed)"
    }
  }

  private static func parseCSV(_ text: String, _ arguments: [String]) throws(DatasetError) -> DataSource {
    let settings = try Settings(arguments, known: ["target", "header"], of: text)
    guard ["yes", "no", nil].contains(settings["header"]) else {
      throw .invalidSource(text: text, reason: "expected header=yes or header=no, found 'header=\(settings["header"] ?? "")'")
    }
    let files = settings.paths
    guard files.count == 1 || files.count == 2 else {
      throw .invalidSource(text: text, reason: "expected one file, or two with a test set, found \(files.count)")
    }
    return .csv(
      file: files[0], testFile: files.count == 2 ? files[1] : nil, target: settings["target"],
      hasHeader: settings["header"].map { $0 == "yes" })
  }

  private static func parseNPZ(_ text: String, _ arguments: [String]) throws(DatasetError) -> DataSource {
    let settings = try Settings(arguments, known: ["x", "y", "testx", "testy"], of: text)
    guard settings.paths.count == 1 else { throw .invalidSource(text: text, reason: "expected one file, found \(settings.paths.count)") }
    func names(_ inputs: String, _ targets: String) throws(DatasetError) -> ArrayNames? {
      switch (settings[inputs], settings[targets]) {
      case (nil, nil): return nil
      case (let inputs?, let targets?): return ArrayNames(inputs: inputs, targets: targets)
      default: throw .invalidSource(text: text, reason: "expected both \(inputs)= and \(targets)=, found one")
      }
    }
    let (train, test) = (try names("x", "y"), try names("testx", "testy"))
    guard train != nil || test == nil else { throw .invalidSource(text: text, reason: "expected x= and y= beside testx= and testy=") }
    return .npz(file: settings.paths[0], train: train, test: test)
  }

  /// Arguments of a source: paths, and settings such as `target=y`.
  private struct Settings {
    private(set) var paths: [String] = []
    private var values: [String: String] = [:]

    init(_ arguments: [String], known: [String], of text: String) throws(DatasetError) {
      for argument in arguments {
        guard let name = known.first(where: { argument.hasPrefix("\($0)=") }) else {
          paths.append(argument)
          continue
        }
        let value = String(argument.dropFirst(name.count + 1))
        guard !value.isEmpty, values.updateValue(value, forKey: name) == nil else {
          throw .invalidSource(text: text, reason: "expected one \(name)=…, found '\(argument)'")
        }
      }
    }

    subscript(name: String) -> String? { values[name] }
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

  /// Parses the text as `parse` does, without its reason: nil where that throws.
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
