/// A function of every element. `inputs` have the shape of `out`, or 1 in any of its sizes, which is repeated; `out` may be one of the
/// inputs.
public struct MapJob: Sendable {
  /// The function of one element of every input.
  public var function: PointFunction
  /// The inputs: as many as the function takes.
  public var inputs: [Tensor]
  /// The result, of any shape.
  public var out: Tensor

  public init(_ function: PointFunction, _ inputs: [Tensor], into out: Tensor) {
    (self.function, self.inputs, self.out) = (function, inputs, out)
  }
}

extension MapJob: TensorJob {
  static let operation = BackendOperation.map
  static let reasonWithoutBenchmark: String? = "bound by memory as copies are, and part of trainingStep and limitStep"
  var backendJob: BackendJob { .map(self) }
  var precision: Precision { out.precision }

  var tensors: [TensorField<Self>] {
    inputs.indices.map { .init("x\($0)", .input, \.inputs, at: $0) } + [.init("out", .output, \.out)]
  }

  func check(_ name: String) throws(ComputeError) {
    try require(
      inputs.count == function.inputCount, "\(name) \(function)", expected: "\(function.inputCount) inputs", got: "\(inputs.count)")
    for input in inputs {
      let sizes = [(input.batch, out.batch), (input.rows, out.rows), (input.columns, out.columns)]
      try require(
        sizes.allSatisfy { $0 == $1 || $0 == 1 }, "\(name) \(function)", expected: "\(out.shapeText), or 1 in place of its sizes",
        got: input.shapeText)
    }
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork { DeclaredWork(moving: inputs + [out]) }

  var parameters: [String: String] { ["function": "\(function)"] }

  init(_ parts: JobParts) throws(ComputeError) {
    let function = try parts.value("function") { PointFunction(text: $0) }
    var inputs: [Tensor] = []
    for index in 0..<function.inputCount { inputs.append(try parts.tensor("x\(index)")) }
    self.init(function, inputs, into: try parts.tensor("out"))
  }
}
