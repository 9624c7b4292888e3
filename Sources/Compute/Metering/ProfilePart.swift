/// A part of a computation to which a profile adds up operations and time.
public struct ProfilePart: Hashable, Sendable {
  /// Name of the part, as a profile shows it.
  public let name: String

  public init(_ name: String) { self.name = name }
}

extension Engine {
  /// Runs `body` as a part of the computation. Parts nest: one within another is listed as such.
  ///
  /// Nothing but a call of `body` unless the engine's backend is a `MeteredBackend`. Parts begin and end on one thread.
  public func part<Value, Failure: Error>(_ part: ProfilePart, _ body: () throws(Failure) -> Value) throws(Failure) -> Value {
    guard let meter else { return try body() }
    meter.begin(part)
    defer { meter.end() }
    return try body()
  }
}
