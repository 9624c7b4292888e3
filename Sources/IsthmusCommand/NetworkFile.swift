import Foundation
import Networks
import Yams

/// A network in YAML: `inputs` and `blocks`, or a single block of `hidden` and `outputs`, which takes inputs of any width.
struct NetworkFile {
  let path: String
  /// Nil where the file does not say.
  let inputs: Int?
  let blocks: [WideBlock]

  init(_ path: String) throws {
    self.path = path
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw CommandLineError.unreadableFile(
        path: path, reason: FileManager.default.fileExists(atPath: path) ? error.localizedDescription : "no such file.")
    }
    do {
      let isBlock = try Yams.compose(yaml: text)?.mapping.map { $0["hidden"] != nil && $0["blocks"] == nil } ?? false
      if isBlock {
        (inputs, blocks) = (nil, [try YAMLDecoder().decode(WideBlock.self, from: text)])
      } else {
        let network = try YAMLDecoder().decode(Network.self, from: text)
        (inputs, blocks) = (network.inputs, network.blocks)
      }
    } catch {
      throw CommandLineError.invalidSettings(path: path, reason: Self.reason(error))
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

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? DecodingError else { return "\(error)" }
    let form = "expected a network (inputs, blocks) or a block (hidden, outputs); see `isthmus kernel --help`"
    func place(_ path: [any CodingKey]) -> String { path.isEmpty ? "" : "\(path.map(\.stringValue).joined(separator: ".")): " }
    switch error {
    case .dataCorrupted(let context):
      return context.underlyingError.map { place(context.codingPath) + "\($0)" }
        ?? "\(place(context.codingPath))\(context.debugDescription)"
    case .keyNotFound(let key, let context): return "\(place(context.codingPath))'\(key.stringValue)' is missing; \(form)."
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context.codingPath))\(context.debugDescription); \(form)."
    @unknown default: return "\(error)"
    }
  }
}
