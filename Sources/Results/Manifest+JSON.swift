import Foundation

extension Manifest {
  /// Reads `manifest.json` of a run's folder.
  ///
  /// - Throws: `ResultsError.cannotRead`, `.malformedFile` naming the missing or wrong key.
  public static func read(_ directory: URL) throws(ResultsError) -> Manifest {
    let url = file(in: directory), bytes = try SystemFile.contents(of: url, limit: 16 << 20)
    let json: JSONValue
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw .malformedFile(path: url.path, reason: "\(error.reason) at byte \(error.offset)")
    }
    return try Manifest(json, path: url.path)
  }

  static func file(in directory: URL) -> URL { directory.appendingPathComponent("manifest.json") }

  var json: JSONValue {
    func strings(_ values: [String: String]) -> JSONValue {
      .object(values.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .string($0.value)) })
    }
    return [
      "formatVersion": .integer(Int128(Manifest.formatVersion)),
      "experiment": .string(experiment),
      "run": .string(run),
      "status": .string(status.rawValue),
      "reason": reason.map { .string($0) } ?? .null,
      "started": .string(started),
      "ended": ended.map { .string($0) } ?? .null,
      "continued": .array(continued.map { ["at": .string($0.at), "sourceRevision": .string($0.sourceRevision)] }),
      "segments": .array(
        segments.map { segment in
          [
            "at": .string(segment.at), "sourceRevision": .string(segment.sourceRevision), "records": .integer(Int128(segment.records)),
            "numerics": strings(segment.numerics),
          ]
        }),
      "records": records?.json ?? .null,
      "sourceRevision": .string(sourceRevision),
      "identity": identity,
      "parameters": parameters,
      "seeds": .object(seeds.sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, .integer(Int128($0.value))) }),
      "device": .string(device),
      "precision": .string(precision),
      "fallbacks": .array(fallbacks.map { .string($0) }),
      "versions": strings(versions),
      "dataChecksums": strings(dataChecksums),
      "dataNotes": .array((dataNotes ?? []).map { .string($0) }),
      "hostCores": .integer(Int128(hostCores)),
    ]
  }

  private init(_ json: JSONValue, path: String) throws(ResultsError) {
    func value<Value>(_ key: String, _ expected: String, _ read: (JSONValue) -> Value?) throws(ResultsError) -> Value {
      guard let member = json[key] else { throw .malformedFile(path: path, reason: "'\(key)' is missing; expected \(expected)") }
      guard let value = read(member) else {
        throw .malformedFile(path: path, reason: "'\(key)' is \(member.text); expected \(expected)")
      }
      return value
    }
    func text(_ key: String) throws(ResultsError) -> String { try value(key, "a string") { $0.string } }
    func texts(_ key: String) throws(ResultsError) -> [String: String] {
      try value(key, "an object of strings") { Manifest.dictionary($0) { $0.string } }
    }
    let version = try value("formatVersion", "a number") { $0.double }
    guard version == Double(Manifest.formatVersion) else {
      throw .malformedFile(
        path: path, reason: "format version \(version) is unknown; this program reads version \(Manifest.formatVersion)")
    }
    experiment = try text("experiment")
    run = try text("run")
    status = try value("status", "running, finished, failed or interrupted") { $0.string.flatMap { Status(rawValue: $0) } }
    reason = json["reason"]?.string
    started = try text("started")
    ended = json["ended"]?.string
    continued = try value("continued", "an array of {at, sourceRevision}") { member in
      Manifest.all(member.array) { entry in
        entry["at"]?.string.flatMap { at in entry["sourceRevision"]?.string.map { Continuation(at: at, sourceRevision: $0) } }
      }
    }
    segments =
      json["segments"] == nil
      ? []
      : try value("segments", "an array of {at, sourceRevision, records, numerics}") { member in
        Manifest.all(member.array) { Manifest.segment($0) }
      }
    records = RecordPrefix(json["records"])
    sourceRevision = try text("sourceRevision")
    identity = try value("identity", "any value") { $0 }
    parameters = try value("parameters", "any value") { $0 }
    seeds = try value("seeds", "an object of integers") { member in
      Manifest.dictionary(member) { if case .integer(let seed) = $0 { UInt64(exactly: seed) } else { nil } }
    }
    device = try text("device")
    precision = try text("precision")
    fallbacks = try value("fallbacks", "an array of strings") { member in Manifest.all(member.array) { $0.string } }
    versions = try texts("versions")
    dataChecksums = try texts("dataChecksums")
    dataNotes = try json["dataNotes"].map { _ throws(ResultsError) in
      try value("dataNotes", "an array of strings") { member in Manifest.all(member.array) { $0.string } }
    }
    hostCores = try value("hostCores", "an integer") { if case .integer(let count) = $0 { Int(exactly: count) } else { nil } }
  }

  private static func segment(_ json: JSONValue) -> Segment? {
    guard let at = json["at"]?.string, let revision = json["sourceRevision"]?.string, case .integer(let records)? = json["records"],
      let records = Int(exactly: records), let numerics = json["numerics"].flatMap({ dictionary($0) { $0.string } })
    else { return nil }
    return Segment(at: at, sourceRevision: revision, records: records, numerics: numerics)
  }

  /// The values of all elements; nil unless every one has a value.
  private static func all<Value>(_ elements: [JSONValue]?, _ read: (JSONValue) -> Value?) -> [Value]? {
    guard let elements else { return nil }
    let values = elements.compactMap(read)
    return values.count == elements.count ? values : nil
  }

  private static func dictionary<Value>(_ json: JSONValue, _ read: (JSONValue) -> Value?) -> [String: Value]? {
    guard let members = json.members else { return nil }
    let values = members.compactMap { member in read(member.value).map { (member.key, $0) } }
    return values.count == members.count ? Dictionary(values) { first, _ in first } : nil
  }
}
