import Compute

/// Where the parameters of an architecture lie in one vector per member, so that optimisers see one tensor and layers their views.
///
/// The vector is `[members, lines, lineLength]`: a norm is two reductions of rows, both of them wide enough for every device.
struct ParameterLayout: Sendable, Equatable {
  static let lineLength = 1024

  struct Slot: Sendable, Equatable {
    /// First number of the weights `[outputs, fanIn]`.
    var weights: Int
    var outputs: Int
    var fanIn: Int
    /// First number of the biases `[outputs]`, or nil.
    var bias: Int?
  }

  let slots: [Slot]
  /// Numbers per member, the last few of them padding that stays 0.
  let lines: Int
  /// Parameters per member, without padding.
  let count: Int

  init(_ architecture: Architecture) {
    var (slots, next, count): ([Slot], Int, Int) = ([], 0, 0)
    func take(_ numbers: Int) -> Int {
      defer { next += (numbers + 63) / 64 * 64 }
      count += numbers
      return next
    }
    for (layer, shape) in zip(architecture.layers, architecture.shapes) {
      let (fanIn, outputs) = (layer.fanIn(shape), layer.map.units)
      let weights = take(outputs * fanIn)
      slots.append(Slot(weights: weights, outputs: outputs, fanIn: fanIn, bias: layer.bias == nil ? nil : take(outputs)))
    }
    self.slots = slots
    self.count = count
    lines = (next + Self.lineLength - 1) / Self.lineLength
  }

  /// W of layer `index`, `[members, outputs, fanIn]`, a view of `vector`.
  func weights(_ index: Int, of vector: Tensor) -> Tensor {
    view(vector, from: slots[index].weights, rows: slots[index].outputs, columns: slots[index].fanIn)
  }

  /// b of layer `index`, `[members, 1, outputs]`, or nil.
  func bias(_ index: Int, of vector: Tensor) -> Tensor? {
    slots[index].bias.map { view(vector, from: $0, rows: 1, columns: slots[index].outputs) }
  }

  private func view(_ vector: Tensor, from first: Int, rows: Int, columns: Int) -> Tensor {
    var view = Tensor(buffer: vector.buffer, precision: vector.precision, batch: vector.batch, rows: rows, columns: columns)
    view.offset = vector.offset + first
    view.batchStride = vector.batchStride
    return view
  }
}

extension Architecture.Map {
  /// Outputs of a dense layer, channels of a convolution.
  var units: Int {
    switch self {
    case .dense(let outputs): outputs
    case .convolution(let channels, _, _, _): channels
    }
  }
}
