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
  public var seeds: [String: UInt64] = [:]
  public var device = ""
  public var precision = ""
  /// What was asked for and could not be had, with what was used instead.
  public var fallbacks: [String] = []
  public var sourceRevision = ""
  /// Versions of what the numbers depend on: the program, compiler, drivers, libraries.
  public var versions: [String: String] = [:]
  /// SHA-256 or the like of each data file, by name. A continued run must find the same data.
  public var dataChecksums: [String: String] = [:]

  /// - Throws: `ResultsError.cannotEncode` where `identity` or `parameters` cannot be written as JSON.
  public init(experiment: String, identity: some Encodable, parameters: some Encodable) throws(ResultsError) {
    self.experiment = experiment
    self.identity = try JSONValue(encoding: identity, what: "identity")
    self.parameters = try JSONValue(encoding: parameters, what: "parameters")
  }

  /// The first 48 bits of the SHA-256 digest of the identity's canonical JSON, as 12 hexadecimal digits. Equal on every machine.
  public var runID: String { String(SHA256.hexadecimalDigest(of: identity.canonicalText.utf8).prefix(12)) }
}
