import WideKernels

/// An infinitely wide hidden layer: an affine map, then an activation.
///
/// As text (YAML, JSON) `{activation: leaky-relu(0.1), weightVariance: 2, biasVariance: 0.1}`, or just `relu`.
public struct Hidden: Sendable, Equatable {
  /// The activation φ.
  public let activation: ActivationKind
  /// σ_w², the variance of a weight before the division by the fan-in.
  public let weightVariance: Double
  /// σ_b².
  public let biasVariance: Double

  /// - Precondition: `weightVariance` > 0 and `biasVariance` ≥ 0, both finite.
  public init(_ activation: ActivationKind, weightVariance: Double = 1, biasVariance: Double = 0) {
    Constraint.require(Dense.fault(nil, weightVariance, biasVariance))
    (self.activation, self.weightVariance, self.biasVariance) = (activation, weightVariance, biasVariance)
  }

  /// The two layers that it stands for.
  var layers: [Layer] { [.dense(Dense(weightVariance: weightVariance, biasVariance: biasVariance)), .activation(activation)] }
}

extension Hidden: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case activation, weightVariance, biasVariance }

  /// - Throws: `NetworkError`, or `DecodingError` where the form is not that of a layer.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self.init(try ActivationKind(named: name))
      return
    }
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self, of: "hidden layer")
    let weightVariance = try container.decodeIfPresent(Double.self, forKey: .weightVariance) ?? 1
    let biasVariance = try container.decodeIfPresent(Double.self, forKey: .biasVariance) ?? 0
    try Constraint.check(Dense.fault(nil, weightVariance, biasVariance))
    let activation = try ActivationKind(named: try container.decode(String.self, forKey: .activation))
    self.init(activation, weightVariance: weightVariance, biasVariance: biasVariance)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(activation.description, forKey: .activation)
    try container.encode(weightVariance, forKey: .weightVariance)
    try container.encode(biasVariance, forKey: .biasVariance)
  }
}
