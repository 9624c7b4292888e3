import Foundation
import Networks

/// A network in YAML: `inputs` and `blocks`, or a single block (`hidden` and `outputs`, or `layers`), which takes inputs of any width.
public struct NetworkFile: Sendable {
  /// Path of the file, or what stands for it in errors.
  public let path: String
  /// Width of an input; nil where the file does not say.
  public let inputs: Int?
  /// Wide blocks from the inputs to the outputs.
  public let blocks: [WideBlock]

  /// Reads a file, or a text that begins with a brace: the network itself, as manifests hold it.
  ///
  /// - Throws: what is wrong with it, with the line.
  public init(_ path: String) throws {
    let isText = path.drop { $0.isWhitespace }.hasPrefix("{")
    try self.init(isText ? YAMLReader.read(text: path, name: "the network") : YAMLReader.read(path), of: isText ? "the network" : path)
  }

  private init(_ root: YAMLValue?, of path: String) throws(YAMLFileError) {
    self.path = path
    guard let root else { throw .invalid(path: path, reason: "the file is empty; \(Self.form).") }
    // Parts first, so that a fault is told with its own line.
    let blocks = root["blocks"]?.elements ?? [root]
    for layer in blocks.flatMap({ $0["hidden"]?.elements ?? [] }) { _ = try Self.decoded(Hidden.self, layer, path) }
    for layer in blocks.flatMap({ $0["layers"]?.elements ?? [] }) { _ = try Self.decoded(Layer.self, layer, path) }
    for block in root["blocks"]?.elements ?? [] { _ = try Self.decoded(WideBlock.self, block, path) }
    if root["hidden"] != nil || root["layers"] != nil, root["blocks"] == nil {
      (inputs, self.blocks) = (nil, [try Self.decoded(WideBlock.self, root, path)])
    } else {
      let network = try Self.decoded(Network.self, root, path)
      (inputs, self.blocks) = (network.inputs, network.blocks)
    }
  }

  private static func decoded<Part: Decodable>(_ part: Part.Type, _ value: YAMLValue, _ path: String) throws(YAMLFileError) -> Part {
    do {
      return try JSONDecoder().decode(part, from: Data(value.json.utf8))
    } catch let error as DecodingError {
      let (place, reason) = Self.reason(error, in: value)
      throw .invalid(path: "\(path):\(place.line)", reason: reason)
    } catch {
      throw .invalid(path: "\(path):\(value.line)", reason: "\(error)")
    }
  }

  private static let form = "expected a network (inputs, blocks) or a block (hidden and outputs, or layers); see `isthmus kernel --help`"

  /// Where in `value` the error lies, and what is wrong there.
  private static func reason(_ error: DecodingError, in value: YAMLValue) -> (place: YAMLValue, reason: String) {
    func place(_ path: [any CodingKey]) -> YAMLValue {
      path.reduce(value) { part, key in
        guard let index = key.intValue else { return part[key.stringValue] ?? part }
        return part.elements.indices.contains(index) ? part.elements[index] : part
      }
    }
    func wrong(_ context: DecodingError.Context, _ expected: String) -> (place: YAMLValue, reason: String) {
      let place = place(context.codingPath)
      let name = context.codingPath.last { $0.intValue == nil }?.stringValue
      return (place, (name.map { "'\($0)': " } ?? "") + "expected \(expected), got \(place.shown); \(form).")
    }
    switch error {
    case .keyNotFound(let key, let context): return (place(context.codingPath), "'\(key.stringValue)' is missing; \(form).")
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context): return wrong(context, text(type))
    case .dataCorrupted(let context):
      // Foundation does not tell which number it is that does not fit.
      let expected = "a number that a computer holds, and a whole one for widths"
      let misfit = value.numbers.first { name, number in
        Double(number.json).map { !$0.isFinite || (["inputs", "outputs", "dense"].contains(name) && Int(exactly: $0) == nil) } ?? true
      }
      guard let number = misfit else { return wrong(context, expected) }
      return (number.value, "'\(number.name)': expected \(expected), got \(number.value.shown); \(form).")
    @unknown default: return (value, "\(error)")
    }
  }

  private static func text(_ type: any Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is Double.Type: "a number such as 90, 0.25 or 1e-3"
    case is String.Type: "text"
    case is [Any].Type: "a list"
    default: "other content"
    }
  }
}

/// What it says, whatever its path.
extension NetworkFile: Equatable, Encodable {
  private enum CodingKeys: String, CodingKey { case inputs, blocks }

  public static func == (a: NetworkFile, b: NetworkFile) -> Bool { a.inputs == b.inputs && a.blocks == b.blocks }

  /// Writes a text from which `init` makes it again: a network, or a single block where it has no inputs.
  public func encode(to encoder: any Encoder) throws {
    guard let inputs else { return try blocks[0].encode(to: encoder) }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(inputs, forKey: .inputs)
    try container.encode(blocks, forKey: .blocks)
  }
}
