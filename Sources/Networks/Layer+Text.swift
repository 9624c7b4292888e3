import WideKernels

extension Layer: Codable {
  /// Names of layers that a block may hold: `dense`, which is written as a mapping, and those of pointwise layers.
  public static var names: [String] { [denseName] + PointwiseLayer.names }

  /// Kinds that a description may name and that no block has yet.
  public static let announced = [
    "convolution", "pool", "flatten", "layerNorm", "dropout", "parallel", "concatenation", "attention", "aggregate", "repeat",
  ]

  static let denseName = "dense"

  /// - Throws: `NetworkError`, or `DecodingError` where the form is not that of a layer.
  public init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      try self.init(named: name)
      return
    }
    let keys = decoder.keys()
    if let kind = keys.first(where: Self.announced.contains) { throw NetworkError.notYet(kind: kind) }
    if !keys.contains(Self.denseName), let kind = keys.first(where: { !Dense.keys.contains($0) }) {
      throw NetworkError.unknownLayer(name: kind)
    }
    self = .dense(try Dense(from: decoder))
  }

  /// Reads a pointwise layer.
  private init(named text: String) throws(NetworkError) {
    let kind = text.prefix { $0 != "(" }.trimmed
    guard !Self.announced.contains(kind) else { throw .notYet(kind: kind) }
    do {
      self = .pointwise(try PointwiseLayer(text))
    } catch ActivationError.unknown {
      throw .unknownLayer(name: kind)
    } catch {
      throw .activation(error)
    }
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
  fileprivate static let keys = CodingKeys.allCases.map(\.rawValue)

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
    let kind = text.prefix { $0 != "(" }.trimmed
    guard !Layer.announced.contains(kind) else { throw .notYet(kind: kind) }
    do { try self.init(text) } catch { throw .activation(error) }
  }
}

extension Substring {
  /// The text without white space, which names of layers may be written with.
  fileprivate var trimmed: String { filter { !$0.isWhitespace } }
}
