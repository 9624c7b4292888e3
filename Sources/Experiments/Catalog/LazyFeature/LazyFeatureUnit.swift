import Compute
import Results
import StudyRecords

/// One network of `lazy-feature`.
package struct LazyFeatureNetwork: Hashable, Sendable {
  let width: Int
  /// √h·α: the α of an output divided by h.
  let alpha: Double
  let draw: Int

  var key: String { "h\(width)-a\(alpha.fileText)-draw\(draw)" }

  /// Stream of its weights.
  package func stream(seed: UInt64) -> RandomStream { RandomStream(seed: seed, name: "network/\(width)/\(alpha)/\(draw)") }

  /// A line of the network.
  func record(_ kind: LazyFeatureFields.Kind, _ entries: Entry...) -> Record {
    var record = Record(
      LazyFeatureFields.width(width), LazyFeatureFields.alpha(alpha), LazyFeatureFields.draw(draw), LazyFeatureFields.kind(kind))
    record.add(entries)
    return record
  }
}

/// What is recorded as a whole.
package enum LazyFeatureUnit: StudyUnit, Hashable {
  /// A network from its start to its end.
  case network(LazyFeatureNetwork)
  /// What the networks of a width give together.
  case ensembles(width: Int)
  /// Training with the frozen kernel of a network at its start.
  case kernel(width: Int, draw: Int)

  var network: LazyFeatureNetwork? {
    guard case .network(let network) = self else { return nil }
    return network
  }

  /// The width of a network; nil for what is no network.
  var trainedWidth: Int? { network?.width }

  package var key: String {
    switch self {
    case .network(let network): network.key
    case .ensembles(let width): "h\(width)-ensembles"
    case .kernel(let width, let draw): "h\(width)-kernel\(draw)"
    }
  }

  package static func key(_ record: Record) -> String? {
    typealias Fields = LazyFeatureFields
    guard let kind = record[Fields.kind], let width = record[Fields.width], let draw = record[Fields.draw] else { return nil }
    switch kind {
    case .step, .end: return record[Fields.alpha].map { LazyFeatureNetwork(width: width, alpha: $0, draw: draw).key }
    case .kernel: return record[Fields.kernel] == .initial ? LazyFeatureUnit.kernel(width: width, draw: draw).key : nil
    default: return nil
    }
  }

  package static func isEnd(_ record: Record) -> Bool { record[LazyFeatureFields.kind] != .step }
}
