import CPUKernelInterface

/// One operand of a matrix product by its index of C (outer) and the summed index (inner).
struct PanelOperand<Scalar: BinaryFloatingPoint & SIMDScalar & BitwiseCopyable & Sendable> {
  let loops: any HotLoops<Scalar>
  let matrices: Matrices<Scalar>
  /// Distances in memory of neighbouring outer and inner indices; one of them is 1.
  let outerStep: Int
  let innerStep: Int
  /// Outer indices of a packed panel.
  let width: Int

  func address(_ item: Int, outer: Int, inner: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(matrices.item(item) + outer * outerStep + inner * innerStep)
  }

  /// Numbers that `outer` indices and `inner` take in packed panels.
  func packedCount(_ outer: Int, _ inner: Int) -> Int { (outer + width - 1) / width * width * inner }

  func pack(_ item: Int, outer: Range<Int>, inner: Range<Int>, into panels: UnsafeMutablePointer<Scalar>) {
    loops.pack(
      address(item, outer: outer.lowerBound, inner: inner.lowerBound), rows: outer.count, inner: inner.count, rowStep: outerStep,
      innerStep: innerStep, width: width, into: panels)
  }
}

/// A part of an operand that is packed once and read by many tiles.
struct PackedOperand<Scalar: BinaryFloatingPoint & SIMDScalar & BitwiseCopyable & Sendable> {
  let operand: PanelOperand<Scalar>
  let memory: UnsafeMutablePointer<Scalar>
  let items: Range<Int>
  let outer: Range<Int>
  let inner: Range<Int>

  /// Outer indices that one call of `pack` takes.
  private var chunk: Int { 128 / operand.width * operand.width }
  private var chunks: Int { (outer.count + chunk - 1) / chunk }

  /// How many pieces there are to pack, in any order and on any thread.
  var pieces: Int { items.count * chunks }

  func pack(_ piece: Int) {
    let (item, first) = (items.lowerBound + piece / chunks, outer.lowerBound + piece % chunks * chunk)
    operand.pack(item, outer: first..<min(first + chunk, outer.upperBound), inner: inner, into: address(item, first))
  }

  func panels(_ item: Int, outer first: Int) -> UnsafePointer<Scalar> {
    UnsafePointer(address(operand.matrices.batch == 1 ? 0 : item, first))
  }

  private func address(_ item: Int, _ first: Int) -> UnsafeMutablePointer<Scalar> {
    memory + (operand.packedCount(outer.count, 1) * (item - items.lowerBound) + first - outer.lowerBound) * inner.count
  }
}
