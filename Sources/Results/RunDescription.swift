/// What a run is, known before its work starts.
///
/// Two runs with equal `identity` are the same run and share a folder; everything else may change when it is continued.
public struct RunDescription: Sendable {
  /// The experiment's name, part of the path.
  public let experiment: String
  /// What makes the run this run: parameters that change its numbers, seed, backend, device, precision; not the number of steps or draws.
  public let identity: JSONValue
  /// Every parameter, defaults included.
  public let parameters: JSONValue
  /// Seeds by name.
  public var seeds: [String: UInt64] = [:]
  /// Identifier of the device.
  public var device = ""
  /// Precision of the numbers.
  public var precision = ""
  /// What was asked for and could not be had, with what was used instead.
  public var fallbacks: [String] = []
  /// Revision of the program's sources.
  public var sourceRevision = ""
  /// Versions of what the numbers depend on: the program, compiler, drivers, libraries.
  public var versions: [String: String] = [:]
  /// What the bits of the numbers depend on beside the identity, by name. A continued run must find the same, unless it
  /// `continuesElsewhere`.
  public var numerics: [String: String] = [:]
  /// Keys of the identity that name the device.
  public var deviceKeys: Set<String> = []
  /// Goes on with a run of these settings that another device began, or whose `numerics` differ.
  public var continuesElsewhere = false
  /// SHA-256 or the like of each data file, by name. A continued run must find the same data.
  public var dataChecksums: [String: String] = [:]
  /// How the data were read where the files leave it open, such as which class is which output. A continued run must read them alike.
  public var dataNotes: [String] = []

  /// - Throws: `ResultsError.cannotEncode` where `identity` or `parameters` cannot be written as JSON.
  public init(experiment: String, identity: some Encodable, parameters: some Encodable) throws(ResultsError) {
    self.experiment = experiment
    self.identity = try JSONValue(encoding: identity, what: "identity")
    self.parameters = try JSONValue(encoding: parameters, what: "parameters")
  }

  /// Value in `numerics` for sizes of kernels that nobody measured.
  public static let ownTiles = "the device's own"

  /// A driver's text without a number of threads at its end, on which no bit depends.
  public static func withoutThreads(_ driver: String) -> String { driver.replacing(/, [0-9]+ threads?$/, with: "") }

  /// `identity`, which is an object, without what names the device.
  func withoutDevice(_ identity: JSONValue) -> JSONValue {
    guard let members = identity.members else { return identity }
    return .object(members.filter { !deviceKeys.contains($0.key) })
  }

  /// The first 48 bits of the SHA-256 digest of the identity's canonical JSON, as 12 hexadecimal digits. Equal on every machine.
  public var runID: String { String(SHA256.hexadecimalDigest(of: identity.canonicalText.utf8).prefix(12)) }
}
