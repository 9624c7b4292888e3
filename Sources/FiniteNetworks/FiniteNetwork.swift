import Compute
import Networks
import WideKernels

/// Networks of one architecture, side by side on one device: an ensemble whose members share inputs and advance together.
///
/// All parameters of a member are one vector on the device. Copies of a value share it; `copy` gives one of its own.
public struct FiniteNetwork: Sendable {
  /// Layers and scales that all members share.
  public let architecture: Architecture
  /// Engine of all passes; its precision is that of the parameters.
  public let engine: Engine
  /// `[members, lines, 1024]`: the parameters in the order of the layers, padded with zeros.
  public internal(set) var parameters: Tensor
  let layout: ParameterLayout
  /// Patches that filters see, by layer; nil where it is dense.
  let patches: [PatchTable?]

  /// Number of networks in the ensemble.
  public var members: Int { parameters.batch }
  /// Parameters of one member.
  public var parameterCount: Int { layout.count }

  /// Where initial normals come from. The integers are the same everywhere; normals made on a device differ in the last places.
  public enum Draw: Sendable {
    /// The host in float64, or the device at the engine's precision.
    case host, device
  }

  /// Draws one member per stream; layer `a/b` takes `a/weights/b` and `a/bias/b` of it.
  ///
  /// - Parameter draw: the host's normals, made in float64, are the same on every backend.
  public init(_ architecture: Architecture, members streams: [RandomStream], draw: Draw = .host, on engine: Engine) throws {
    guard !streams.isEmpty else { throw FiniteNetworkError.setting(name: "members", expected: "at least one", got: "none") }
    let layout = ParameterLayout(architecture)
    let vector = try engine.zeros(batch: streams.count, rows: layout.lines, columns: ParameterLayout.lineLength)
    for (index, layer) in architecture.layers.enumerated() {
      for (target, scale, kind) in [
        (layout.weights(index, of: vector), layer.weights, "weights"), (layout.bias(index, of: vector), layer.bias, "bias"),
      ] {
        guard let target, let scale, scale.deviation != 0 else { continue }
        for (member, stream) in streams.enumerated() {
          try Self.fill(target.item(member), scale.deviation, stream.child(layer.streamName(kind)), draw, engine)
        }
      }
    }
    self.init(architecture, layout, parameters: vector, on: engine)
  }

  /// A network with given parameters, `[members, lines, 1024]` as `parameters` of another one of this architecture.
  init(_ architecture: Architecture, _ layout: ParameterLayout, parameters: Tensor, on engine: Engine) {
    self.architecture = architecture
    self.layout = layout
    self.parameters = parameters
    self.engine = engine
    patches = architecture.layers.indices.map { index in
      guard case .convolution(_, let kernel, let stride, let padding) = architecture.layers[index].map else { return nil }
      return PatchTable(
        input: architecture.shapes[index], output: architecture.shapes[index + 1], kernel: kernel, stride: stride, padding: padding)
    }
  }

  private static func fill(_ target: Tensor, _ deviation: Double, _ stream: RandomStream, _ draw: Draw, _ engine: Engine)
    throws(ComputeError)
  {
    let line = Tensor(view: target, rows: 1, columns: target.rows * target.columns)
    switch draw {
    case .host:
      let normals = stream.normals(line.columns)
      try engine.write(deviation == 1 ? normals : normals.map { $0 * deviation }, into: line)
    case .device:
      // In parts: normals are made in a buffer of their own.
      for start in stride(from: 0, to: line.columns, by: 1 << 22) {
        let part = start..<min(start + 1 << 22, line.columns)
        let normals = try engine.normal(rows: 1, columns: part.count, stream: stream, firstElement: start)
        try engine.map(.scaled(by: deviation, plus: 0), [normals], into: line.columns(part))
      }
    }
  }

  /// An equal network with parameters of its own.
  public func copy() throws(ComputeError) -> FiniteNetwork { try keeping(members: Array(0..<members)) }

  /// Members `wanted` in that order, with parameters of their own.
  public func keeping(members wanted: [Int]) throws(ComputeError) -> FiniteNetwork {
    let vector = try engine.empty(batch: wanted.count, rows: layout.lines, columns: ParameterLayout.lineLength)
    for (place, member) in wanted.enumerated() { try engine.copy(parameters.item(member), into: vector.item(place)) }
    return with(parameters: vector)
  }

  /// A network of this architecture at other parameters.
  public func with(parameters: Tensor) -> FiniteNetwork {
    var other = self
    other.parameters = parameters
    return other
  }

  /// A vector of the shape of `parameters` with numbers not yet defined.
  package func emptyVector() throws(ComputeError) -> Tensor {
    // Views write the layers alone; the padding must count for nothing in norms.
    try engine.zeros(batch: members, rows: layout.lines, columns: ParameterLayout.lineLength)
  }

  /// Weights of layer `index`, `[members, outputs, fan-in]`: a view, through which they can be read and written.
  public func weights(_ index: Int) -> Tensor { layout.weights(index, of: parameters) }
  /// Biases of layer `index`, `[members, 1, outputs]`, or nil: a view.
  public func bias(_ index: Int) -> Tensor? { layout.bias(index, of: parameters) }
}

extension Architecture.Layer {
  /// `a/b` to `a/weights/b`.
  func streamName(_ kind: String) -> String {
    var parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    parts.insert(kind, at: parts.count - 1)
    return parts.joined(separator: "/")
  }
}

extension Tensor {
  /// Another shape of one item whose rows follow each other without gaps.
  init(view tensor: Tensor, rows: Int, columns: Int) {
    precondition(tensor.batch == 1 && tensor.rowStride == tensor.columns && rows * columns == tensor.rows * tensor.columns)
    self = tensor
    self.rows = rows
    self.columns = columns
    rowStride = columns
  }
}
