/// What lies in a checkpoint file, in order: the state, then the arrays.
struct CheckpointHeader {
  let stateBytes: Int
  /// Distinct names; `bytes` is 8 times the product of `shape`.
  let arrays: [(name: String, shape: [Int], bytes: Int)]
  /// The records of its run when it was written; nil outside of runs, and in files of an older version.
  let records: RecordPrefix?

  init(_ checkpoint: Checkpoint) {
    records = checkpoint.records
    stateBytes = checkpoint.encodedState.count
    arrays = checkpoint.arrays.sorted { $0.key < $1.key }.map { ($0.key, $0.value.shape, 8 * $0.value.values.count) }
  }

  /// - Throws: `CheckpointFault.malformedHeader` unless the parts together have `contentBytes`.
  init(_ text: some Collection<UInt8>, contentBytes: Int) throws(CheckpointFault) {
    let json: JSONValue
    do {
      json = try JSONValue(parsing: text)
    } catch {
      throw .malformedHeader(reason: "\(error.reason) at byte \(error.offset)")
    }
    func integer(_ json: JSONValue?) -> Int? {
      guard case .integer(let value)? = json, let value = Int(exactly: value), value >= 0 else { return nil }
      return value
    }
    guard let stateBytes = integer(json["state"]), let entries = json["arrays"]?.array else {
      throw .malformedHeader(reason: "expected the keys state and arrays, found \(json.text)")
    }
    var arrays: [(name: String, shape: [Int], bytes: Int)] = [], names: Set<String> = [], total = stateBytes
    for entry in entries {
      let shape = entry["shape"]?.array?.map(integer) ?? [nil]
      guard let name = entry["name"]?.string, names.insert(name).inserted, !shape.contains(nil), let bytes = integer(entry["bytes"]),
        ArrayShape.count(shape.compactMap(\.self)).map({ 8 * $0 }) == bytes, bytes <= contentBytes - min(total, contentBytes)
      else {
        throw .malformedHeader(reason: "expected an array's distinct name, its shape, and as many bytes as it has, found \(entry.text)")
      }
      arrays.append((name, shape.compactMap(\.self), bytes))
      total += bytes
    }
    guard total == contentBytes else { throw .malformedHeader(reason: "its parts have \(total) bytes, the file has \(contentBytes)") }
    (self.stateBytes, self.arrays, records) = (stateBytes, arrays, RecordPrefix(json["records"]))
  }

  var encoded: [UInt8] {
    let entries: [JSONValue] = arrays.map { array in
      [
        "name": .string(array.name), "shape": .array(array.shape.map { .integer(Int128($0)) }), "bytes": .integer(Int128(array.bytes)),
      ]
    }
    var members: [JSONValue.Member] = [.init("state", .integer(Int128(stateBytes))), .init("arrays", .array(entries))]
    if let records { members.append(.init("records", records.json)) }
    return Array(JSONValue.object(members).text.utf8)
  }
}
