/// What a listing shows of a manifest.
struct ManifestFacts: Equatable, Sendable {
  let status: Manifest.Status
  let reason: String?
  let started: String
  let ended: String?
  let device: String
  let precision: String
  let records: Int?
  let settings: [JSONValue.Member]

  init(
    status: Manifest.Status, reason: String?, started: String, ended: String?, device: String, precision: String, records: Int?,
    settings: [JSONValue.Member]
  ) {
    (self.status, self.reason, self.started, self.ended) = (status, reason, started, ended)
    (self.device, self.precision, self.records, self.settings) = (device, precision, records, settings)
  }

  init(_ manifest: Manifest) {
    self.init(
      status: manifest.status, reason: manifest.reason, started: manifest.started, ended: manifest.ended, device: manifest.device,
      precision: manifest.precision, records: manifest.records?.count,
      settings: (manifest.parameters.members ?? []).map { JSONValue.Member($0.key, $0.value.withOneSpelling) })
  }
}

extension JSONValue {
  /// The value as its text reads back: 2.0 and 2 are one number.
  fileprivate var withOneSpelling: JSONValue {
    switch self {
    case .number(let value):
      if let whole = Int128(exactly: value), abs(value) <= 0x1p53, value != 0 || value.sign == .plus { .integer(whole) } else { self }
    case .array(let elements): .array(elements.map(\.withOneSpelling))
    case .object(let members): .object(members.map { Member($0.key, $0.value.withOneSpelling) })
    default: self
    }
  }
}
