import WideKernels

/// An infinitely wide hidden layer: an affine map, then an activation.
///
/// As text (YAML, JSON) `{activation: leaky-relu(0.1), weightVariance: 2, biasVariance: 0.1}`, or just `relu`.
public struct Hidden: Sendable {
  /// The activation φ.
  public let activation: any Activation
  /// σ_w², the variance of a weight before the division by the fan-in.
  public let weightVariance: Double
  /// σ_b².
  public let biasVariance: Double

  /// - Precondition: `weightVariance` > 0 and `biasVariance` ≥ 0, both finite.
  public init<A: Activation>(_ activation: A, weightVariance: Double = 1, biasVariance: Double = 0) {
    Constraint.require(
      Constraint.fault(weightVariance: weightVariance, "weightVariance"), Constraint.fault(biasVariance: biasVariance, "biasVariance"))
    self.activation = activation
    self.weightVariance = weightVariance
    self.biasVariance = biasVariance
  }
}

extension Hidden: Equatable {
  public static func == (a: Hidden, b: Hidden) -> Bool {
    ActivationCatalog.text(a.activation) == ActivationCatalog.text(b.activation) && a.weightVariance == b.weightVariance
      && a.biasVariance == b.biasVariance
  }
}

extension Hidden: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case activation, weightVariance, biasVariance }

  /// - Throws: `NetworkError`, or `DecodingError` where the form is not that of a layer.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self.init(try Self.activation(name))
      return
    }
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self, of: "hidden layer")
    let weightVariance = try container.decodeIfPresent(Double.self, forKey: .weightVariance) ?? 1
    let biasVariance = try container.decodeIfPresent(Double.self, forKey: .biasVariance) ?? 0
    try Constraint.check(
      Constraint.fault(weightVariance: weightVariance, "weightVariance"), Constraint.fault(biasVariance: biasVariance, "biasVariance"))
    let activation = try Self.activation(try container.decode(String.self, forKey: .activation))
    self.init(activation, weightVariance: weightVariance, biasVariance: biasVariance)
  }

  private static func activation(_ text: String) throws(NetworkError) -> any Activation {
    do { return try ActivationCatalog.activation(text) } catch { throw .activation(error) }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(ActivationCatalog.text(activation), forKey: .activation)
    try container.encode(weightVariance, forKey: .weightVariance)
    try container.encode(biasVariance, forKey: .biasVariance)
  }
}
