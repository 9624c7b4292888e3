import WideKernels

/// Infinitely wide hidden layers and a finite read-out: a bottleneck, where another block follows.
///
/// Without hidden layers it is a linear block, whose kernel is that of one affine map.
public struct WideBlock: Sendable, Equatable {
  /// Hidden layers from the input on.
  public let hidden: [Hidden]
  /// Finite width of the read-out.
  public let outputs: Int
  /// σ_w² of the read-out, before the division by the fan-in.
  public let readoutWeightVariance: Double
  /// σ_b² of the read-out.
  public let readoutBiasVariance: Double

  /// - Precondition: `outputs` ≥ 1, `readoutWeightVariance` > 0 and `readoutBiasVariance` ≥ 0, both finite.
  public init(hidden: [Hidden], outputs: Int, readoutWeightVariance: Double = 1, readoutBiasVariance: Double = 0) {
    Constraint.require(
      Constraint.fault(width: outputs, "outputs"), Constraint.fault(weightVariance: readoutWeightVariance, "readoutWeightVariance"),
      Constraint.fault(biasVariance: readoutBiasVariance, "readoutBiasVariance"))
    self.hidden = hidden
    self.outputs = outputs
    self.readoutWeightVariance = readoutWeightVariance
    self.readoutBiasVariance = readoutBiasVariance
  }

  /// NNGP and tangent kernel of one output, as a function of the covariances x·x′/width of a pair of inputs.
  public var program: KernelProgram {
    let layers = hidden.flatMap { layer -> [KernelProgram.Step] in
      [.affine(weightVariance: layer.weightVariance, biasVariance: layer.biasVariance), .activation(layer.activation)]
    }
    return KernelProgram(steps: layers + [.affine(weightVariance: readoutWeightVariance, biasVariance: readoutBiasVariance)])
  }
}

extension WideBlock: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case hidden, outputs, readoutWeightVariance, readoutBiasVariance }

  /// - Throws: `NetworkError`, or `DecodingError` where the form is not that of a block.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self, of: "block")
    let hidden = try container.decode([Hidden].self, forKey: .hidden)
    let outputs = try container.decode(Int.self, forKey: .outputs)
    let weightVariance = try container.decodeIfPresent(Double.self, forKey: .readoutWeightVariance) ?? 1
    let biasVariance = try container.decodeIfPresent(Double.self, forKey: .readoutBiasVariance) ?? 0
    try Constraint.check(
      Constraint.fault(width: outputs, "outputs"), Constraint.fault(weightVariance: weightVariance, "readoutWeightVariance"),
      Constraint.fault(biasVariance: biasVariance, "readoutBiasVariance"))
    self.init(hidden: hidden, outputs: outputs, readoutWeightVariance: weightVariance, readoutBiasVariance: biasVariance)
  }
}
