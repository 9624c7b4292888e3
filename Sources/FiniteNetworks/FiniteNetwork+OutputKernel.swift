import Compute

extension FiniteNetwork {
  /// Products of outputs F_o(x_i) F_p(y_j) of every member, in the shapes of `tangentKernel`: the empirical NNGP kernel, of one draw.
  ///
  /// - Parameters:
  ///   - x: `[members or 1, n, inputs]`.
  ///   - y: `[members or 1, m, inputs]`, or nil for `x`.
  ///
  /// Source: Novak et al. 2020, *Neural Tangents*, `empirical_nngp_fn`.
  public func outputKernel(_ x: Tensor, _ y: Tensor? = nil, outputs kept: KernelOutputs = .traced) throws -> Tensor {
    let first = try outputs(x)
    let second = try y.map { try outputs($0) } ?? first
    switch kept {
    case .full: return try engine.gemm(engine.lined(first), engine.lined(second), transposeB: true)
    case .traced: return try engine.gemm(first, second, transposeB: true, alpha: 1 / Double(architecture.outputs))
    }
  }
}
