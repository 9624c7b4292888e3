import Networks
import WideKernels

/// A chain of affine maps with activations between them: what a finite network is, apart from its parameters and devices.
///
/// Affine map l computes z = m W h (+ m_b b) with entries of W and b normal of the stated deviations at the start; so a
/// parametrisation is a choice of multipliers and deviations (`Parametrisation`), and gradient descent has one rate.
public struct Architecture: Sendable {
  /// What a network reads.
  public enum Input: Sendable, Equatable {
    /// Points `[n, count]`.
    case vector(count: Int)
    /// Images `[n, height · width · channels]`, channels running fastest (NHWC).
    case image(height: Int, width: Int, channels: Int)
  }

  /// The linear map of a layer.
  public enum Map: Sendable, Equatable {
    /// Every output sees every input.
    case dense(outputs: Int)
    /// Equal square filters at every `stride`th pixel of the image with `padding` rows and columns of zeros around it.
    case convolution(channels: Int, kernel: Int, stride: Int, padding: Int)
  }

  /// How strongly parameters enter, and how widely they are drawn.
  public struct Scale: Sendable, Equatable {
    /// Factor in front of the parameters.
    public var multiplier: Double
    /// Standard deviation at the start; 0 starts at zero.
    public var deviation: Double
    public init(multiplier: Double, deviation: Double = 1) {
      self.multiplier = multiplier
      self.deviation = deviation
    }
  }

  /// A linear map with bias and activation.
  public struct Layer: Sendable {
    /// The linear map.
    public var map: Map
    /// The mean over all pixels of what comes in stands for it (global average).
    public var averagesPixels: Bool
    /// Scale of the weights.
    public var weights: Scale
    /// Scale of the bias; nil without bias.
    public var bias: Scale?
    /// Activation after the map; nil for a read-out: a bottleneck, or the network's output.
    public var activation: ActivationKind?
    /// Named in the streams of random numbers; the layers of a network have distinct ones.
    public var name: String

    public init(
      _ map: Map, averagesPixels: Bool = false, weights: Scale, bias: Scale? = nil, activation: ActivationKind?, name: String
    ) {
      self.map = map
      self.averagesPixels = averagesPixels
      self.weights = weights
      self.bias = bias
      self.activation = activation
      self.name = name
    }
  }

  /// Height, width and channels of what a layer gives; a vector is one pixel.
  struct Shape: Equatable {
    var height: Int
    var width: Int
    var channels: Int
    var pixels: Int { height * width }
    var count: Int { height * width * channels }
  }

  /// Form of the inputs.
  public let input: Input
  /// Layers from the input on.
  public let layers: [Layer]
  /// What goes into layer l, before an average over pixels; last, what the network gives.
  let shapes: [Shape]

  /// - Throws: `FiniteNetworkError.architecture` where a layer does not fit what comes before it.
  public init(input: Input, layers: [Layer]) throws(FiniteNetworkError) {
    self.input = input
    self.layers = layers
    guard let last = layers.last else { throw .architecture(layer: "network", expected: "at least one layer", got: "none") }
    var shape = input.shape
    guard shape.count >= 1 else { throw .architecture(layer: "input", expected: "at least one number", got: "\(input)") }
    var shapes = [shape]
    for layer in layers {
      shape = try layer.output(of: shape)
      shapes.append(shape)
    }
    guard shape.pixels == 1 else {
      throw .architecture(layer: last.name, expected: "a dense layer at the end", got: "\(last.map)")
    }
    guard Set(layers.map(\.name)).count == layers.count else {
      throw .architecture(layer: "network", expected: "distinct names of layers", got: layers.map(\.name).joined(separator: ", "))
    }
    self.shapes = shapes
  }

  /// Numbers that the network gives for a point, written c.
  public var outputs: Int { shapes[layers.count].count }
  /// Numbers that it reads.
  public var inputs: Int { shapes[0].count }
  /// Parameters of one network.
  public var parameterCount: Int { ParameterLayout(self).count }
  /// Layers without activation, from input to output: the bottlenecks, then the output.
  public var readouts: [Int] { layers.indices.filter { layers[$0].activation == nil } }
}

extension Architecture.Input {
  var shape: Architecture.Shape {
    switch self {
    case .vector(let count): Architecture.Shape(height: 1, width: 1, channels: count)
    case .image(let height, let width, let channels): Architecture.Shape(height: height, width: width, channels: channels)
    }
  }
}

extension Architecture.Layer {
  func output(of input: Architecture.Shape) throws(FiniteNetworkError) -> Architecture.Shape {
    switch map {
    case .dense(let outputs):
      guard outputs >= 1 else { throw .architecture(layer: name, expected: "at least one output", got: "\(outputs)") }
      return Architecture.Shape(height: 1, width: 1, channels: outputs)
    case .convolution(let channels, let kernel, let stride, let padding):
      let (height, width) = (
        (input.height + 2 * padding - kernel) / max(stride, 1) + 1, (input.width + 2 * padding - kernel) / max(stride, 1) + 1
      )
      guard channels >= 1, kernel >= 1, stride >= 1, padding >= 0, !averagesPixels, min(input.height, input.width) + 2 * padding >= kernel
      else {
        throw .architecture(
          layer: name, expected: "a filter that fits an image of \(input.height) × \(input.width) pixels, not averaged", got: "\(map)")
      }
      return Architecture.Shape(height: height, width: width, channels: channels)
    }
  }

  /// Inputs of one output unit, for what comes in of shape `input`.
  func fanIn(_ input: Architecture.Shape) -> Int {
    switch map {
    case .dense: averagesPixels ? input.channels : input.count
    case .convolution(_, let kernel, _, _): kernel * kernel * input.channels
    }
  }
}
