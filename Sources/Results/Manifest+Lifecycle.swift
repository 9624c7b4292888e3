import Foundation

extension Manifest {
  /// ISO 8601 in UTC, to the second.
  static var now: String { Date().formatted(.iso8601) }

  /// A run that begins now.
  init(_ description: RunDescription) {
    experiment = description.experiment
    run = description.runID
    status = .running
    started = Manifest.now
    continued = []
    segments = []
    sourceRevision = description.sourceRevision
    identity = description.identity
    parameters = description.parameters
    seeds = description.seeds
    device = description.device
    precision = description.precision
    fallbacks = description.fallbacks
    versions = description.versions
    dataChecksums = description.dataChecksums
    dataNotes = description.dataNotes
    hostCores = ProcessInfo.processInfo.activeProcessorCount
  }

  /// The manifest of the run, continued now with what `description` may change.
  ///
  /// - Throws: `ResultsError.contradiction` where the experiment, the identity, the checksum of a data file or the reading of data
  ///   differs, `.otherNumerics` where bits would and the run is not to be continued all the same.
  func continued(by description: RunDescription, in directory: URL) throws(ResultsError) -> Manifest {
    func check(_ field: String, _ recorded: String, _ requested: String) throws(ResultsError) {
      guard recorded == requested else {
        throw .contradiction(directory: directory.path, field: field, recorded: recorded, requested: requested)
      }
    }
    try check("experiment", experiment, description.experiment)
    if description.continuesElsewhere {
      try check(
        "identity", description.withoutDevice(identity).canonicalText, description.withoutDevice(description.identity).canonicalText)
    } else {
      try check("identity", identity.canonicalText, description.identity.canonicalText)
    }
    for (name, checksum) in description.dataChecksums.sorted(by: { $0.key < $1.key }) {
      if let recorded = dataChecksums[name] { try check("checksum of \(name)", recorded, checksum) }
    }
    if let dataNotes { try check("reading of the data", dataNotes.joined(separator: "; "), description.dataNotes.joined(separator: "; ")) }
    let differences = differences(from: description.numerics)
    guard differences.isEmpty || description.continuesElsewhere else {
      throw .otherNumerics(directory: directory.path, differences: differences)
    }
    var manifest = Manifest(description)
    (manifest.run, manifest.identity) = (run, identity)
    (manifest.segments, manifest.records) = (segments, records)
    manifest.started = started
    manifest.sourceRevision = sourceRevision
    manifest.continued = continued + [Continuation(at: Manifest.now, sourceRevision: description.sourceRevision)]
    manifest.dataChecksums.merge(dataChecksums) { new, _ in new }
    manifest.fallbacks = fallbacks
    manifest.add(description.fallbacks)
    return manifest
  }

  /// Notes that a start goes on from `records` lines.
  mutating func begin(_ description: RunDescription, records: Int) {
    segments.append(
      Segment(at: Manifest.now, sourceRevision: description.sourceRevision, records: records, numerics: description.numerics))
  }

  /// Appends the fallbacks that are not yet listed.
  mutating func add(_ fallbacks: [String]) {
    for fallback in fallbacks where !self.fallbacks.contains(fallback) { self.fallbacks.append(fallback) }
  }

  func write(in directory: URL) throws(ResultsError) {
    try SystemFile.replace(Manifest.file(in: directory), with: Array(json.prettyText.utf8))
  }
}
