extension Decoder {
  /// The names that stand in a mapping; none where there is no mapping.
  func keys() -> [String] { (try? container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)) ?? [] }

  /// A container of `Key`s in which every key is known: a misspelt one is an error and not a default.
  func strictContainer<Key: CodingKey & CaseIterable>(keyedBy type: Key.Type, of description: String) throws -> KeyedDecodingContainer<Key>
  {
    let known = Key.allCases.map(\.stringValue)
    for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      throw NetworkError.unknownKey(key.stringValue, of: description, known: known)
    }
    return try container(keyedBy: type)
  }
}

/// Any key, to list those that are there.
private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
