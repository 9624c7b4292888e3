import Compute
import Networks
import WideKernels

/// Inputs of cases, from named streams, made on the device.
extension Engine {
  /// Standard normals; the same for every run of a case.
  package func inputs(_ name: String, batch: Int = 1, rows: Int, columns: Int) throws(ComputeError) -> Tensor {
    try normal(batch: batch, rows: rows, columns: columns, stream: RandomStream(seed: 1, name: "benchmark/\(name)"))
  }
}

/// Places at which a result is looked at: the first and the last, at the edges of tiles therefore, and some between.
func samples(_ count: Int, of size: Int, _ name: String) -> [Int] {
  let between = RandomStream(seed: 2, name: "benchmark/\(name)").uniforms(max(count - 2, 0)).map { min(Int($0 * Double(size)), size - 1) }
  return Array(Set([0, size - 1] + between)).sorted()
}

/// A block of `depth` equal hidden layers as the experiments use them: near the edge of chaos, so that depth does not saturate kernels.
func block(_ activation: ActivationKind, depth: Int) -> CovarianceProgram {
  let hidden =
    activation == .relu
    ? Hidden(activation, weightVariance: 2, biasVariance: 0.01) : Hidden(activation, weightVariance: 2.25, biasVariance: 0.25)
  return WideBlock(hidden: Array(repeating: hidden, count: depth), outputs: 1).program
}
