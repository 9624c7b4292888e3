import Foundation
import TestSupport

/// What of the oracle is compared, and why the rest is not yet.
extension Oracle {
  /// Groups of networks that `OracleTests` compares.
  static let comparedGroups = ["fc", "activation", "activation_numerical", "edge"]

  /// Parts of a file beside its networks, and the tests that compare them.
  static let comparedParts = [
    "gradients": "OracleTests", "bottleneck": "OracleTests", "empirical": "EmpiricalOracleTests of FiniteNetworksTests",
  ]

  /// Why a group of networks, or another part of a file, is not compared yet.
  static let reasons = [
    "branch": "a program is a chain: it has no sums, products or concatenations of branches",
    "norm": "no layer norm and no dropout", "standard_param": "no standard parametrisation",
    "conv": "a program sees pairs of inputs, not of positions: no convolution or pooling",
    "conv1d": "no convolution or pooling", "graph": "no aggregation over a graph",
    "transposed": "no transposed convolution", "windows": "no convolution or pooling", "attention": "no attention",
    "mask": "no sequences of unequal length", "resize": "no resizing of images", "sign": "no pooling after a sign",
    "standard": "no standard parametrisation, no convolution", "defect": "where neural-tangents itself errs, and no convolution",
    "predictions": "no covariances of predictions, no gradient flow of ensembles in closed form, no marginal likelihood",
  ]

  /// Why single networks of compared groups are left out: the first layer that has no counterpart.
  static let missingLayers = [
    "Gabor": "no such activation", "ExpNormalized": "no such activation", "LayerNorm": "no layer norm",
  ]

  /// Networks of compared groups of which neural-tangents gives NaN alone.
  static let withoutNumbers: Set = ["act_rectmono0_d3"]

  /// What the files hold: networks by group, and names of the other parts that are not empty.
  static func contents() throws -> (groups: [String: [Case]], parts: Set<String>) {
    var (groups, parts): ([String: [Case]], Set<String>) = ([:], [])
    for name in try FileManager.default.contentsOfDirectory(atPath: OracleFile.folder.path) where name.hasSuffix(".json") {
      let data = try Data(contentsOf: OracleFile.folder.appending(path: name))
      for network in try JSONDecoder().decode(File.self, from: data).cases { groups[network.group, default: []].append(network) }
      let members = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
      for (member, value) in members where member != "cases" {
        if let list = value as? [Any], !list.isEmpty { parts.insert(member) }
      }
    }
    return (groups, parts)
  }
}
