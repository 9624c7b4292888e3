/// Standard normal numbers of a stream: element e (row-major over the shape) of `out`, which is contiguous, becomes number
/// `firstElement + e`.
public struct FillNormalJob: Sendable {
  /// The tensor to be filled, without gaps.
  public var out: Tensor
  /// The stream that the numbers are taken from.
  public var stream: RandomStream
  /// The place in the stream of the first number, 0 or more.
  public var firstElement: Int

  public init(_ out: Tensor, stream: RandomStream, firstElement: Int) {
    (self.out, self.stream, self.firstElement) = (out, stream, firstElement)
  }
}

extension FillNormalJob: TensorJob {
  static let operation = BackendOperation.fillNormal
  static let reasonWithoutBenchmark: String? = "once per draw; no loop waits for it"
  var backendJob: BackendJob { .fillNormal(self) }
  var precision: Precision { out.precision }

  var tensors: [TensorField<Self>] { [.init("out", .output, \.out)] }

  func check(_ name: String) throws(ComputeError) {
    try require(out.isContiguous, name, expected: "a tensor without gaps", got: "rows \(out.rowStride) apart in \(out.shapeText)")
    guard firstElement >= 0, firstElement <= Int.max / 2 - out.count else {
      throw .indexOutOfRange(operation: name, index: firstElement, count: Int.max / 2 - out.count)
    }
  }

  func declaredWork(_ costs: PairCosts) -> DeclaredWork { DeclaredWork(moving: [out]) }

  var parameters: [String: String] { ["seed": "\(stream.seed)", "stream": stream.name, "firstElement": "\(firstElement)"] }

  init(_ parts: JobParts) throws(ComputeError) {
    let stream = RandomStream(seed: try parts.value("seed") { UInt64($0) }, name: try parts.text("stream"))
    self.init(try parts.tensor("out"), stream: stream, firstElement: try parts.integer("firstElement"))
  }
}

extension Engine {
  /// Standard normals of a named stream, made on the device: elements `firstElement …` in row-major order.
  public func normal(batch: Int = 1, rows: Int, columns: Int, stream: RandomStream, firstElement: Int = 0) throws(ComputeError) -> Tensor {
    let out = try empty(batch: batch, rows: rows, columns: columns)
    try perform(.fillNormal(FillNormalJob(out, stream: stream, firstElement: firstElement)), as: "normal")
    return out
  }
}
