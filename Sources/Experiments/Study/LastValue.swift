/// What was computed last, kept while the same is asked for.
final class LastValue<Key: Equatable, Value> {
  private var last: (key: Key, value: Value)?

  func value(of key: Key, _ make: () throws -> Value) rethrows -> Value {
    if let last, last.key == key { return last.value }
    // The old one makes room first.
    last = nil
    let value = try make()
    last = (key, value)
    return value
  }
}
