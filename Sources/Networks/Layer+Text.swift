import WideKernels

extension Layer: Codable {
  /// Kinds that a description may name and that no block has yet.
  static let announced = [
    "convolution", "pool", "flatten", "layerNorm", "dropout", "parallel", "concatenation", "attention", "aggregate", "repeat",
  ]

  /// - Throws: `NetworkError`, or `DecodingError` where the form is not that of a layer.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      let kind = String(name.prefix { $0 != "(" })
      guard !Self.announced.contains(kind) else { throw NetworkError.notYet(kind: kind) }
      do { self = .pointwise(try PointwiseLayer(name)) } catch { throw NetworkError.activation(error) }
      return
    }
    if let kind = decoder.keys().first(where: Self.announced.contains) { throw NetworkError.notYet(kind: kind) }
    self = .dense(try Dense(from: decoder))
  }

  public func encode(to encoder: any Encoder) throws {
    switch self {
    case .dense(let map): try map.encode(to: encoder)
    case .pointwise(let layer):
      var container = encoder.singleValueContainer()
      try container.encode(layer.description)
    }
  }
}

extension Dense: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable { case dense, weightVariance, biasVariance }

  /// - Throws: `NetworkError`, or `DecodingError` where the form is not that of a layer.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.strictContainer(keyedBy: CodingKeys.self, of: "layer")
    let width = try container.decode(Int?.self, forKey: .dense)
    let weightVariance = try container.decodeIfPresent(Double.self, forKey: .weightVariance) ?? 1
    let biasVariance = try container.decodeIfPresent(Double.self, forKey: .biasVariance) ?? 0
    try Constraint.check(Self.fault(width, weightVariance, biasVariance))
    self.init(width, weightVariance: weightVariance, biasVariance: biasVariance)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(width, forKey: .dense)
    try container.encode(weightVariance, forKey: .weightVariance)
    try container.encode(biasVariance, forKey: .biasVariance)
  }
}

extension ActivationKind {
  init(named text: String) throws(NetworkError) {
    do { try self.init(text) } catch { throw .activation(error) }
  }
}
