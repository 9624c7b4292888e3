import Foundation
import Networks

/// A network in YAML: `inputs` and `blocks`, or a single block (`hidden` and `outputs`, or `layers`), which takes inputs of any width.
package struct NetworkFile {
  let path: String
  /// Width of an input; nil where the file does not say.
  let inputs: Int?
  /// Wide blocks from the inputs to the outputs.
  package let blocks: [WideBlock]

  package init(_ path: String) throws(CommandLineError) {
    self.path = path
    guard let root = try YAMLReader.read(path) else { throw .invalidSettings(path: path, reason: "the file is empty; \(Self.form).") }
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

  private static func decoded<Part: Decodable>(_ part: Part.Type, _ value: YAMLValue, _ path: String) throws(CommandLineError) -> Part {
    do {
      return try JSONDecoder().decode(part, from: Data(value.json.utf8))
    } catch let error as DecodingError {
      let (place, reason) = Self.reason(error, in: value)
      throw .invalidSettings(path: "\(path):\(place.line)", reason: reason)
    } catch {
      throw .invalidSettings(path: "\(path):\(value.line)", reason: "\(error)")
    }
  }

  /// The block whose kernels are asked for; with `composed` the network's bottlenecks are infinitely wide.
  func block(composed: Bool) throws(CommandLineError) -> WideBlock {
    let network = Network(inputs: inputs ?? 1, blocks: blocks)
    let chosen = composed ? network.composed : network
    guard chosen.bottlenecks.isEmpty, let block = chosen.blocks.first else {
      throw .hasBottlenecks(path: path, widths: network.bottlenecks)
    }
    return block
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
