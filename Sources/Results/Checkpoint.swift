import Foundation

/// The state of a computation, from which it can be continued: a few scalars and large arrays, all of them exact.
///
/// Arrays are kept bit for bit, NaN and infinities included. The state is JSON; its numbers read back bit for bit too, except that a NaN
/// loses its sign and payload.
public struct Checkpoint: Sendable {
  /// What was given to `init`, as JSON text.
  let encodedState: Data
  /// Arrays by name.
  public let arrays: [String: CheckpointArray]
  /// The records of its run when it was written there.
  var records: RecordPrefix?

  /// - Parameters:
  ///   - state: scalars and other small things.
  ///   - arrays: by name.
  /// - Throws: `ResultsError.cannotEncode`, `.shapeMismatch`.
  public init(state: some Encodable, arrays: [String: CheckpointArray] = [:]) throws(ResultsError) {
    for (name, array) in arrays where ArrayShape.count(array.shape) != array.values.count {
      throw .shapeMismatch(name: name, shape: array.shape, count: array.values.count)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: NonFinite.infinity, negativeInfinity: NonFinite.negativeInfinity, nan: NonFinite.nan)
    do {
      self.init(encodedState: try encoder.encode(state), arrays: arrays)
    } catch {
      throw .cannotEncode(what: "checkpoint's state", reason: "\(error)")
    }
  }

  /// - Precondition: the arrays are valid.
  init(encodedState: Data, arrays: [String: CheckpointArray], records: RecordPrefix? = nil) {
    (self.encodedState, self.arrays, self.records) = (encodedState, arrays, records)
  }

  /// The state that was given to `init`.
  ///
  /// - Throws: `ResultsError.cannotDecode` if it is of another type.
  public func state<State: Decodable>(as type: State.Type = State.self) throws(ResultsError) -> State {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: NonFinite.infinity, negativeInfinity: NonFinite.negativeInfinity, nan: NonFinite.nan)
    do {
      return try decoder.decode(type, from: encodedState)
    } catch {
      throw .cannotDecode(what: "checkpoint's state", reason: "\(error)")
    }
  }

  /// The elements of an array, row-major.
  ///
  /// - Throws: `ResultsError.noSuchArray` if there is none of that name and shape.
  public func values(_ name: String, shape: [Int]) throws(ResultsError) -> [Double] {
    guard let array = arrays[name], array.shape == shape else {
      throw .noSuchArray(name: name, expected: shape, found: arrays[name]?.shape)
    }
    return array.values
  }

  /// Replaces the file at `path` in one go: after a crash or an error at any time it holds the old checkpoint or the new one.
  ///
  /// Meanwhile the disk holds both. The arrays are not copied.
  /// - Throws: `ResultsError.cannotWrite` with the system's reason.
  public func write(to path: String) throws(ResultsError) { try CheckpointFile.write(self, to: URL(fileURLWithPath: path)) }

  /// Reads and verifies a file that `write` wrote; memory holds the arrays once.
  ///
  /// - Throws: `ResultsError.cannotRead`, `.unusableCheckpoint`.
  public static func read(_ path: String) throws(ResultsError) -> Checkpoint { try CheckpointFile.read(URL(fileURLWithPath: path)) }

  /// How JSON, which has no such numbers, spells them.
  private enum NonFinite {
    static let infinity = "Infinity", negativeInfinity = "-Infinity", nan = "NaN"
  }
}

/// An array of a checkpoint.
public struct CheckpointArray: Sendable {
  /// Extents; their product is the number of elements.
  public let shape: [Int]
  /// Row-major; any numbers.
  public let values: [Double]

  public init(shape: [Int], _ values: [Double]) {
    (self.shape, self.values) = (shape, values)
  }
}
